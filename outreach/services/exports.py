"""Lists as sheets and as points: registers in the very columns that an import reads, the visits of a plan, the log."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.domain.cells import write_day, write_number, write_time
from outreach.domain.roles import Actor, Right, require
from outreach.domain.words import word_of
from outreach.exchange.writing import write_csv, write_geojson, write_xlsx
from outreach.i18n import moment, translate, weekday
from outreach.services import audit
from outreach.services.day_sheets import period_sheets
from outreach.services.plan_rows import load_plan
from outreach.services.registers.lookups import Lookups
from outreach.services.registers.register import Register
from outreach.store.sites import Site

AT_ONCE = 1_000
LOG_PAGE = 500

Feature = tuple[float, float, dict[str, object]]  # lat, lon, properties


@dataclass(frozen=True, slots=True)
class Table:
    """A list on its way out: rows are read while they are written."""

    name: str  # of the file, without its ending
    title: str
    headings: tuple[str, ...]
    rows: Iterator[Sequence[str]]


def as_csv(table: Table) -> Iterator[bytes]:
    """A list as CSV, piece by piece."""
    return write_csv(table.headings, table.rows)


def as_xlsx(table: Table) -> bytes:
    """A list as a workbook."""
    return write_xlsx(table.headings, table.rows, title=table.title)


def as_geojson(features: Iterator[Feature]) -> Iterator[bytes]:
    """Points as GeoJSON, piece by piece."""
    return write_geojson(features)


def register_table(session: Session, actor: Actor, register: Register, ids: Sequence[int] | None = None) -> Table:
    """All rows of a register (or those of `ids`), in the order and words in which an import reads them."""
    require(actor, register.read_right)
    return Table(
        register.name,
        translate(register.title),
        tuple(translate(field.heading) for field in register.kept),
        _register_rows(session, register, ids),
    )


def _register_rows(session: Session, register: Register, ids: Sequence[int] | None) -> Iterator[Sequence[str]]:
    looks = Lookups(session)
    for part in _parts(session, register, ids):
        for record in register.load(session, part).values():
            texts = register.texts_of(record.values, looks)
            yield [texts[field.name] for field in register.kept]
        session.expunge_all()


def _parts(session: Session, register: Register, ids: Sequence[int] | None) -> Iterator[list[int]]:
    table = register.table
    asked = register.owned(select(table.id)).order_by(table.id)
    every = iter(ids if ids is not None else list(session.scalars(asked)))
    while part := list(islice(every, AT_ONCE)):
        yield part


def has_points(register: Register) -> bool:
    """Whether rows of the register lie somewhere."""
    names = {field.name for field in register.kept}
    return {"lat", "lon"} <= names


def register_features(
    session: Session, actor: Actor, register: Register, ids: Sequence[int] | None = None
) -> Iterator[Feature]:
    """The rows of a register as points; properties carry the field names of the API."""
    require(actor, register.read_right)
    looks = Lookups(session)
    for part in _parts(session, register, ids):
        for record in register.load(session, part).values():
            texts = register.texts_of(record.values, looks)
            properties: dict[str, object] = {
                name: value if isinstance(value := record.values.get(name), bool | int | float) else text
                for name, text in texts.items()
                if name not in ("lat", "lon") and not name.endswith("_id")
            }
            properties |= {name: texts[name] for name in texts if name.endswith("_id")}
            yield record.values["lat"], record.values["lon"], properties
        session.expunge_all()


VISIT_HEADINGS = (
    "Ngày", "Thứ", "Xe", "Thứ tự", "Mã điểm", "Tên điểm", "Xã, phường", "Dịch vụ", "Đến lúc", "Giờ bắt đầu",
    "Giờ kết thúc", "Rời lúc", "Số phút", "Km từ chỗ trước", "Ngủ lại",
)  # fmt: skip


def visits_table(session: Session, actor: Actor, plan_id: int) -> Table:
    """The visits of a plan in the order in which they are driven; raises NotFound."""
    require(actor, Right.SEE_PLANS)
    plan = load_plan(session, plan_id)
    headings = tuple(translate(heading) for heading in VISIT_HEADINGS)
    return Table(
        f"{translate('ke-hoach')}-{plan.id}", plan.name, headings, (row for row, _ in _visits(session, plan.id))
    )


def visit_features(session: Session, actor: Actor, plan_id: int) -> Iterator[Feature]:
    """The visits of a plan as points."""
    require(actor, Right.SEE_PLANS)
    plan = load_plan(session, plan_id)
    names = ("day", "weekday", "vehicle", "position", "site_code", "site_name", "commune", "service", "arrive", "start",
             "end", "depart", "minutes", "km_before", "overnight")  # fmt: skip
    for row, (lat, lon) in _visits(session, plan.id):
        yield lat, lon, dict(zip(names, row, strict=True))


def _visits(session: Session, plan_id: int) -> Iterator[tuple[list[str], tuple[float, float]]]:
    codes = dict(iter(session.execute(select(Site.id, Site.code))))
    for sheet in period_sheets(session, plan_id):
        for stop in sheet.stops:
            last = stop is sheet.stops[-1]
            yield [
                write_day(sheet.day), weekday(sheet.day), sheet.vehicle.name, str(stop.position),
                codes[stop.site_id], stop.site_name, stop.commune, translate(word_of(stop.service)),
                write_time(stop.arrive_s), write_time(stop.start_s), write_time(stop.end_s), write_time(stop.depart_s),
                str((stop.end_s - stop.start_s) // 60), write_number(round(stop.distance_m / 1000, 1)),
                sheet.end.name if sheet.overnight and last else "",
            ], (stop.at.lat, stop.at.lon)  # fmt: skip


LOG_HEADINGS = ("Lúc", "Ai", "Việc", "Đối tượng", "Thay đổi")


def log_table(session: Session, actor: Actor) -> Table:
    """The whole log, newest first."""
    require(actor, Right.SEE_AUDIT)
    headings = tuple(translate(heading) for heading in LOG_HEADINGS)
    return Table(translate("nhat-ky"), translate("Nhật ký"), headings, _log_rows(session))


def _log_rows(session: Session) -> Iterator[Sequence[str]]:
    page = 1
    while rows := audit.list_audit(session, page=page, size=LOG_PAGE)[0]:
        for row in rows:
            changes = "; ".join(f"{field}: {before or '–'} → {after or '–'}" for field, before, after in row.changes)
            yield [moment(row.at), row.who, row.deed, row.subject, changes]
        page += 1
