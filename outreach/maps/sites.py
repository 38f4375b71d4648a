"""The map of sites, and the map of what was reached."""

from datetime import date

from outreach.domain.names import board_name
from outreach.domain.places import Coordinates
from outreach.domain.sheets import BasePoint, SiteRow
from outreach.domain.times import Period
from outreach.i18n import day, translate
from outreach.maps.base import MapLook, Scene, draw
from outreach.maps.signs import Mark, Place, Sign

HALF_A_YEAR_DAYS = 183
MANY = 60  # from here on full signs would cover the land, and Tab would walk through them for minutes


def base_signs(bases: tuple[BasePoint, ...], *, labels: bool = False) -> list[Sign]:
    """A house for each base."""
    return [
        Sign(mark=Mark.BASE, at=base.at, name=base.name, id=f"base:{base.id}", label=base.name if labels else "")
        for base in bases
    ]


def site_link(site_id: int) -> str:
    """The path of a site's page."""
    return f"/diem/{site_id}"


def site_lines(row: SiteRow) -> tuple[str, ...]:
    """What the list says about a site, line by line."""
    before = day(row.last_visit) if row.last_visit else translate("chưa có")
    after = day(row.next_visit) if row.next_visit else translate("chưa có")
    lines = [
        f"{row.commune} · {row.code}",
        translate("Lần trước {before} · lần tới {after}", before=before, after=after),
    ]
    if row.wanted:
        lines.append(translate("Kỳ này {planned}/{wanted} buổi", planned=row.planned, wanted=row.wanted))
    return tuple(lines)


def site_sign(row: SiteRow, mark: Mark, *, chosen: bool = False) -> Sign:
    """A site with its facts and the way to its page."""
    return Sign(
        mark=mark,
        at=row.at,
        name=row.name,
        id=f"site:{row.id}",
        label=board_name(row.name) if chosen else "",
        lines=site_lines(row),
        link=site_link(row.id),
        chosen=chosen,
    )


def sites_map(
    look: MapLook,
    *,
    rows: tuple[SiteRow, ...],
    others: tuple[SiteRow, ...] = (),
    bases: tuple[BasePoint, ...] = (),
    places: tuple[Place, ...] = (),
    chosen_id: int | None = None,
) -> str:
    """The sites of a list as full signs, all `others` as dots; unserved ones are red diamonds."""
    listed = {row.id for row in rows}
    signs = [site_sign(row, Mark.DOT) for row in others if row.id not in listed]
    found = Mark.SITE if len(rows) <= MANY else Mark.COVERED
    # before the first visit is planned nothing is missing yet: a map all in red would tell nothing
    begun = any(row.planned for row in (*rows, *others))
    for row in rows:
        mark = Mark.UNSERVED if begun and row.planned < row.wanted else found
        signs.append(site_sign(row, mark, chosen=row.id == chosen_id))
    focus: tuple[Coordinates, ...] = ()
    if rows and len(rows) < len(listed) + len(others):
        focus = tuple(row.at for row in rows)
        if len(rows) == 1:  # one site alone: show its surroundings, with the nearest base
            focus += tuple(base.at for base in bases if base.id == _nearest(rows[0].at, bases))
    return draw(
        look,
        Scene(
            title=translate("Bản đồ điểm phục vụ. Danh sách ở bên cạnh."),
            signs=(*signs, *base_signs(bases)),
            places=places,
            focus=focus,
        ),
    )


def _nearest(at: Coordinates, bases: tuple[BasePoint, ...]) -> int | None:
    ranked = sorted(bases, key=lambda base: (base.at.lat - at.lat) ** 2 + (base.at.lon - at.lon) ** 2)
    return ranked[0].id if ranked else None


def _reach(row: SiteRow, period: Period, today: date) -> Mark:
    if row.last_visit is not None and row.last_visit in period:
        return Mark.COVERED
    if row.last_visit is None or (today - row.last_visit).days > HALF_A_YEAR_DAYS:
        return Mark.UNSERVED
    return Mark.DOT


def coverage_map(
    look: MapLook,
    *,
    rows: tuple[SiteRow, ...],
    bases: tuple[BasePoint, ...],
    places: tuple[Place, ...],
    period: Period,
    today: date,
) -> str:
    """Which sites were reached in `period`, which not yet, and which have waited over six months."""
    signs = [site_sign(row, _reach(row, period, today)) for row in rows]
    signs.sort(key=lambda sign: (sign.mark is Mark.UNSERVED, sign.mark is Mark.COVERED))
    return draw(
        look,
        Scene(
            title=translate("Bản đồ độ phủ của kỳ. Số liệu ở bên cạnh."),
            signs=(*signs, *base_signs(bases)),
            places=places,
        ),
    )
