"""The equity report of a plan, from the tables, and its words on the page."""

from datetime import timedelta

from sqlalchemy import select

from outreach.domain.equity import Area
from outreach.domain.visits import VisitOutcome
from outreach.services.equity import area_name, plan_equity
from outreach.store.fleet import Vehicle
from outreach.store.organisations import AdminUnit
from outreach.store.plans import UnservedNeed
from outreach.store.sites import Need, Site
from tests.factories import make_record, make_small_province, make_visit


def test_a_plan_is_counted_from_its_own_visits_and_missing_ones(session) -> None:
    """Two sites visited on the first day, one of them seen 30 days before; a third misses two and was never seen."""
    plan = make_small_province(session)
    needs = session.scalars(select(Need).order_by(Need.id)).all()
    bus = session.scalars(select(Vehicle)).first()
    (unit,) = session.scalars(select(AdminUnit)).all()
    unit.border = True
    make_visit(session, plan=plan, vehicle=bus, day=plan.first_day, needs=needs[:2])
    session.add(UnservedNeed(plan_id=plan.id, need_id=needs[2].id, missing=2, reasons=[]))
    site = session.get(Site, needs[0].site_id)
    make_record(session, site=site, day=plan.first_day - timedelta(days=30))
    make_record(session, site=site, day=plan.first_day - timedelta(days=2), outcome=VisitOutcome.CANCELLED)
    make_record(session, site=site, day=plan.first_day)  # of the plan itself
    session.flush()
    found = plan_equity(session, plan.id)
    whole = (plan.last_day - plan.first_day).days
    assert (found.sites, found.reached, found.wanted, found.visits) == (3, 2, 4, 2)
    assert (found.before.median, found.before.never) == (30, 2)
    assert (found.after.median, found.after.never) == (whole, 1)
    assert [site.site_id for site in found.unreached] == [needs[2].site_id]
    shares = {one.area: (one.sites, one.wanted, one.visits) for one in found.areas}
    assert shares[None] == shares[Area.BORDER] == (3, 4, 2)
    assert shares[Area.ISLAND] == (0, 0, 0)


def test_an_empty_plan_reaches_nobody_and_each_area_has_a_name(session) -> None:
    plan = make_small_province(session)
    assert plan_equity(session, plan.id).sites == 0
    assert len({area_name(area) for area in (None, *Area)}) == 5
