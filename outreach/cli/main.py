"""The door of the command line: one sentence for every failure, never a traceback."""

import errno
import io
import logging
import sys
import traceback
from collections.abc import Sequence

from outreach.cli.parser import build_parser
from outreach.domain.errors import OutreachError
from outreach.i18n import set_language, translate
from outreach.services.troubles import database_trouble
from outreach.settings import Settings, read_settings

REFUSED = 2
LOG_FILE = "errors.log"
LOG_FORMAT = "%(asctime)s %(levelname)s %(message)s"
NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT}) if hasattr(errno, "EDQUOT") else frozenset({errno.ENOSPC})
NO_RIGHT = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0: done, 1: done and something is wrong, 2: could not be done."""
    settings = read_settings()
    set_language(settings.language)
    _prepare_output(settings)
    try:
        args = build_parser().parse_args(argv)
        result: int = args.run(settings, args)
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        # The last door: whatever happened, a person reads a sentence; the details go to a file.
        print(_sentence(settings, error), file=sys.stderr)
        return REFUSED
    return result


def _prepare_output(settings: Settings) -> None:
    # A Windows console may not know every letter; a question mark is better than a crash.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    # Details for the operator go to a file, opened at the first of them; `serve` and `worker` log to the console.
    logging.raiseExceptions = False
    details = logging.FileHandler(settings.instance_folder / LOG_FILE, encoding="utf-8", delay=True)
    logging.basicConfig(level=logging.WARNING, format=LOG_FORMAT, handlers=[details])


def log_to_console() -> None:
    """Log what happens, one line each, to the error output."""
    logging.basicConfig(level=logging.WARNING, format=LOG_FORMAT, datefmt="%H:%M:%S", force=True)
    logging.getLogger("outreach").setLevel(logging.INFO)


def _sentence(settings: Settings, error: Exception) -> str:
    named = error if isinstance(error, OutreachError) else database_trouble(error)
    if named is not None:
        return translate(named.message, **named.values)
    if isinstance(error, OSError):
        where = error.filename or settings.instance
        if error.errno in NO_SPACE:
            return translate("Ổ đĩa đã đầy. Xin giải phóng dung lượng rồi chạy lại.")
        if error.errno in NO_RIGHT:
            return translate("Không có quyền đọc hoặc ghi {path}.", path=where)
        return translate("Không dùng được {path}: {why}", path=where, why=error.strerror or error)
    return _unexpected(settings, error)


def _unexpected(settings: Settings, error: Exception) -> str:
    path = settings.instance_folder / LOG_FILE
    try:
        with path.open("a", encoding="utf-8") as file:
            traceback.print_exception(error, file=file)
    except OSError:
        return translate("Có lỗi ngoài dự kiến: {error}", error=repr(error))
    return translate("Có lỗi ngoài dự kiến: {error}. Chi tiết ở {path}", error=repr(error), path=path)
