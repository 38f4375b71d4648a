"""Which column of a sheet is which field: guessed from headings, remembered, said by a person."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import islice

from outreach.domain.errors import InvalidValue
from outreach.domain.names import search_key
from outreach.exchange.reading import read_rows
from outreach.exchange.sheets import column_letters
from outreach.i18n import LANGUAGES, translate, use_language
from outreach.services.intake.folders import Folder
from outreach.services.registers.fields import Field
from outreach.services.registers.lookups import Lookups
from outreach.services.registers.register import Register

Mapping_ = dict[int, str]  # column -> name of a field
FAULTS_HEADING = "Lỗi"  # the first column of a sheet to mend
ALIKE = 0.86  # how near a heading must come to a known one; "so dien thoai" and "so dien tich" stay apart
IN_BRACKETS = re.compile(r"[(\[].*?[)\]]")
# columns that lists have and registers do not
FAULT_KEYS = frozenset({"loi", "faults"})
LEFT_OUT = frozenset({"stt", "tt", "so tt", "so thu tu", "no", "no.", "#"}) | FAULT_KEYS
SAMPLES = 3
ROWS_LOOKED_AT = 200  # for samples of the columns


@dataclass(frozen=True, slots=True)
class Column:
    """A column as the page of columns shows it."""

    index: int
    heading: str
    samples: tuple[str, ...]

    @property
    def letters(self) -> str:
        """What a spreadsheet calls the column: A, B, ..."""
        return column_letters(self.index)


def columns_in(headings: Sequence[str], folder: Folder) -> tuple[Column, ...]:
    """The columns of a sheet that was read, with a few of their cells."""
    first = islice(read_rows(folder.rows), ROWS_LOOKED_AT) if folder.rows.exists() else ()
    return columns_of(headings, [cells for _, cells in first])


def columns_of(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> tuple[Column, ...]:
    """The columns with the first values in each that say something and differ."""
    samples: list[list[str]] = [[] for _ in headings]
    for cells in rows:
        for index, cell in enumerate(cells[: len(samples)]):
            text = " ".join(cell.split())
            if text and text not in samples[index] and len(samples[index]) < SAMPLES:
                samples[index].append(text)
    return tuple(
        Column(index, heading, tuple(samples[index]))
        for index, heading in enumerate(headings)
        if heading or samples[index]
    )


def heading_keys(headings: Iterable[str]) -> list[str]:
    """Headings as they are compared."""
    return [search_key(heading) for heading in headings]


def guess(register: Register, columns: Sequence[Column], looks: Lookups) -> Mapping_:
    """The best field for each column that has one: equal headings first, then alike ones; each field once."""
    ways = _ways(register)
    offers: list[tuple[float, int, int, str]] = []
    for column in columns:
        for score, name in _offers(column.heading, ways):
            offers.append((-score, -_readable(register.field(name), column, looks), column.index, name))
    found: Mapping_ = {}
    for _, _, index, name in sorted(offers):
        if index not in found and name not in found.values():
            found[index] = name
    return dict(sorted(found.items()))


def _ways(register: Register) -> dict[str, dict[str, float]]:
    """Each known heading (as a search key) of each field, with how much it is worth."""
    ways: dict[str, dict[str, float]] = {}
    for field in register.fields:
        known: dict[str, float] = {}
        for alias in field.aliases.split(";"):
            known[search_key(alias)] = 0.9
        known[search_key(field.name)] = 0.95
        for language in LANGUAGES:
            with use_language(language):
                known[search_key(translate(field.heading))] = 1.0
        known.pop("", None)
        ways[field.name] = known
    return ways


def _offers(heading: str, ways: Mapping[str, Mapping[str, float]]) -> list[tuple[float, str]]:
    keys = {search_key(heading), search_key(IN_BRACKETS.sub(" ", heading))} - {""}
    exact = [
        (max(known[key] for key in keys if key in known), name)
        for name, known in ways.items()
        if any(key in known for key in keys)
    ]
    if exact or not keys or keys & LEFT_OUT:
        return exact
    return [
        (0.5 * alike, name)
        for name, known in ways.items()
        if (alike := max(_alike(key, way) for key in keys for way in known)) >= ALIKE
    ]


def _alike(key: str, way: str) -> float:
    if abs(len(key) - len(way)) > 4 or min(len(key), len(way)) < 4:
        return 0.0
    return SequenceMatcher(None, key, way, autojunk=False).ratio()


def _readable(field: Field, column: Column, looks: Lookups) -> int:
    """How many of the samples the field can read; decides between columns of equal headings."""
    read = 0
    for sample in column.samples:
        try:
            field.value_of(sample, looks)
        except InvalidValue:
            continue
        read += 1
    return read


def faults_of(register: Register, mapping: Mapping_) -> dict[str, InvalidValue]:
    """What is wrong with a mapping that a person chose, by the column ("c-2") or "" for the whole; empty: nothing."""
    faults: dict[str, InvalidValue] = {}
    owner: dict[str, int] = {}
    for index, name in sorted(mapping.items()):
        if name in owner:
            faults[f"c-{index}"] = InvalidValue(
                "“{field_name}” đã được chọn cho một cột khác; mỗi mục lấy từ một cột.",
                field=f"c-{index}",
                field_name=translate(register.field(name).heading),
            )
        owner.setdefault(name, index)
    lost = [field for field in key_fields(register) if field.required and field.name not in owner]
    if lost:
        faults[""] = InvalidValue(
            "Chưa có cột nào là {names}. Thiếu cột này thì không nhận ra dòng nào.",
            field="",
            names=names_of(lost),
        )
    return faults


def missing(register: Register, mapping: Mapping_) -> tuple[Field, ...]:
    """Required fields for which there is no column."""
    return tuple(field for field in register.fields if field.required and field.name not in mapping.values())


def key_fields(register: Register) -> tuple[Field, ...]:
    """The fields by which a row is known again."""
    return tuple(register.field(name) for name in register.key)


def names_of(fields: Iterable[Field]) -> str:
    """The headings of fields in one sentence."""
    return ", ".join(f"“{translate(field.heading)}”" for field in fields)


def mapping_from_words(register: Register, headings: Sequence[str], pairs: Iterable[str]) -> Mapping_:
    """The mapping that pairs like "Tên trường=name" ask for (an empty field leaves the column out, as -1 would)."""
    chosen: Mapping_ = {}
    keys = heading_keys(headings)
    names = {search_key(way): name for name, ways in _ways(register).items() for way in (name, *ways)}
    for pair in pairs:
        heading, sign, wanted = pair.rpartition("=")
        key = search_key(heading)
        if not sign or key not in keys:
            raise InvalidValue(
                "Không có cột “{value}” trong bảng; các cột là: {known}", field="map", value=heading or pair,
                known=", ".join(heading for heading in headings if heading),
            )  # fmt: skip
        name = names.get(search_key(wanted), "")
        if wanted.strip() and not name:
            raise InvalidValue(
                "Không có mục “{value}”; các mục là: {known}", field="map", value=wanted,
                known=", ".join(field.name for field in register.fields),
            )  # fmt: skip
        chosen[keys.index(key)] = name
    return chosen
