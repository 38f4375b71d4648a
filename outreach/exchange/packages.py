"""A workbook is a zip file: its table of contents is judged before anything is unpacked."""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from outreach.domain.errors import InvalidValue
from outreach.exchange.recognising import refuse_other_packages
from outreach.exchange.sheets import MB, ReadLimits

TABLE_MAX = MB  # bytes of the table of contents; 2,000 entries with long names fit
END_RECORD = b"PK\x05\x06"
ENCRYPTED = 0x1


@contextmanager
def open_package(source: Path, *, file_name: str, limits: ReadLimits) -> Iterator[ZipFile]:
    """The workbook's parts; raises InvalidValue where unpacking them would be unwise."""
    _refuse_long_table(source, file_name=file_name)
    with ZipFile(source) as package:
        _refuse_bombs(package.infolist(), file_name=file_name, limits=limits)
        refuse_other_packages(package, file_name=file_name)
        yield package


def damaged(file_name: str) -> InvalidValue:
    """The refusal of a file that is torn or was never right."""
    return InvalidValue(
        "Tệp “{file_name}” bị hỏng hoặc không phải bảng tính Excel. Hãy mở bằng Excel, lưu lại dạng .xlsx rồi gửi lại.",
        field="file",
        value=file_name,
        file_name=file_name,
    )


def _refuse_long_table(source: Path, *, file_name: str) -> None:
    """The size stands in the last record; Python would read the whole table whatever its size."""
    with source.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - 65_557))  # the record with the longest comment
        tail = file.read()
    at = tail.rfind(END_RECORD)
    if at < 0 or len(tail) < at + 22:
        raise damaged(file_name)
    (table,) = struct.unpack_from("<L", tail, at + 12)
    if table > TABLE_MAX:
        raise _bomb(file_name)


def _refuse_bombs(entries: list[ZipInfo], *, file_name: str, limits: ReadLimits) -> None:
    if len(entries) > limits.entries or sum(entry.file_size for entry in entries) > limits.unpacked:
        raise _bomb(file_name)
    for entry in entries:
        if entry.file_size > limits.ratio_from and entry.file_size > limits.ratio * max(entry.compress_size, 1):
            raise _bomb(file_name)
        if entry.flag_bits & ENCRYPTED:
            raise InvalidValue(
                "Tệp “{file_name}” có mật khẩu. Hãy bỏ mật khẩu rồi gửi lại.",
                field="file",
                value=file_name,
                file_name=file_name,
            )
        if _leaves_the_package(entry.filename) or entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise damaged(file_name)
    if len({entry.filename for entry in entries}) < len(entries):
        raise BadZipFile("two parts of one name")


def _leaves_the_package(name: str) -> bool:
    return name.startswith("/") or ":" in name or ".." in name.replace("\\", "/").split("/")


def _bomb(file_name: str) -> InvalidValue:
    return InvalidValue(
        "Tệp “{file_name}” khi giải nén sẽ quá lớn nên không được mở. Hãy chép riêng bảng cần nhập sang một tệp mới "
        "rồi gửi lại.",
        field="file",
        value=file_name,
        file_name=file_name,
    )
