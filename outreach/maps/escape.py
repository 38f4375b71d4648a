"""The one door through which text enters a map document."""

import json

# Inside a JSON string each of these may be written as \uXXXX; outside strings JSON does not use them.
# "<" ends or opens tags, "&" starts entities, quotes and backticks end strings of other kinds,
# "$" opens a template's hole, U+2028 and U+2029 end lines in older JavaScript.
# Branca reads each finished piece once more as a Jinja template: "{%", "{#" and "{{" must not survive.
_DANGEROUS = "<>&'`$%#\u2028\u2029"
_ESCAPES = {ord(char): f"\\u{ord(char):04x}" for char in _DANGEROUS}


def for_script(value: object) -> str:
    """`value` (text, numbers, lists, mappings) as JSON that is safe anywhere in an inline script."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).translate(_ESCAPES)
    # JSON itself never writes two opening braces in a row, so these two stand in a string
    return text.replace("{{", "\\u007b\\u007b")


_ENTITIES = {char: f"&#{ord(char)};" for char in "&<>\"'`{}"}


def for_html(text: str) -> str:
    """`text` as the content of an element or of a quoted attribute."""
    return "".join(_ENTITIES.get(char, char) for char in text)
