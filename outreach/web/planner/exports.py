"""Lists to take away: CSV, XLSX and GeoJSON of registers, plans and the log, and sheets to fill in."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from itertools import chain
from typing import Any

from flask import Blueprint, Response, g, request
from werkzeug.wrappers import Response as AnyResponse

from outreach.domain.errors import NotFound
from outreach.domain.roles import Right, require
from outreach.i18n import current_language, translate, use_language
from outreach.services import exports, sites
from outreach.services.exports import Table
from outreach.services.intake.kinds import kind_called
from outreach.services.intake.samples import sample_sheet
from outreach.services.registers.catalogue import register_called
from outreach.services.registers.lookups import Lookups
from outreach.web.auth import allow, signed_in
from outreach.web.clock import today
from outreach.web.planner.sites import asked_filter
from outreach.web.session import house

desk = Blueprint("exports", __name__)

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "geojson": "application/geo+json",
}


def _file(name: str, form: str, body: bytes | Iterable[bytes]) -> AnyResponse:
    """A file to keep; its name carries the day."""
    held = f"{name}-{today().isoformat()}.{form}"
    return Response(body, mimetype=TYPES[form], headers={"Content-Disposition": f'attachment; filename="{held}"'})


def _streamed(pieces: Callable[[Any], Iterable[bytes]]) -> Iterator[bytes]:
    """`pieces` over a session that lives as long as the answer; the first piece is made at once.

    What goes wrong at the start is thus still an error page and no broken file.
    """
    language, home, organisation_id = current_language(), house(), g.actor.organisation_id
    stack = ExitStack()
    session = stack.enter_context(home.session(organisation_id=organisation_id, write=False))

    def running() -> Iterator[bytes]:
        with stack, use_language(language):
            yield from pieces(session)

    coming = running()
    return chain([next(coming, b"")], coming)


def _table(name: str, form: str, make: Callable[[Any], Table]) -> AnyResponse:
    if form == "csv":

        def pieces(session: Any) -> Iterator[bytes]:  # noqa: ANN401
            return exports.as_csv(make(session))

        return _file(name, form, _streamed(pieces))
    return _file(name, form, exports.as_xlsx(make(g.session)))


def _points(name: str, make: Callable[[Any], Iterator[exports.Feature]]) -> AnyResponse:
    return _file(name, "geojson", _streamed(lambda session: exports.as_geojson(make(session))))


@desk.get('/xuat/<register>.<any("csv", "xlsx", "geojson"):form>')
@signed_in
def register(register: str, form: str) -> AnyResponse:
    """A register in the columns that an import reads; sites with the filter of the list."""
    found = register_called(register)
    require(g.actor, found.read_right)
    actor, ids = g.actor, _asked_sites() if register == "sites" and request.args else None
    if form == "geojson":
        if not exports.has_points(found):
            raise NotFound("Danh sách này không có tọa độ nên không có tệp bản đồ.")
        return _points(found.name, lambda session: exports.register_features(session, actor, found, ids))
    return _table(found.name, form, lambda session: exports.register_table(session, actor, found, ids))


def _asked_sites() -> list[int]:
    rows = sites.list_sites(g.session, asked_filter(request.args), plan_id=None, today=today())
    return [row.id for row in rows]


@desk.get("/xuat/mau/<register>.xlsx")
@signed_in
def sample(register: str) -> AnyResponse:
    """A sheet to fill in."""
    found = kind_called(register)
    require(g.actor, found.read_right)
    return _file(f"{translate('mau')}-{found.name}", "xlsx", sample_sheet(found, Lookups(g.session)))


@desk.get('/xuat/ke-hoach/<int:plan_id>.<any("csv", "xlsx", "geojson"):form>')
@allow(Right.SEE_PLANS)
def plan(plan_id: int, form: str) -> AnyResponse:
    """The visits of a plan."""
    actor, name = g.actor, f"{translate('ke-hoach')}-{plan_id}"
    exports.visits_table(g.session, actor, plan_id)  # a plan that is not there is said before the file begins
    if form == "geojson":
        return _points(name, lambda session: exports.visit_features(session, actor, plan_id))
    return _table(name, form, lambda session: exports.visits_table(session, actor, plan_id))


@desk.get('/xuat/nhat-ky.<any("csv", "xlsx"):form>')
@allow(Right.SEE_AUDIT)
def log(form: str) -> AnyResponse:
    """The log."""
    actor = g.actor
    return _table(translate("nhat-ky"), form, lambda session: exports.log_table(session, actor))
