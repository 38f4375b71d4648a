"""A large sheet read as CSV, as the workbook this program writes and as the one Excel saves: seconds and memory.

    python -m benchmarks.read_sheets --rows 100000 --columns 20

Each file is read in a program of its own, so that its peak memory is its own. Unlike Excel's, our workbooks hold
every text in its cell; Excel keeps texts once, in a part that has to be read first. "processor" is the time the
reader itself worked, which other work on the machine changes less.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from math import nan
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from outreach.exchange.reading import ReadLimits, read_rows, read_sheet
from outreach.exchange.sheets import MB, column_letters
from outreach.exchange.writing import write_csv, write_xlsx

if sys.platform != "win32":  # which keeps no such account
    import resource

SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
FRAME = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/texts.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" '
    f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{SHEET}" xmlns:r="{OFFICE}"><sheets>'
    '<sheet name="A" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{OFFICE}/worksheet" Target="sheet.xml"/>'
    f'<Relationship Id="r2" Type="{OFFICE}/sharedStrings" Target="texts.xml"/></Relationships>',
}
FIGURES = {
    "written_s": "written, s",
    "read_s": "read, s",
    "processor_s": "processor, s",
    "streamed_s": "streamed, s",
    "server_mb": "server, MB",
    "reader_mb": "reader, MB",
}
NAMES = ("Trường Tiểu học Vĩnh Hòa", "Trường THCS Nguyễn Huệ", "Thư viện xã Đại Lãnh", "Đồn Biên phòng Vĩnh Lương")


def cell(row: int, column: int) -> str:
    """A quarter names with a number, a quarter coordinates, a quarter small numbers, a quarter words that repeat."""
    match column % 4:
        case 0:
            return f"{NAMES[row % 4]} {row + column}"
        case 1:
            return f"{12 + (row * 31 + column) % 90_000 / 90_000:.6f}"
        case 2:
            return str((row * 7 + column) % 500)
        case _:
            return NAMES[(row + column) % 4]


def table(rows: int, columns: int) -> Iterator[list[str]]:
    """The rows of the sheet."""
    for row in range(rows):
        yield [cell(row, column) for column in range(columns)]


def write_as_excel(target: Path, headings: list[str], rows: int) -> None:
    """A workbook as Excel saves it: numbers as numbers, texts in a part of their own."""
    texts: dict[str, int] = {}

    def written(text: str, place: str) -> str:
        if text.replace(".", "").isdigit():
            return f'<c r="{place}"><v>{text}</v></c>'
        return f'<c r="{place}" t="s"><v>{texts.setdefault(text, len(texts))}</v></c>'

    letters = [column_letters(index) for index in range(len(headings))]
    with ZipFile(target, "w", ZIP_DEFLATED) as package:
        for name, content in FRAME.items():
            package.writestr(name, content)
        with package.open("xl/sheet.xml", "w") as part:
            part.write(f'<worksheet xmlns="{SHEET}"><sheetData>'.encode())
            for number, row in enumerate([headings, *table(rows, len(headings))], start=1):
                cells = "".join(written(text, f"{letter}{number}") for letter, text in zip(letters, row, strict=True))
                part.write(f'<row r="{number}">{cells}</row>'.encode())
            part.write(b"</sheetData></worksheet>")
        shared = "".join(f"<si><t>{escape(text)}</t></si>" for text in texts)
        package.writestr("xl/texts.xml", f'<sst xmlns="{SHEET}">{shared}</sst>')


def write_one(target: Path, rows: int, columns: int) -> dict[str, float]:
    """Write the sheet in the form that the name of `target` says."""
    headings = [f"Cột {column_letters(index)}" for index in range(columns)]
    started = time.perf_counter()
    match target.name:
        case "csv.csv":
            with target.open("wb") as file:
                file.writelines(write_csv(headings, table(rows, columns)))
        case "ours.xlsx":
            target.write_bytes(write_xlsx(headings, table(rows, columns), title="A"))
        case _:
            write_as_excel(target, headings, rows)
    return {"written_s": time.perf_counter() - started}


def peak_mb(who: int) -> float:
    """The most memory a process has held, in MB."""
    units = 2**20 if sys.platform == "darwin" else 2**10  # macOS counts bytes, Linux kilobytes
    return resource.getrusage(who).ru_maxrss / units


def read_one(source: Path) -> dict[str, float]:
    """Read one file, then stream its rows once, as an import does."""
    target = source.with_suffix(".rows")
    started = time.perf_counter()
    # on a slow machine the figure is wanted, not the refusal
    facts = read_sheet(source, target, file_name=source.name, limits=ReadLimits(seconds=600, seconds_most=600))
    read_s = time.perf_counter() - started
    assert sum(1 for _ in read_rows(target)) == facts.rows
    figures = {"rows": facts.rows, "columns": len(facts.headings), "read_s": read_s}
    figures["streamed_s"] = time.perf_counter() - started - read_s
    if sys.platform != "win32":
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        figures["processor_s"] = used.ru_utime + used.ru_stime
        figures |= {"server_mb": peak_mb(resource.RUSAGE_SELF), "reader_mb": peak_mb(resource.RUSAGE_CHILDREN)}
    return figures


def apart(*options: object) -> dict[str, Any]:
    """What this file says when it runs as a program of its own."""
    command = [sys.executable, "-m", "benchmarks.read_sheets", *map(str, options)]
    said = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own module
    figures: dict[str, Any] = json.loads(said.stdout)
    return figures


def main() -> None:
    """Make the files, read each, print one line a file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--columns", type=int, default=20)
    parser.add_argument("--write", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.write:
        print(json.dumps(write_one(options.write, options.rows, options.columns)))
    elif options.read:
        print(json.dumps(read_one(options.read)))
    else:
        compare(options.rows, options.columns)


def compare(rows: int, columns: int) -> None:
    """One line a file."""
    print(f"{rows} rows of {columns} cells")
    print(f"{'file':<11}{'MB':>6}" + "".join(f"{name:>14}" for name in FIGURES.values()))
    with tempfile.TemporaryDirectory() as folder:
        for name in ("csv.csv", "ours.xlsx", "excel.xlsx"):
            path = Path(folder) / name
            found = apart("--rows", rows, "--columns", columns, "--write", path) | apart("--read", path)
            figures = "".join(f"{found.get(key, nan):>14.1f}" for key in FIGURES)
            print(f"{name:<11}{path.stat().st_size / MB:>6.1f}{figures}", flush=True)


if __name__ == "__main__":
    main()
