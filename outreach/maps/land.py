"""Land and sea around the sites, from Natural Earth, and the operator's own outlines."""

import json
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from outreach.domain.errors import InvalidValue
from outreach.domain.places import Coordinates

LAND_FILE = Path(__file__).resolve().parent.parent.parent / "data" / "basemap" / "land-10m.json"

GRID = 0.5  # boxes grow to this grid, so that a new site seldom means a new clip
SEEN_AROUND = 4.0  # degrees of land kept round the sites, at least
FINENESS = 3500  # the coast bends by no less than this part of the width that is kept
OUTLINES_LIMIT = 5_000_000  # bytes; a map document carries the outlines to every reader
OUTLINES_SIMPLER = 0.0015  # degrees, about 150 m: less than a pixel until one zooms far in
DECIMALS = 4  # about 11 m


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in degrees."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def around(cls, points: list[Coordinates], *, grid: bool = True) -> "Box":
        """The smallest box that holds all `points`; on the grid unless told otherwise."""
        lats = [point.lat for point in points]
        lons = [point.lon for point in points]
        if not grid:
            return cls(west=min(lons), south=min(lats), east=max(lons), north=max(lats))
        return cls(
            west=math.floor(min(lons) / GRID) * GRID,
            south=math.floor(min(lats) / GRID) * GRID,
            east=math.ceil(max(lons) / GRID) * GRID,
            north=math.ceil(max(lats) / GRID) * GRID,
        )

    def grown(self, degrees: float) -> "Box":
        """The box with `degrees` more on each side, kept on the globe of a web map."""
        return Box(
            west=max(-180.0, self.west - degrees),
            south=max(-85.0, self.south - degrees),
            east=min(180.0, self.east + degrees),
            north=min(85.0, self.north + degrees),
        )

    def shape(self) -> BaseGeometry:
        """The box as a polygon."""
        return shapely.box(self.west, self.south, self.east, self.north)


def decode_topology(topology: dict[str, Any]) -> list[BaseGeometry]:
    """The polygons of a quantised TopoJSON with one object "land"."""
    scale = np.array(topology["transform"]["scale"])
    origin = np.array(topology["transform"]["translate"])
    arcs = [np.cumsum(np.array(arc), axis=0) * scale + origin for arc in topology["arcs"]]

    def ring(numbers: list[int]) -> np.ndarray:
        # ~n means arc n walked backwards; neighbouring arcs share their end point
        lines = [arcs[n] if n >= 0 else arcs[~n][::-1] for n in numbers]
        return np.concatenate([lines[0], *(line[1:] for line in lines[1:])])

    polygons = []
    for geometry in topology["objects"]["land"]["geometries"]:
        parts = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        for part in parts:
            outer, *holes = [ring(numbers) for numbers in part]
            if len(outer) >= 4:
                polygons.append(shapely.Polygon(outer, [hole for hole in holes if len(hole) >= 4]))
    return polygons


@lru_cache(maxsize=1)
def _world() -> shapely.STRtree:
    return shapely.STRtree(decode_topology(json.loads(LAND_FILE.read_text(encoding="utf-8"))))


def seen_around(box: Box) -> Box:
    """`box` with what a wide window or a step outwards may show of its surroundings."""
    return box.grown(max(SEEN_AROUND, box.east - box.west, box.north - box.south))


@lru_cache(maxsize=32)
def land_around(box: Box) -> BaseGeometry:
    """The land in `box` and its surroundings, as fine as its size asks for. Cached for each box."""
    wide = seen_around(box)
    tree = _world()
    # cut by the rectangle first: whole continents are slow to mend and to intersect
    pieces = shapely.clip_by_rect(
        tree.geometries.take(tree.query(wide.shape())), wide.west, wide.south, wide.east, wide.north
    )
    land = shapely.union_all(shapely.make_valid(pieces))
    return shapely.simplify(land, (wide.east - wide.west) / FINENESS)


@dataclass(frozen=True, slots=True, eq=False)
class Outlines:
    """The operator's outlines: each commune's (or the province's) shape."""

    shapes: tuple[BaseGeometry, ...]


@lru_cache(maxsize=4)
def _read_outlines(path: Path, _changed_ns: int) -> Outlines:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        features = found["features"] if found["type"] == "FeatureCollection" else [found]
        shapes = [shapely.from_geojson(json.dumps(feature.get("geometry", feature))) for feature in features]
    except (ValueError, KeyError, TypeError, AttributeError, shapely.errors.GEOSException) as error:
        raise InvalidValue(
            "Tệp ranh giới {value} không phải GeoJSON đọc được. Cần một FeatureCollection gồm các vùng (Polygon).",
            field="OUTREACH_OUTLINES",
            value=path.name,
        ) from error
    areas = tuple(shape for shape in shapes if shape is not None and shape.geom_type in ("Polygon", "MultiPolygon"))
    if not areas:
        raise InvalidValue(
            "Tệp ranh giới {value} không có vùng nào (Polygon hay MultiPolygon).",
            field="OUTREACH_OUTLINES",
            value=path.name,
        )
    west, south, east, north = shapely.total_bounds(np.array(areas))
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise InvalidValue(
            "Tệp ranh giới {value} không dùng kinh độ, vĩ độ WGS 84 (EPSG:4326).",
            field="OUTREACH_OUTLINES",
            value=path.name,
        )
    # neighbours must be simplified together, or gaps open between them
    return Outlines(shapes=tuple(shapely.coverage_simplify(np.array(areas), OUTLINES_SIMPLER)))


def read_outlines(path: Path) -> Outlines:
    """The outlines in the GeoJSON file at `path`; InvalidValue says what is wrong with it."""
    if not path.is_file():
        raise InvalidValue(
            "Không thấy tệp ranh giới {value}. Kiểm tra lại OUTREACH_OUTLINES.",
            field="OUTREACH_OUTLINES",
            value=str(path),
        )
    facts = path.stat()
    if facts.st_size > OUTLINES_LIMIT:
        raise InvalidValue(
            "Tệp ranh giới {value} lớn hơn 5 MB. Hãy giản lược đường ranh rồi thử lại.",
            field="OUTREACH_OUTLINES",
            value=path.name,
        )
    return _read_outlines(path, facts.st_mtime_ns)


def as_geojson(shapes: list[BaseGeometry]) -> dict[str, Any]:
    """A FeatureCollection with short coordinates; the feature ids are the places in the list."""
    features = []
    for number, shape in enumerate(shapes):
        text = shapely.to_geojson(shapely.set_precision(shape, 10**-DECIMALS, mode="pointwise"))
        geometry = json.loads(text, parse_float=lambda digits: round(float(digits), DECIMALS))
        features.append({"type": "Feature", "id": str(number), "properties": {}, "geometry": geometry})
    return {"type": "FeatureCollection", "features": features}
