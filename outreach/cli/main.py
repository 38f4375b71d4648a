"""The door of the command line: one sentence for every failure, never a traceback."""

import io
import logging
import os
import sys
from collections.abc import Sequence

from outreach.cli.parser import build_parser
from outreach.cli.sentences import LOG_FILE, sentence_of
from outreach.i18n import set_language
from outreach.settings import Settings, read_settings

REFUSED = 2
LOG_FORMAT = "%(asctime)s %(levelname)s %(message)s"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0: done, 1: done and something is wrong, 2: could not be done."""
    settings = read_settings()
    set_language(settings.language)
    _prepare_output(settings)
    try:
        result = _run(settings, argv)
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        # The last door: whatever happened, a person reads a sentence; the details go to a file.
        if isinstance(error, BrokenPipeError):
            _drop_output()
        print(sentence_of(error, settings), file=sys.stderr)
        return REFUSED
    return result


def _run(settings: Settings, argv: Sequence[str] | None) -> int:
    try:
        args = build_parser().parse_args(argv)
        result: int = args.run(settings, args)
        return result
    finally:
        if sys.stdout is not None:
            sys.stdout.flush()  # a reader who is gone is noticed here, not in the interpreter's last breath


def _drop_output() -> None:
    """Let what is still to be printed vanish; nobody reads it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


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
