"""Rows of text written as CSV and as GeoJSON; workbooks are next door and handed on from here."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from outreach.exchange.csv_cells import csv_line, guarded
from outreach.exchange.workbook_writing import write_xlsx

__all__ = ["write_csv", "write_geojson", "write_xlsx"]

BYTES_AT_ONCE = 64 * 1024


def write_csv(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """CSV as Excel opens it by a double click: UTF-8 with a mark, comma, CRLF; in pieces of about 64 kB."""
    held = ["\ufeff"]
    size = 0
    for row in chain((headings,), rows):
        line = csv_line([guarded(cell) for cell in row])
        held.append(line)
        size += len(line)
        if size >= BYTES_AT_ONCE:
            yield "".join(held).encode("utf-8", "replace")
            held, size = [], 0
    if held:
        yield "".join(held).encode("utf-8", "replace")


def write_geojson(features: Iterable[tuple[float, float, Mapping[str, object]]]) -> Iterator[bytes]:
    """A FeatureCollection of points from (lat, lon, properties), one feature a line."""
    before = '{"type":"FeatureCollection","features":[\n'
    for lat, lon, properties in features:
        feature = {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [lon, lat]},
            "properties": dict(properties),
        }
        yield (before + json.dumps(feature, ensure_ascii=False, allow_nan=False)).encode("utf-8", "replace")
        before = ",\n"
    if before != ",\n":
        yield before.encode("utf-8")
    yield b"\n]}\n"
