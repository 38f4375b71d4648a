"""What the kernel must know of nights away: lodgings, those near each need, and how many nights posts may be away."""

import numpy as np

from outreach.routing.expand import Horizon
from outreach.routing.kernel.world import FAR, NOWHERE, TABLES, UNIT, Array

BEDS = 5  # lodgings of a need, the nearest


def night_tables(horizon: Horizon, places: Array, rules: Array, legs: Array) -> dict[str, Array]:
    """The tables, empty tours among them: `places` are those of the needs, `legs` [from, to] seconds."""
    lodgings = np.array([horizon.travel.index[place] for place in horizon.problem.lodgings], dtype=np.int32)
    tours = np.zeros(len(rules), dtype=TABLES["tour"])
    tours["night"] = NOWHERE
    beds = _beds(places, lodgings, legs).ravel()
    return {"tour": tours, "lodging": lodgings, "bed": beds, "stay": _stays(horizon, rules)}


def night_numbers(horizon: Horizon) -> dict[str, int]:
    """The numbers beside them; trips last one day where no night can be spent away."""
    lodgings = len(horizon.problem.lodgings)
    return {
        "beds": min(BEDS, lodgings),
        "lodgings": lodgings,
        "trip_days": horizon.rules.trip_days_max if horizon.nights else 1,
        "night_price": UNIT * horizon.problem.prices.night_s,
    }


def _stays(horizon: Horizon, rules: Array) -> Array:
    """[base and month] nights that may be spent away."""
    table = np.zeros(int(rules["stay"].max(initial=-1)) + 1, dtype=TABLES["stay"])
    months = [(vd.depot_id, (vd.day.year, vd.day.month)) for vd in horizon.vehicle_days]
    for stay, (depot, month) in dict(zip(rules["stay"].tolist(), months, strict=True)).items():
        left = horizon.nights_left(depot, month)
        table["left"][stay] = FAR if left is None else left
    return table


def _beds(places: Array, lodgings: Array, legs: Array) -> Array:
    """[need, bed] the lodgings from and to which the way is shortest."""
    ways = legs[np.ix_(places, lodgings)].astype(np.int64) + legs[np.ix_(lodgings, places)].T
    return lodgings[np.argsort(ways, axis=1, kind="stable")[:, :BEDS]].astype(np.int32)
