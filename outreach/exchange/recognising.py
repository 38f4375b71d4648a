"""What a file is, by its first bytes: a workbook, plain text, or something else that is named and refused."""

from enum import Enum
from pathlib import Path
from zipfile import ZipFile

from outreach.domain.errors import InvalidValue

HEAD = 4096
ZIP = b"PK\x03\x04"
EMPTY_ZIP = b"PK\x05\x06"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# what it is called and how it begins
OTHERS = (
    ("PDF", b"%PDF"),
    ("PNG", b"\x89PNG"),
    ("JPEG", b"\xff\xd8\xff"),
    ("GIF", b"GIF8"),
    ("TIFF", b"II*\0"),
    ("TIFF", b"MM\0*"),
    ("RTF", b"{\\rtf"),
    ("RAR", b"Rar!"),
    ("7z", b"7z\xbc\xaf\x27\x1c"),
    ("gzip", b"\x1f\x8b"),
    ("SQLite", b"SQLite format 3\0"),
)
# streams of an old Office file, by their names in its directory
OLE_STREAMS = (
    ("WordDocument", "Word"),
    ("PowerPoint Document", "PowerPoint"),
)
PHOTOS = (b"heic", b"heix", b"mif1", b"msf1", b"avif")
MARKUP = (b"<!doctype", b"<html", b"<table", b"<?xml", b"<meta", b"<head", b"<body", b"<style")
# a file of many parts is known by one of them
PARTS = (
    ("xl/workbook.bin", ".xlsb"),
    ("word/document.xml", "Word"),
    ("ppt/presentation.xml", "PowerPoint"),
    ("Index/Document.iwa", "Numbers"),
    ("doc.kml", "KMZ"),
)
ODS = b"application/vnd.oasis.opendocument.spreadsheet"


class FileKind(Enum):
    """Which reader a file needs."""

    WORKBOOK = "xlsx"
    TEXT = "text"


def kind_of(source: Path, *, file_name: str) -> FileKind:
    """A workbook or plain text; raises InvalidValue for anything else, by its name and with what to do."""
    with source.open("rb") as file:
        head = file.read(HEAD)
    if not head.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise InvalidValue(
            "Tệp “{file_name}” không có gì bên trong.", field="file", value=file_name, file_name=file_name
        )
    if head.startswith((ZIP, EMPTY_ZIP)):
        return FileKind.WORKBOOK
    if head.startswith(OLE):
        raise _ole(source, file_name=file_name)
    for what, start in OTHERS:
        if head.startswith(start):
            raise refused(what, file_name=file_name)
    if head[4:8] == b"ftyp":
        raise refused("HEIC" if head[8:12] in PHOTOS else "MP4", file_name=file_name)
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        raise refused("WebP", file_name=file_name)
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:10].lower().startswith(MARKUP):
        raise InvalidValue(
            "Tệp “{file_name}” thật ra là trang HTML hoặc XML, dù tên là gì. Hãy mở bằng Excel, chọn Lưu thành, "
            "dạng .xlsx, rồi gửi lại.",
            field="file",
            value=file_name,
            file_name=file_name,
        )
    if _is_binary(head):
        raise InvalidValue(
            "Tệp “{file_name}” không phải bảng tính. Hãy gửi tệp .xlsx hoặc .csv.",
            field="file",
            value=file_name,
            file_name=file_name,
        )
    return FileKind.TEXT


def refused(what: str, *, file_name: str) -> InvalidValue:
    """The refusal of a file that is a `what` and no sheet."""
    return InvalidValue(
        "Tệp “{file_name}” là tệp {what}, không phải bảng tính. Hãy gửi tệp .xlsx hoặc .csv.",
        field="file",
        value=file_name,
        file_name=file_name,
        what=what,
    )


def refuse_other_packages(package: ZipFile, *, file_name: str) -> None:
    """Raise InvalidValue for a zip file that is no workbook of Excel, by its name."""
    names = set(package.namelist())
    if any(name.lower().endswith("xl/workbook.xml") for name in names):
        return
    if "mimetype" in names and package.getinfo("mimetype").file_size < HEAD:
        if package.read("mimetype").startswith(ODS):
            raise InvalidValue(
                "Tệp “{file_name}” là bảng tính .ods. Hãy mở bằng LibreOffice, chọn Lưu thành, dạng .xlsx hoặc .csv, "
                "rồi gửi lại.",
                field="file",
                value=file_name,
                file_name=file_name,
            )
        raise refused("OpenDocument", file_name=file_name)
    for part, what in PARTS:
        if part in names:
            raise refused(what, file_name=file_name)
    if "[Content_Types].xml" not in names:
        raise refused("ZIP", file_name=file_name)


def _ole(source: Path, *, file_name: str) -> InvalidValue:
    content = source.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in content:
        return InvalidValue(
            "Tệp “{file_name}” có mật khẩu. Hãy mở bằng Excel, bỏ mật khẩu (Tệp, Thông tin, Bảo vệ sổ làm việc), "
            "lưu lại rồi gửi lại.",
            field="file",
            value=file_name,
            file_name=file_name,
        )
    for stream, what in OLE_STREAMS:
        if stream.encode("utf-16-le") in content:
            return refused(what, file_name=file_name)
    return InvalidValue(
        "Tệp “{file_name}” là bảng tính Excel đời cũ (.xls). Hãy mở bằng Excel, chọn Lưu thành, dạng .xlsx hoặc .csv, "
        "rồi gửi lại.",
        field="file",
        value=file_name,
        file_name=file_name,
    )


def _is_binary(head: bytes) -> bool:
    """Whether there are too many control bytes for a text with a slip; UTF-16 says itself what it is."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    controls = sum(byte < 32 and byte not in b"\t\n\r\f\x0b\x1a" for byte in head)
    return controls > len(head) / 10
