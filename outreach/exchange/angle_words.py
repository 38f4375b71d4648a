"""The marks, letters and words with which people write angles; they are read, never shown."""

import re

# before NFKC, which would make an "o" of a degree sign and a space with a mark of an accent
MARKS = str.maketrans(
    {"º": "°", "˚": "°", "⁰": "°", "″": '"', "”": '"', "“": '"', "ʺ": '"', "＂": '"', "〃": '"'}
    | dict.fromkeys("′’‘ʹʼ`´＇‛", "'")
    | dict.fromkeys("−–—‐‑‒﹣－", "-")
)
# longest first: "vĩ độ bắc" must not end as "vĩ" and a degree
TOKENS = r"""
    (?P<number>\d+(?:{mark}\d+)?)
  | (?P<lat>vĩ\ độ|vĩ\ tuyến|latitude|lat)(?![^\W\d_])\s*[:=]?
  | (?P<lon>kinh\ độ|kinh\ tuyến|longitude|long|lng|lon)(?![^\W\d_])\s*[:=]?
  | (?P<side>bắc|nam|đông|tây|north|south|east|west|[nsewbđdt])(?![^\W\d_])
  | (?P<degree>°|độ|deg)
  | (?P<second>"|''|giây|sec)
  | (?P<minute>'|phút|min)
  | (?P<colon>:)
  | (?P<stop>[,;|&\n\t]|(?<=\s)-(?=\s))
  | (?P<sign>(?<![\d.])[+-](?=\d))
  | (?P<space>\s+)
  | (?P<other>.)
"""
READERS = {mark: re.compile(TOKENS.format(mark=re.escape(mark)), re.VERBOSE) for mark in ".,"}
SIDE_OF = {"bắc": "n", "nam": "s", "đông": "e", "tây": "w", "north": "n", "south": "s", "east": "e", "west": "w"}
SIDE_OF |= {"n": "n", "s": "s", "e": "e", "w": "w", "b": "n", "đ": "e", "d": "e", "t": "w"}
# N stands for north in English and for Nam, south, beside these
VIETNAMESE_LETTERS = frozenset("bđdt")
