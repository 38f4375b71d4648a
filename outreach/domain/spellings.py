"""How people spell the small words of a cell: yes and no, weekdays, from and to, terms; read, never translated."""

import re

YES = frozenset({"co", "x", "1", "yes", "y", "true", "dung", "duoc", "✓"})
NO = frozenset({"khong", "0", "no", "n", "false", "sai", "ko", "k"})
YES_TEXT, NO_TEXT = "có", "không"
WEEKDAY_LETTERS = {
    "vi": ("T2", "T3", "T4", "T5", "T6", "T7", "CN"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
WEEKDAYS = {
    **{f"t{n + 2}": n for n in range(6)}, **{f"thu {n + 2}": n for n in range(6)}, **{str(n + 2): n for n in range(6)},
    "cn": 6, "chu nhat": 6, "8": 6,
    "thu hai": 0, "thu ba": 1, "thu tu": 2, "thu nam": 3, "thu sau": 4, "thu bay": 5,
    "hai": 0, "ba": 1, "tu": 2, "nam": 3, "sau": 4, "bay": 5,
    "mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6,
    "monday": 0, "tuesday": 1, "wednesday": 2, "thursday": 3, "friday": 4, "saturday": 5, "sunday": 6,
}  # fmt: skip
SPAN = re.compile(r"\s*(?:-|–|—|đến|tới|to)\s*", re.IGNORECASE)
AND = re.compile(r"[,;+&]|\bvà\b|\band\b", re.IGNORECASE)
HOURS = re.compile(
    r"(?P<days>.*?)\s*(?P<start>\d{1,2}(?:[:hHg.]\d{0,2})?(?::\d\d)?)\s*(?:-|–|đến|to)\s*"
    r"(?P<end>\d{1,2}(?:[:hHg.]\d{0,2})?(?::\d\d)?)"
    r"\s*(?:\((?P<term>[^)]*)\))?",
    re.IGNORECASE,
)
TERM_WORDS = {
    "": "", "ca nam": "",
    "trong nam hoc": "term", "nam hoc": "term", "term": "term", "in term": "term",
    "trong he": "summer", "he": "summer", "summer": "summer", "in summer": "summer",
}  # fmt: skip
TERM_TEXT = {
    "vi": {"": "", "term": " (trong năm học)", "summer": " (trong hè)"},
    "en": {"": "", "term": " (in term)", "summer": " (in summer)"},
}
NO_HOURS = {"vi": "không nhận", "en": "none"}
NO_HOURS_WORDS = NO | {"khong nhan", "none", "-"}

# one day off or a stretch of them at the beginning of a part
DAYS = re.compile(r"[\d/.\-]*\d(?:\s*(?:-|–|đến|to)\s*\d{1,2}[/.\-]\d{1,2}[/.\-]\d{4})?")
