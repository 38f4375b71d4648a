"""What decisions on a school year call their days: read in texts without marks, never shown."""

import re

# each keeps its place in a text without marks (one letter for one letter), so that the original can be cut out
TERM_1, TERM_2 = r"(?:hoc ky|hoc ki|hk)\s*(?:i|1)(?![\wi])", r"(?:hoc ky|hoc ki|hk)\s*(?:ii|2)(?!\w)"
# the first that fits wins where two overlap
EVENTS = tuple(
    (event, re.compile(pattern))
    for event, pattern in (
        ("cited", r"\bso\s*:?\s*\d+[\w/.-]*|\bcan cu\b|\bcong van\b|\bthong tu\b|\bnghi dinh\b"),
        ("cited", r"\bban hanh\b|\bky ngay\b"),
        ("other", r"xet (?:cong nhan )?(?:hoan thanh|tot nghiep)(?: chuong trinh)?"),
        ("other", r"cong nhan (?:hoan thanh(?: chuong trinh)?|tot nghiep)"),
        ("other", r"(?:hoan thanh )?tuyen sinh (?:vao )?(?:cac )?(?:lop )?dau cap"),
        ("exam", r"(?:ky )?thi (?:tot nghiep|tuyen sinh|hoc sinh gioi|hoc ky|cuoi ky|giua ky|chon|vao lop)"),
        ("exam", r"(?:kiem tra|danh gia) (?:dinh ky|cuoi ky|giua ky|cuoi hoc ky|giua hoc ky|cuoi nam)"),
        ("exam", r"tuyen sinh (?:vao )?lop (?:6|10)|\bky thi\b"),
        ("reopening", r"tuu truong"),
        ("opening", r"khai giang"),
        ("first_term_end", rf"ket thuc {TERM_1}|{TERM_1} ket thuc"),
        ("second_term_start", rf"(?:bat dau|vao) {TERM_2}|{TERM_2} bat dau"),
        ("programme_end", rf"hoan thanh (?:chuong trinh|ke hoach giao duc)|ket thuc {TERM_2}"),
        ("year_end", r"ket thuc nam hoc|be giang|tong ket nam hoc"),
        ("summer", r"nghi he|ky nghi he"),
        ("first_term", TERM_1),
        ("second_term", TERM_2),
        ("holiday", r"nghi le|quoc khanh|gio to(?: hung vuong)?|tet duong lich|quoc te lao dong|30/0?4"),
        ("break", r"(?:nghi )?tet(?: nguyen dan| co truyen| am lich)?|nghi giua (?:ky|hoc ky)|nghi hoc|nghi dong"),
    )
)  # fmt: skip
DAY = r"(?:(?P<{0}d>\d{{1,2}})(?:\s*[/.-]\s*(?P<{0}m>\d{{1,2}})\s*[/.-]\s*(?P<{0}y>\d{{4}})|\s*/\s*(?P<{0}m2>\d{{1,2}})|\s+thang\s+(?P<{0}m3>\d{{1,2}})(?:\s+nam\s+(?P<{0}y3>\d{{4}})|\s*/\s*(?P<{0}y4>\d{{4}}))?))"  # noqa: E501 - one shape of a date in all its spellings
ONE_DAY = re.compile(r"(?<![\d/.-])" + DAY.format("a") + r"(?![\d/]|-\d)")
SPAN = re.compile(
    r"(?<![\d/.-])(?:" + DAY.format("a") + r"|(?P<only>\d{1,2}))\s*(?:,?\s*(?P<sign>den|toi|va|-|–)\s*)"
    r"(?:het\s+)?(?:thu \w+,?\s+)?(?:ngay\s+)?" + DAY.format("b") + r"(?![\d/]|-\d)"
)  # fmt: skip
SCHOOL_YEAR = re.compile(r"nam hoc\s*:?\s*(\d{4})\s*[-–—]\s*(\d{4})")
DEADLINE = re.compile(r"truoc\s*(?:het\s*)?(?:thu \w+,?\s*)?(?:ngay\s*)?$")
LUNAR = re.compile(r"\([^()]*(?:am lich|\btuc\b|\bnham\b|\bchap\b|\bgieng\b)[^()]*\)")
NAME_END = re.compile(r"[:;,.()\n]|\s(?:vao|tu|truoc|ngay|duoc|cua|la|cham|xong|va|bat dau|du kien)\s|\s-\s")
DECISION = re.compile(r"(?:quyet dinh|cong van|ke hoach|thong bao)\s+so\s*:?\s*[\w/.-]+")
STROKED = "đĐ"  # the letter whose mark no decomposition takes off
# what the terms of a year are called in the calendar; kept as data, in the language of schools
FIRST_TERM_NAME, SECOND_TERM_NAME, SUMMER_NAME = "Học kỳ I năm học {0}-{1}", "Học kỳ II năm học {0}-{1}", "Hè {1}"
SENTENCE_END = re.compile(r"\n+|;\s*|\.\s+(?=\W*[^\W\d_])")
