"""The command line: `python -m outreach`."""

from outreach.cli.main import main
from outreach.cli.parser import build_parser

__all__ = ["build_parser", "main"]
