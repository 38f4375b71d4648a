"""`python -m outreach`: looks at the Python first, then hands over to the command line."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - the sentence below is for exactly those who have an older one
    sys.stderr.write(
        "Outreach cần Python 3.11 trở lên; đây là {0}.{1}. / "
        "Outreach needs Python 3.11 or newer; this is {0}.{1}.\n".format(*sys.version_info[:2])
    )
    sys.exit(2)

try:
    from outreach.cli import main
except ModuleNotFoundError as error:
    if (error.name or "").split(".")[0] == "outreach":
        raise
    sys.stderr.write(
        f"Thiếu thư viện {error.name}: pip install -r requirements.txt / Missing library {error.name}: same command.\n"
    )
    sys.exit(2)

if __name__ == "__main__":
    sys.exit(main())
