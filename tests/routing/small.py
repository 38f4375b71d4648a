"""Small instances a person can check by hand: a straight road along a meridian, 1 km = 60 s of driving."""

from collections.abc import Sequence
from datetime import date

import numpy as np

from outreach.domain.places import Coordinates
from outreach.domain.times import Period
from outreach.routing.problem import (
    Closure,
    Need,
    Place,
    Problem,
    Quality,
    Rules,
    Site,
    SiteWindow,
    StaffMember,
    Travel,
    Vehicle,
)

MONDAY = date(2027, 3, 1)
H = 3600
MORNING = SiteWindow(7 * H + 1800, 10 * H + 1800)
AFTERNOON = SiteWindow(13 * H + 1800, 16 * H + 1800)
SCHOOL_DAY = (MORNING, AFTERNOON)


def road(kilometres: dict[str, float]) -> Travel:
    """All places on one straight road at these kilometres; a minute a kilometre."""
    at = np.array(list(kilometres.values()))
    away = np.abs(at[:, None] - at[None, :])
    return Travel(
        tuple(kilometres),
        np.rint(away * 60).astype(np.int32),
        np.rint(away * 1000).astype(np.int32),
        Quality.ROAD,
        "straight road",
    )


def site(name: str, *, windows: Sequence[SiteWindow] = SCHOOL_DAY, **more: object) -> Site:
    return Site(name, name, name, "school_primary", tuple(windows), **more)


def need(name: str, **more: object) -> Need:
    return Need(f"need {name}", name, **{"service_s": 2 * H, **more})


def bus(name: str = "bus", depot: str = "base", **more: object) -> Vehicle:
    return Vehicle(name, name, depot, **{"set_up_s": 900, "pack_up_s": 900, **more})


def crew(depot: str = "base", drivers: int = 1, librarians: int = 2) -> tuple[StaffMember, ...]:
    posts = ["driver"] * drivers + ["librarian"] * librarians
    return tuple(StaffMember(f"{depot} {post} {i}", depot, post) for i, post in enumerate(posts))


def problem(
    kilometres: dict[str, float],
    *,
    sites: Sequence[Site],
    needs: Sequence[Need],
    vehicles: Sequence[Vehicle] = (),
    days: int = 5,
    closures: Sequence[Closure] = (),
    staff: Sequence[StaffMember] = (),
    rules: Rules | None = None,
) -> Problem:
    """A problem on the straight road; `kilometres` places the base and every site."""
    places = tuple(Place(name, name, Coordinates(lat=12.0, lon=109.0)) for name in kilometres)
    return Problem(
        name="small",
        horizon=Period(MONDAY, MONDAY.fromordinal(MONDAY.toordinal() + days - 1)),
        places=places,
        vehicles=tuple(vehicles) or (bus(),),
        staff=tuple(staff),
        sites=tuple(sites),
        needs=tuple(needs),
        closures=tuple(closures),
        rules=rules or Rules(),
        travel=road(kilometres),
    )


def two_schools_one_bus() -> Problem:
    """Two schools 10 and 12 km out: one day, one in the morning, one after lunch."""
    return problem(
        {"base": 0, "a": 10, "b": 12},
        sites=[site("a"), site("b")],
        needs=[need("a"), need("b")],
        staff=crew(),
    )
