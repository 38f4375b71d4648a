"""A furnished house: a small province with a plan, a run, a record, and an administrator signed in."""

import threading
from dataclasses import dataclass
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from outreach.domain.roles import Role
from outreach.domain.visits import CalendarKind, RunState
from outreach.jobs.intakes import run_intake
from outreach.services import accounts
from outreach.services.intake.folders import new_folder
from outreach.services.intake.intakes import start_intake
from outreach.services.registers.catalogue import REGISTERS
from outreach.store.calendars import CalendarDay
from outreach.store.fleet import Vehicle
from outreach.store.keys import ApiToken
from outreach.store.plans import Plan, UnservedNeed
from outreach.store.requests import Request
from outreach.store.runs import Run
from outreach.store.sites import Need, Site
from outreach.web.app import create_app
from outreach.web.auth import COOKIE
from outreach.web.clock import now
from outreach.wiring import House
from tests.factories import make_actor, make_organisation, make_record, make_small_province, make_visit
from tests.web.conftest import make_user, sign_in_as


@dataclass(frozen=True)
class Furnished:
    """An application, a signed-in client, and what to put in the places of its URLs."""

    app: Flask
    client: FlaskClient
    places: dict[str, object]


def fill(house: House) -> tuple[dict[str, object], int, int]:
    """Furnish an empty house: the values of its addresses' parts, its administrator and a driver."""
    with house.session(everywhere=True) as everywhere:
        number = make_organisation(everywhere, demo=True).id
        token = accounts.make_setup_link(everywhere, organisation_id=number, now=now())
    with house.session(organisation_id=number) as session:
        plan: Plan = make_small_province(session)
        needs = session.scalars(select(Need).order_by(Need.id)).all()
        bus = session.scalars(select(Vehicle)).first()
        site = session.scalars(select(Site).order_by(Site.id)).first()
        assert bus
        assert site
        day: date = plan.first_day
        make_visit(session, plan=plan, vehicle=bus, day=day, needs=needs[:2])
        make_record(session, site=site, day=day)
        reasons = [{"code": "full", "details": {}}]
        session.add(UnservedNeed(plan_id=plan.id, need_id=needs[3].id, missing=1, reasons=reasons))
        run = Run(
            organisation_id=number, plan_id=plan.id, state=RunState.DONE, phase="days", elapsed_s=8.0,
            curve=[[1.0, 5, 90_000, 9000], [5.0, 7, 80_000, 8000]],
            problem={"sites": 8, "needs": 8, "wanted": 12, "vehicles": 1, "working_days": 20},
        )  # fmt: skip
        session.add(run)
        session.flush()
        special = CalendarDay(organisation_id=number, day=day, kind=CalendarKind.CAMPAIGN, name="Ngày Sách")
        session.add(special)
        session.flush()
        asked = Request(organisation_id=number, number=1, asked_by="Trường thử", asked_on=day, site_id=site.id)
        session.add(asked)
        session.flush()
        admin, driver = (make_user(session, role=role).id for role in (Role.ADMIN, Role.DRIVER))
        key = ApiToken(
            organisation_id=number, user_id=admin, name="Trang web", token_hash="0" * 64, hint="otr_", scopes=["read"]
        )  # fmt: skip
        session.add(key)
        session.flush()
        places = {
            "plan_id": plan.id, "site_id": site.id, "run_id": run.id, "user_id": admin, "day": day.isoformat(),
            "number": 1, "token": token, "filename": "css/look.css", "register": "sites", "form": "csv",
            "token_id": key.id, "list_name": "bases", "reset": "x", "record_id": site.base_id,
            "day_id": special.id, "request_id": asked.id, "need_id": needs[3].id,
        }  # fmt: skip
    places["intake_id"] = _bring_in(house, number)
    return places, admin, driver


SHEET = "Mã điểm;Tên điểm;Loại điểm;Vĩ độ;Kinh độ\nN1;Trường Mới;Trường tiểu học;12,25;109,10\nN2;;Trường lạ;x;109\n"


def _bring_in(house: House, organisation_id: int) -> int:
    """A sheet of two sites, one of them wrong, read and checked: its preview waits for a person."""
    folder = new_folder(house.settings)
    folder.source.write_text(SHEET, encoding="utf-8")
    with house.session(organisation_id=organisation_id) as session:
        actor = make_actor(session, Role.ADMIN)
        intake = start_intake(session, actor, REGISTERS["sites"], file_name="diem.csv", folder=folder.path.name)
    assert intake.job_id
    run_intake(house, intake.job_id, organisation_id=organisation_id, closing=threading.Event())
    return intake.id


@pytest.fixture
def furnished(house: House) -> Furnished:
    places, admin, _driver = fill(house)
    app = create_app(house)
    app.config["TESTING"] = True
    sign_in_as(house, admin, "token-of-the-house")
    client = app.test_client()
    client.set_cookie(COOKIE, "token-of-the-house")
    return Furnished(app, client, places)
