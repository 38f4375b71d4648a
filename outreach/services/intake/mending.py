"""The wrong rows of a sheet as a sheet of their own: mended there, sent again, and only they are brought in."""

from collections.abc import Sequence
from itertools import islice

from outreach.exchange.reading import read_rows
from outreach.exchange.writing import write_xlsx
from outreach.i18n import translate
from outreach.services.intake.columns import FAULT_KEYS, FAULTS_HEADING, Mapping_, heading_keys
from outreach.services.intake.folders import Folder
from outreach.services.intake.verdicts import RowVerdict, Verdict, read_all
from outreach.services.registers.register import Register

ROWS_MOST = 10_000  # more wrong rows than that are a column misunderstood
NOTED_ROWS_MOST = 2_000  # rows whose wrong cells carry a comment; the first column tells it for all


def sheet_to_mend(folder: Folder, register: Register, *, headings: Sequence[str], mapping: Mapping_) -> bytes:
    """A workbook: what is wrong, then the columns as they were sent; comments on the wrong cells.

    A sheet whose rows are one thing together (a timetable) is given back whole, so that what is sent again is whole.
    """
    wrong = {found.row: found for found in islice(read_all(folder, Verdict.WRONG), ROWS_MOST)}
    kept = [index for index, key in enumerate(heading_keys(headings)) if key not in FAULT_KEYS]
    place = {name: kept.index(index) + 1 for index, name in mapping.items() if index in kept}
    rows: list[list[str]] = []
    notes: dict[tuple[int, int], str] = {}
    for number, cells in read_rows(folder.rows):
        found = wrong.get(number)
        if found is None and not register.adds_only:
            continue
        for fault in found.faults if found and len(rows) < NOTED_ROWS_MOST else ():
            notes[len(rows), place.get(fault.field, 0)] = str(fault)
        rows.append([faults_in_words(found, register) if found else "", *(cells[index] for index in kept)])
    return write_xlsx(
        [translate(FAULTS_HEADING), *(headings[index] for index in kept)],
        rows,
        title=translate("Dòng cần sửa"),
        notes=notes,
    )


def faults_in_words(found: RowVerdict, register: Register) -> str:
    """ "Dòng 12. Vĩ độ: chưa điền"."""
    faults = "; ".join(f"{heading_of(register, fault.field)}: {fault}" for fault in found.faults)
    return f"{translate('Dòng {row}', row=found.row)}. {faults}"


def heading_of(register: Register, name: str) -> str:
    """What people call a field; the name itself where the register has none of that name."""
    heading = next((field.heading for field in register.fields if field.name == name), "")
    return translate(heading) if heading else name
