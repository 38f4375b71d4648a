"""What the browser tests need beyond pip, named when it is missing."""

import shutil
import sys

CHROMIUM = "/usr/bin/chromium"


def missing() -> list[str]:
    """One sentence for each thing that is not on this machine."""
    if shutil.which(CHROMIUM) is None:
        return [f"{CHROMIUM} is missing. On Debian: apt-get install chromium fonts-dejavu-core"]
    return []


def main() -> None:
    """Say what is missing and fail, or say that all is there."""
    found = missing()
    print("\n".join(found) or f"Browser: {CHROMIUM}.")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
