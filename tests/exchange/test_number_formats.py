"""Numbers of workbooks as their cells show them; dates agree with openpyxl's."""

import pytest
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, from_excel

from outreach.exchange.number_formats import BUILT_IN, PLAIN, NumberFormat, Shown, number_format, shown_number

DATE, TIME, MOMENT = NumberFormat(Shown.DATE), NumberFormat(Shown.TIME), NumberFormat(Shown.MOMENT)
ELAPSED = NumberFormat(Shown.ELAPSED)


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("General", PLAIN),
        ("0.00", PLAIN),
        ("#,##0", PLAIN),
        ("0", PLAIN),
        ("@", PLAIN),
        ("0.00E+00", PLAIN),
        ('#,##0 "đồng/năm"', PLAIN),
        ("[Red]#,##0", PLAIN),
        ("#,##0\\d", PLAIN),
        ("000", NumberFormat(Shown.ZEROS, 3)),
        ("dd/mm/yyyy", DATE),
        ("[$-42A]dd mmmm yyyy", DATE),
        ('"ngày" d "tháng" m', DATE),
        ("mmm", DATE),
        ("dd/mm/yyyy;@", DATE),
        ("h:mm", TIME),
        ("h:mm AM/PM", TIME),
        ("mm:ss.0", TIME),
        ("dd/mm/yyyy hh:mm", MOMENT),
        ("[h]:mm", ELAPSED),
        ("[mm]:ss", ELAPSED),
    ],
)
def test_format_is_understood(code, shown):
    assert number_format(code) == shown


def test_formats_of_excel_itself_are_known():
    """Those that openpyxl calls dates are ours, and no other is."""
    for number, code in BUILTIN_FORMATS.items():
        known = BUILT_IN.get(number)
        assert (known is not None) == bool(is_date_format(code)), code
        if known is not None:
            assert known == number_format(code)
            assert (known.shown is Shown.ELAPSED) == bool(is_timedelta_format(code) and "h" in code)


@pytest.mark.parametrize("serial", [1, 59, 61, 1000, 45_000, 46_377, 2_958_465])
@pytest.mark.parametrize("since_1904", [False, True])
def test_days_agree_with_openpyxl(serial, since_1904):
    if since_1904 and serial == 2_958_465:
        return
    theirs = from_excel(serial, CALENDAR_MAC_1904) if since_1904 else from_excel(serial)
    assert shown_number(str(serial), DATE, since_1904=since_1904) == f"{theirs:%d/%m/}{theirs.year:04d}"


@pytest.mark.parametrize(
    ("text", "how", "shown"),
    [
        ("0.3125", TIME, "07:30"),
        ("0.30555555555555552", TIME, "07:20"),
        ("46377.3125", TIME, "07:30"),
        ("46377.3125", DATE, "21/12/2026"),
        ("46377.3125", MOMENT, "21/12/2026 07:30"),
        ("46377", MOMENT, "21/12/2026"),
        ("46376.99999999", MOMENT, "21/12/2026"),
        ("0.5", DATE, "12:00"),
        ("1.1041666666666667", ELAPSED, "26:30"),
        ("-1", DATE, "-1"),
        ("3000000", DATE, "3000000"),
        ("2958465.99999999", MOMENT, "2958465.99999999"),
        ("7", NumberFormat(Shown.ZEROS, 3), "007"),
        ("7.5", NumberFormat(Shown.ZEROS, 3), "7.5"),
        ("12.0", PLAIN, "12"),
        ("-0.0", PLAIN, "0"),
        ("007", PLAIN, "7"),
        ("0.30000000000000004", PLAIN, "0.3"),
        ("109.19670000000001", PLAIN, "109.1967"),
        ("1E+20", PLAIN, "100000000000000000000"),
        ("1.5E-7", PLAIN, "0.00000015"),
        ("123456789012345678", PLAIN, "123456789012346000"),
        ("NaN", PLAIN, "NaN"),
        ("1e999", PLAIN, "1e999"),
        ("abc", DATE, "abc"),
        ("²", PLAIN, "²"),
    ],
)
def test_number_is_shown(text, how, shown):
    assert shown_number(text, how) == shown
