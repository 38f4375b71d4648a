"""A problem as the kernel's tables: what each need may use, the rules of each tour, prices and neighbours."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from outreach.domain.times import TimeWindow
from outreach.routing.expand import Horizon
from outreach.routing.halves import beats_of, halve, needs_of_forms
from outreach.routing.kernel.fitting import FIRST, LAST
from outreach.routing.kernel.world import FAR, NEED, NEVER, NODE, NOWHERE, RULE, TABLES, UNIT, Array, World
from outreach.routing.night_tables import night_numbers, night_tables
from outreach.routing.problem import NO_ROAD, Need, Turn
from outreach.routing.rhythm import Form, Half
from outreach.routing.shares import NONE, Shares

NEARBY = 32  # neighbours of a need whose tours are looked at
WAITING = 0.2  # a second of it, in seconds of driving, where neighbours are chosen
NEVER_NEAR = 1e18
REMOVED = 5  # visits that a round takes out in the mean


def world_of(horizon: Horizon, *, seed: int) -> World:
    """An empty plan of a horizon: tours are its vehicle-days, needs those of its problem, both in their order."""
    days = sorted({vd.day for vd in horizon.vehicle_days})
    hours, windows = _hours(horizon, days)
    beats, rows_of_beats = beats_of(horizon, days)
    shares = Shares(horizon)
    needs, rules = _needs(horizon, days, shares, rows_of_beats), _rules(horizon, days, shares)
    nearby = _nearby(horizon, hours[: len(needs)], windows)
    prices = _prices(horizon, rules)
    visits, tours, longest = int(needs["count"].sum()), len(rules), int(needs["count"].max(initial=1))
    legs = np.where(horizon.travel.seconds == NO_ROAD, FAR, horizon.travel.seconds).astype(np.int32)
    absent = np.arange(len(needs), dtype=np.int32)
    tables = {
        "need": needs,
        "rule": rules,
        "form": needs_of_forms(horizon),
        "leg": legs.ravel(),
        "leg_back": (legs if np.array_equal(legs, legs.T) else np.ascontiguousarray(legs.T)).ravel(),
        "hour": hours.ravel(),
        "window": windows.reshape(-1, 2).astype(np.int32).view(TABLES["window"]).ravel(),
        "day": np.array([day.toordinal() for day in days], dtype=np.int32),
        "day_price": prices.ravel(),
        "pattern": _patterns(horizon, days).ravel(),
        "beat": beats,
        "near": nearby.ravel(),
        "node": _nodes(horizon, needs),
        "crew": _crews(horizon, rules),
        **_together(shares),
        "absent": absent,
        **_scratch(visits, tours, len(needs), len(days), longest=longest, parts=3 if len(beats) else 1),
    }
    nothing = int((needs["missing"] * needs["count"]).sum())
    numbers = {
        "needs": len(needs),
        "forms": len(horizon.forms),
        "tours": tours,
        "places": len(legs),
        "visits": visits,
        "days": len(days),
        "columns": prices.shape[1],
        "window_columns": windows.shape[1],
        "neighbours": nearby.shape[1],
        "removed": _removed(needs),
        "priced": int(_priced(horizon)),
        "soft": int(int((needs["load"] * needs["count"]).sum()) > int(rules["capacity"].min(initial=FAR))),
        "ordered": int((needs["kept_on"] != NOWHERE).any()),
        "timed": int(_timed(horizon, windows)),
        "step": horizon.rules.step_s,
        "lunch": horizon.rules.lunch_s,
        "lunch_from": horizon.rules.lunch_from_s,
        "lunch_to": horizon.rules.lunch_to_s,
        "work_price": horizon.problem.prices.work_percent,
        **_weights_together(horizon, shares),
        "chance": 88172645463325252 ^ (seed * 0x9E3779B97F4A7C1 + 1) % (1 << 62),
        "cost": nothing,
        "current": nothing,
        "best": nothing,
        "absent_count": len(needs),
    }
    return World(tables | night_tables(horizon, needs["place"], rules, legs), numbers | night_numbers(horizon))


def _hours(horizon: Horizon, days: Sequence[date]) -> tuple[Array, Array]:
    """[form, tour] the row of the table of windows, and that table; a row's end is an opening at FAR."""
    rows: dict[tuple[TimeWindow, ...], int] = {}
    day_of = np.array([days.index(vd.day) for vd in horizon.vehicle_days], dtype=np.intp)
    by_class: dict[object, Array] = {}
    by_site: dict[str, Array] = {}
    for site in horizon.problem.sites:
        kind = (site.windows, site.blocked, site.kind)
        if kind not in by_class:
            found = [horizon.windows_on(site, day) for day in days]
            by_class[kind] = np.array([rows.setdefault(w, len(rows)) if w else NOWHERE for w in found], dtype=np.int32)
        by_site[site.id] = by_class[kind]
    carried: dict[object, Array] = {}  # by all that decides it
    asked: dict[object, Array] = {}
    hours = np.full((len(horizon.forms), len(horizon.vehicle_days)), NOWHERE, dtype=np.int32)
    for u, need in enumerate(horizon.problem.needs):
        site = horizon.sites[need.site_id]
        way = (site.reached_by, site.max_length_m, site.max_height_m, site.max_weight_kg, need.equipment)
        if way not in carried:
            carried[way] = _carried(horizon, need)
        wish = (need.first, need.last, need.last_visit, need.min_gap_days, need.patterns)
        if wish not in asked:
            asked[wish] = _asked(horizon, need, days)
        if len(days):
            hours[u] = np.where(carried[way], np.where(asked[wish], by_site[site.id], NOWHERE)[day_of], NOWHERE)
    _keep_pins(horizon, hours, rows)
    _keep_hours(horizon, hours, rows)
    halve(horizon, hours, rows)
    return hours, _window_table(list(rows))


def _asked(horizon: Horizon, need: Need, days: Sequence[date]) -> Array:
    """[day] whether `need` may have a visit then, whatever its site says."""
    held = frozenset().union(*need.patterns) if need.patterns else days
    return np.array([day in held and horizon.may_be_asked_on(need, day) for day in days], dtype=bool)


def _keep_pins(horizon: Horizon, hours: Array, rows: dict[tuple[TimeWindow, ...], int]) -> None:
    """Narrow the windows of pinned needs, and close frozen vehicle-days for all others."""
    if not horizon.pins and not horizon.frozen and not horizon.problem.today:
        return
    tours = horizon.vehicle_days
    shut = np.array([(vd.vehicle.id, vd.day) in horizon.frozen or horizon.is_past(vd.day) for vd in tours], dtype=bool)
    for u, need in enumerate(horizon.problem.needs):
        pins = horizon.pins.get(need.id, ())
        days = {pin.day for pin in pins if pin.day}
        said = np.array([vd.day in days for vd in tours], dtype=bool) if days else np.zeros(len(tours), dtype=bool)
        hours[u, ~said if len(days) >= need.quota else shut & ~said] = NOWHERE
        for k in np.flatnonzero((said | (len(days) < len(pins))) & (hours[u] != NOWHERE)).tolist():
            windows = horizon.windows_for(need, tours[k].vehicle, tours[k].day)
            hours[u, k] = rows.setdefault(windows, len(rows)) if windows else NOWHERE


def _keep_hours(horizon: Horizon, hours: Array, rows: dict[tuple[TimeWindow, ...], int]) -> None:
    """Narrow the windows of visits that keep their hours where they are."""
    tours = {(vd.vehicle.id, vd.day): k for k, vd in enumerate(horizon.vehicle_days)}
    needs = {need.id: u for u, need in enumerate(horizon.problem.needs)}
    for need_id, vehicle_id, day in horizon.hours:
        u, k = needs[need_id], tours[vehicle_id, day]
        if hours[u, k] != NOWHERE:
            windows = horizon.windows_for(horizon.needs[need_id], horizon.vehicles[vehicle_id], day)
            hours[u, k] = rows.setdefault(windows, len(rows)) if windows else NOWHERE


def _carried(horizon: Horizon, need: Need) -> Array:
    """[tour] whether the vehicle gets to the site of `need` with the equipment asked for."""
    by_vehicle = {vehicle.id: horizon.suits(vehicle, need) for vehicle in horizon.problem.vehicles}
    return np.array([by_vehicle[vd.vehicle.id] for vd in horizon.vehicle_days], dtype=bool)


def _window_table(rows: Sequence[tuple[TimeWindow, ...]]) -> Array:
    longest = max((len(row) for row in rows), default=0) + 1
    table = np.full((max(len(rows), 1), longest, 2), FAR, dtype=np.int32)
    for i, row in enumerate(rows):
        for j, window in enumerate(row):
            table[i, j] = window.start_s, window.end_s
    return table


def _rules(horizon: Horizon, days: Sequence[date], shares: Shares) -> Array:
    """One RULE for each vehicle-day; pools of crews are numbered as they appear."""
    table = np.zeros(len(horizon.vehicle_days), dtype=RULE)
    pools: dict[tuple[str, date], int] = {}
    stays: dict[tuple[str, int, int], int] = {}
    before = {after: k for k, after in horizon.nights.items()}
    for k, vd in enumerate(horizon.vehicle_days):
        limit, rules = vd.vehicle.capacity, horizon.rules_on(vd.vehicle, vd.day)
        table[k] = (
            days.index(vd.day),
            k if horizon.announced else days.index(vd.day),
            pools.setdefault((vd.depot_id, vd.day), len(pools)),
            rules.leave_earliest_s,
            rules.return_latest_s,
            min(rules.shift_max_s, rules.return_latest_s - rules.leave_earliest_s),
            min(rules.drive_max_s, FAR - 1),
            len(horizon.problem.needs) if rules.stops_max is None else rules.stops_max,
            FAR if limit is None else limit,
            vd.vehicle.set_up_s,
            vd.vehicle.pack_up_s,
            UNIT * horizon.problem.prices.tour_s,
            horizon.travel.index[vd.depot_id],
            before.get(k, NOWHERE),
            horizon.nights.get(k, NOWHERE),
            stays.setdefault((vd.depot_id, vd.day.year, vd.day.month), len(stays)),
            (vd.vehicle.id, vd.day) in horizon.frozen or horizon.is_past(vd.day),
            *shares.of_tour[k],
        )
    return table


def _removed(needs: Array) -> int:
    """Needs that a round takes out in the mean; fewer where the visits of one go together: each of them takes several.

    Measured on p05 of Cordeau's periodic instances, 153 visits of 75 needs, in the same time: three needs gave +0.11 %
    in the mean of four seeds, five +0.18 %, seven +0.32 %.
    """
    tied = (needs["pattern"] < needs["pattern_end"]) | (needs["most"] > 0)
    together = np.where(tied, needs["count"], 1)
    return max(-(-REMOVED * len(needs) // int(together.sum())), 1) if len(needs) else REMOVED


def _crews(horizon: Horizon, rules: Array) -> Array:
    """[pool] how many tours can be manned, and how many crews be away the night after."""
    crews = np.zeros(int(rules["pool"].max(initial=-1)) + 1, dtype=TABLES["crew"])
    for vd, pool in zip(horizon.vehicle_days, rules["pool"], strict=True):
        nights = horizon.crews_overnight(vd.depot_id, vd.day) if horizon.nights else 0
        crews[pool] = horizon.crews_at(vd.depot_id, vd.day), nights
    return crews


def _nodes(horizon: Horizon, needs: Array) -> Array:
    """One NODE for each visit, in no tour, then one for each tour, a ring of itself."""
    visits, tours = int(needs["count"].sum()), len(horizon.vehicle_days)
    nodes = np.zeros(visits + tours, dtype=NODE)
    nodes["need"] = nodes["tour"] = NOWHERE
    nodes["need"][:visits] = np.repeat(np.arange(len(needs)), needs["count"])
    nodes["form"] = nodes["need"]
    nodes["place"][:visits] = np.repeat(needs["place"], needs["count"])
    nodes["place"][visits:] = [horizon.travel.index[vd.depot_id] for vd in horizon.vehicle_days]
    nodes["into"] = nodes["place"]
    nodes["tour"][visits:] = np.arange(tours)
    nodes["next"] = nodes["prev"] = np.arange(visits + tours)
    return nodes


def _kept(horizon: Horizon, days: Sequence[date]) -> dict[str, tuple[int, int, int]]:
    """By need: the day on which its visit keeps its place in the order, its turn, and the need it follows."""
    numbers = {need.id: u for u, need in enumerate(horizon.problem.needs)}
    kept: dict[str, tuple[int, int, int]] = {}
    for pin in horizon.problem.pins:
        if pin.day not in days or not (pin.turn or pin.after):
            continue
        turn = {None: 0, Turn.FIRST: FIRST, Turn.LAST: LAST}[pin.turn]
        kept[pin.need_id] = (days.index(pin.day), turn, numbers.get(pin.after or "", NOWHERE))
        if pin.after:
            kept.setdefault(pin.after, (days.index(pin.day), 0, NOWHERE))
    return kept


def _needs(horizon: Horizon, days: Sequence[date], shares: Shares, beats: Mapping[str, tuple[int, int, int]]) -> Array:
    table = np.zeros(len(horizon.problem.needs), dtype=NEED)
    kept, site_numbers = _kept(horizon, days), {site.id: i for i, site in enumerate(horizon.problem.sites)}
    first = pattern = 0
    for u, need in enumerate(horizon.problem.needs):
        site = horizon.sites[need.site_id]
        table[u] = (
            horizon.travel.index[site.place_id],
            first,
            need.quota,
            need.service_s,
            site.extra_set_up_s,
            need.load,
            max(need.min_gap_days, 1),
            need.max_gap_days or 0,
            pattern,
            pattern + len(need.patterns),
            *kept.get(need.id, (NOWHERE, 0, NOWHERE)),
            need.service_s + 1_000 * need.priority + need.load,
            0,
            u,
            0,
            UNIT * horizon.price_of_missing(need),
            u,
            horizon.form_numbers.get(Form(need.id, Half.MORNING), NOWHERE),
            *beats.get(need.id, (0, 0, 0)),
            NEVER if need.rhythm and need.rhythm.rule else UNIT * horizon.price_of_form(need, None),
            shares.group_of.get(need.id, NONE),
            site_numbers[need.site_id],
        )
        first += need.quota
        pattern += len(need.patterns)
    return table


def _together(shares: Shares) -> dict[str, Array]:
    """The tables of what is priced over several tours together, with nothing in them yet."""
    table = np.zeros(len(shares.shares), dtype=TABLES["share"])
    for g, share in enumerate(shares.shares):
        table[g] = (0, share.fair_s, share.days, share.percent)
    return {
        "share": table,
        "bunch": np.zeros(len(shares.groups), dtype=TABLES["bunch"]),
        "gathered": np.zeros(len(shares.groups) * len(shares.of_tour), dtype=TABLES["gathered"]),
    }


def _scratch(visits: int, tours: int, needs: int, days: int, *, longest: int, parts: int) -> dict[str, Array]:
    """The journal of a round and what a round writes down for itself; no need asks for more than `longest` visits.

    Where the cheapest places on each day are found, there are so many `parts`: with beats one for each half-day, too.
    """
    return {
        "saved_tour": np.zeros(tours, dtype=TABLES["saved_tour"]),
        "saved_node": np.zeros(visits + tours, dtype=TABLES["saved_node"]),
        "saved_absent": np.arange(needs, dtype=np.int32),
        "found": np.zeros(max(days, 1) * parts, dtype=TABLES["found"]),
        "stop": np.zeros(visits + 1, dtype=TABLES["stop"]),
        "turn": np.zeros(needs, dtype=TABLES["turn"]),
        "chain": np.zeros((longest + 1) * max(days, 1), dtype=TABLES["chain"]),
    }


def _weights_together(horizon: Horizon, shares: Shares) -> dict[str, int]:
    """The numbers of the same, of long days and of shared stops."""
    return {
        "joining": int(horizon.shares_stops),
        "shared": int(bool(shares.shares)),
        "grouped": int(bool(shares.groups)),
        "group_price": UNIT * shares.group_s,
        "day_percent": horizon.problem.prices.balance_days,
        "long_day": horizon.problem.prices.long_day_s,
    }


def _priced(horizon: Horizon) -> bool:
    """Whether a visit may cost more in some tours than in others, beside its driving."""
    return bool(horizon.pins or horizon.announced) or any(need.preferred_weeks for need in horizon.problem.needs)


def _prices(horizon: Horizon, rules: Array) -> Array:
    """[need, column] what a visit costs beside its driving; tours of a day are one column where they cost the same."""
    by_day: defaultdict[date, list[int]] = defaultdict(list)  # the vehicle-days
    for k, vd in enumerate(horizon.vehicle_days):
        by_day[vd.day].append(k)
    columns = rules["column"]
    prices = np.zeros((len(horizon.problem.needs), int(columns.max(initial=-1)) + 1), dtype=np.int64)
    for u, need in enumerate(horizon.problem.needs):
        days = {pin.day for pin in horizon.pins.get(need.id, ())}
        everywhere = need.preferred_weeks or need.id in horizon.told_days
        for ks in by_day.values() if everywhere else [ks for day, ks in by_day.items() if day in days]:
            prices[u, columns[ks]] = UNIT * horizon.price_of_visit(need, horizon.vehicle_days[ks[0]])
        for day in horizon.told_days.get(need.id, ()):
            for k in by_day.get(day, ()):
                prices[u, columns[k]] = UNIT * horizon.price_of_visit(need, horizon.vehicle_days[k])
    return prices


def _patterns(horizon: Horizon, days: Sequence[date]) -> Array:
    rows = [[day in pattern for day in days] for need in horizon.problem.needs for pattern in need.patterns]
    return np.array(rows, dtype=np.int32).reshape(len(rows), len(days))


def _timed(horizon: Horizon, windows: Array) -> bool:
    """Whether anything but driving and handling decides how long a tour is."""
    if horizon.rules.lunch_s or horizon.rules.step_s > 1:
        return True
    used = windows[:, 0, 0] < FAR
    laws = [horizon.rules_on(vd.vehicle, vd.day) for vd in horizon.vehicle_days]
    early = min((law.leave_earliest_s for law in laws), default=0)
    late = max((law.return_latest_s for law in laws), default=0)
    wide = (windows[used, 0, 0] <= early) & (windows[used, 0, 1] >= late)
    return not bool(wide.all())


def _nearby(horizon: Horizon, hours: Array, windows: Array) -> Array:
    """[need, neighbour] the needs that each can share a tour with, those that follow or precede it soonest first.

    Near is little driving, a fifth of the waiting and all of the delay that the windows bring with it (Vidal, Crainic,
    Gendreau and Prins 2013). Those that can share no tour come last.
    """
    needs = horizon.problem.needs
    places = np.array([horizon.travel.index[horizon.sites[need.site_id].place_id] for need in needs], dtype=np.intp)
    count = max(min(NEARBY, len(needs) - 1), 0)
    nearby = np.zeros((len(needs), count), dtype=np.int32)
    if not count:
        return nearby
    service = np.array([need.service_s for need in needs], dtype=np.float64)
    early, late = _starts(hours, windows, service)
    classes, class_of = np.unique(hours != NOWHERE, axis=0, return_inverse=True)
    meet = classes.astype(np.float32) @ classes.T.astype(np.float32) > 0
    seconds = np.where(horizon.travel.seconds == NO_ROAD, FAR, horizon.travel.seconds)
    for u, here in enumerate(places):
        there, back = seconds[here, places], seconds[places, here]
        after = there + WAITING * np.maximum(early - late[u] - service[u] - there, 0)
        after += np.maximum(early[u] + service[u] + there - late, 0)
        before = back + WAITING * np.maximum(early[u] - late - service - back, 0)
        before += np.maximum(early + service + back - late[u], 0)
        away = np.where(meet[class_of[u], class_of], np.minimum(after, before), NEVER_NEAR)
        away[u] = np.inf
        nearest = np.argpartition(away, count - 1)[:count]
        nearby[u] = nearest[np.lexsort((nearest, away[nearest]))]
    return nearby


def _starts(hours: Array, windows: Array, service: Array) -> tuple[Array, Array]:
    """[need] the earliest and the latest start of a service on any day, as far as windows say."""
    opens = windows[:, 0, 0].astype(np.float64)
    closes = np.where(windows[:, :, 0] < FAR, windows[:, :, 1], -FAR).max(axis=1).astype(np.float64)
    used = np.where(hours == NOWHERE, len(windows), hours)
    first = np.append(opens, FAR)[used].min(axis=1, initial=FAR)
    last = np.append(closes, -FAR)[used].max(axis=1, initial=-FAR)
    return first, last - service
