"""What the reading of a sheet guessed, mended or left aside: stable codes, each with its sentence."""

CP1258 = "encoding-cp1258"
TCVN3 = "encoding-tcvn3"
CP1252 = "encoding-cp1252"
MENDED_TCVN3 = "mended-tcvn3"
ROWS_ABOVE = "rows-above"
OTHER_SHEETS = "other-sheets"
EXTRA_COLUMNS = "extra-columns"
ERROR_VALUES = "error-values"
HIDDEN_ROWS = "hidden-rows"
MERGED_CELLS = "merged-cells"

# the sentence of each code, to be translated by whoever shows it; {value} is what stands behind the colon
SENTENCES = {
    CP1258: "Tệp được đọc theo bảng mã Windows-1258. Hãy xem dấu tiếng Việt đã đúng chưa.",
    TCVN3: "Tệp dùng bảng mã TCVN3 (phông ABC, .VnTime) và đã được đổi sang Unicode. Hãy xem dấu đã đúng chưa.",
    CP1252: "Không nhận ra bảng mã tiếng Việt; tệp được đọc theo Windows-1252. "
    "Nếu chữ sai, hãy lưu lại tệp dạng “CSV UTF-8” hoặc .xlsx.",
    MENDED_TCVN3: "{value} ô gõ bằng phông TCVN3 (.VnTime) đã được đổi sang Unicode. Hãy xem dấu đã đúng chưa.",
    ROWS_ABOVE: "Bỏ qua {value} dòng phía trên dòng tiêu đề.",
    OTHER_SHEETS: "Chỉ đọc trang tính đầu tiên có dữ liệu. Những trang khác không được đọc: {value}.",
    EXTRA_COLUMNS: "{value} cột có dữ liệu nhưng không có tiêu đề.",
    ERROR_VALUES: "{value} ô chứa lỗi của công thức, như #N/A. Những ô này được giữ nguyên.",
    HIDDEN_ROWS: "{value} dòng đang ẩn hoặc bị lọc trong bảng tính cũng được đọc.",
    MERGED_CELLS: "{value} ô trống trong vùng gộp nhiều dòng được điền chữ của ô đầu vùng.",
}


def note(code: str, value: object = "") -> str:
    """A note as it stands in SheetFacts: "code" or "code:value"."""
    return f"{code}:{value}" if value != "" else code


def split_note(text: str) -> tuple[str, str]:
    """The code and the value of a note; the value may be empty."""
    code, _, value = text.partition(":")
    return code, value
