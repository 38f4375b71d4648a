"""The demonstration's sites as a librarian would keep them in a spreadsheet, with twelve faults planted in it."""

import csv
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook, load_workbook

from tests.house.files import PROJECT

HEADINGS = (
    "STT", "Mã trường", "Tên trường", "Loại hình", "Xã/Phường", "Mã xã", "Huyện cũ", "Vĩ độ", "Kinh độ", "Giờ nhận xe",
    "Số học sinh", "Ngày không nhận", "Liên hệ", "Ghi chú",
)  # fmt: skip
FIRST_ROW = 4  # a title, an empty row and the headings stand above


@dataclass(frozen=True)
class Fault:
    """A cell made wrong: which site, which column, what stands there, and what was right."""

    code: str
    heading: str
    wrong: str
    right: str


FAULTS = (
    Fault("KH010", "Tên trường", "", "Trường Tiểu học Sửa Lại 1"),
    Fault("KH014", "Loại hình", "Trường đời", "Trường tiểu học"),
    Fault("KH018", "Vĩ độ", "mười hai", "12,25"),
    Fault("KH022", "Kinh độ", "", "109,10"),
    Fault("KH026", "Mã trường", "", "KH026"),
    Fault("KH034", "Mã trường", "KH033", "KH034"),
    Fault("KH038", "Vĩ độ", "95,5", "12,31"),
    Fault("KH042", "Số học sinh", "-40", "240"),
    Fault("KH046", "Giờ nhận xe", "T2-T6 10:30-07:30", "T2-T6 07:30-10:30"),
    Fault("KH050", "Ngày không nhận", "31/02/2027", "28/02/2027"),
    Fault("KH054", "Tên trường", "Trường " + "rất dài " * 40, "Trường Tiểu học Sửa Lại 2"),
    Fault("KH058", "Giờ nhận xe", "buổi sáng", "T2-T6 07:30-10:30; T2-T6 13:30-16:30"),
)


def site_rows() -> list[dict[str, str]]:
    """The sites without the bases, one mapping of heading to cell each; position with a decimal comma."""
    with (PROJECT / "data/demo/sites.csv").open(encoding="utf-8", newline="") as file:
        facts = [row for row in csv.DictReader(file) if row["kind"] != "depot"]
    return [
        {
            "STT": str(number),
            "Mã trường": row["site_id"],
            "Tên trường": row["name"],
            "Loại hình": row["kind"],
            "Xã/Phường": row["commune"],
            "Mã xã": row["commune_code"],
            "Huyện cũ": row["old_district"],
            "Vĩ độ": row["lat"].replace(".", ","),
            "Kinh độ": row["lon"].replace(".", ","),
            "Giờ nhận xe": "T2-T6 07:30-10:30; T2-T6 13:30-16:30",
            "Số học sinh": "350",
            "Ngày không nhận": "",
            "Liên hệ": "Nhân viên thư viện",
            "Ghi chú": "<script>alert(1)</script>" if number == 1 else "",
        }
        for number, row in enumerate(facts, start=1)
    ]


def write_planted(path: Path) -> int:
    """The spreadsheet with its faults; returns the number of its rows."""
    rows = site_rows()
    by_code = {row["Mã trường"]: row for row in rows}
    for fault in FAULTS:
        by_code[fault.code][fault.heading] = fault.wrong
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["DANH SÁCH ĐIỂM PHỤC VỤ LƯU ĐỘNG NĂM 2027"])
    sheet.append([])
    sheet.append(list(HEADINGS))
    for row in rows:
        sheet.append([row[heading] for heading in HEADINGS])
    book.save(path)
    return len(rows)


def mend(downloaded: Path, mended: Path) -> int:
    """Put what was right into the sheet of wrong rows, as a person would; returns how many rows it held.

    Rows are known by the number in the column "STT", which nobody planted anything in.
    """
    number_of = {row["Mã trường"]: row["STT"] for row in site_rows()}
    right = {(number_of[fault.code], fault.heading): fault.right for fault in FAULTS}
    book = load_workbook(downloaded)
    sheet = book.active
    assert sheet is not None
    lines = list(sheet.iter_rows())
    headings = [str(cell.value) for cell in lines[0]]
    count = 0
    for line in lines[1:]:
        number = str(line[headings.index("STT")].value)
        for heading, cell in zip(headings, line, strict=True):
            if (number, heading) in right:
                cell.value = right[number, heading]
        count += 1
    book.save(mended)
    return count
