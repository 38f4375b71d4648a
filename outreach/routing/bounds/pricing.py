"""Tours of one kind of vehicle-day that are worth more than their driving, found by looking ahead; compiled.

Every visit has a worth, in hundredths of a second of driving; a tour costs its driving less the worth of its visits.
`completions` says what the rest of a tour costs at least, from a visit that starts at some time; `cheap_tours` goes
through all tours that begin with it and leaves those that cannot become cheap enough.
"""

import numpy as np

from outreach.routing.kernel.compiled import compiled

UNIT = 100
FAR = 10**8
NEVER = 10**15
DEEPEST = 40  # stops of a tour
# the rules of a tour, by their place in `law`
BEGIN, END, DRIVE_MOST, SHIFT, STOPS_MOST, CAPACITY, LUNCH, LUNCH_FROM, LUNCH_TO, STEP, GRID = range(11)
# a tour on its way: its last stop, what was tried after it, when it can go on with lunch to come and without, and sums
STOP, NEXT, EAGER, CALM, COST, DRIVE, WORK, LOAD = range(8)
FIELDS = 8


@compiled
def earliest_start(windows, v, ready, service, step):
    """The first start of a service of `v` from `ready` on, FAR if there is none."""
    for i in range(windows.shape[1]):
        opens, closes = windows[v, i, 0], windows[v, i, 1]
        if opens >= FAR:
            return FAR
        start = (max(ready, opens) + step - 1) // step * step
        if start + service > closes and ready <= opens:
            start = opens
        if start + service <= closes:
            return start
    return FAR


@compiled
def starts_of(windows, stop, begin, times, grid, step):
    """[need, slot] in which slot its service begins at the earliest if the bus is ready in a slot; -1 for never.

    Ready in slot i is after grid point i - 1 and by grid point i; a service in slot i begins from grid point i on.
    """
    starts = np.full((len(stop), times), -1, np.int64)
    for v in range(len(stop)):
        for i in range(times):
            start = earliest_start(windows, v, begin + (i - 1) * grid + 1 if i else begin, stop[v, 1], step)
            if start < FAR and (start - begin) // grid < times:
                starts[v, i] = (start - begin) // grid
    return starts


@compiled
def lags_of(legs, stop, grid):
    """[need, next need] slots from the start of a service until the bus is ready for the next one."""
    count = len(stop)
    lags = np.zeros((count, count), np.int64)
    for u in range(count):
        for v in range(count):
            lags[u, v] = (stop[u, 1] + stop[u, 2] + legs[u, v] + stop[v, 0] + grid - 1) // grid
    return lags


@compiled
def completions(legs, stop, starts, lags, worth, room, grid):
    """[need, slot] the least cost from a service of the need that starts in that slot or later until the return.

    The same need may come twice, lunch and driving hours are not asked, times are rounded in favour: what comes out is
    never too much. `room` is from the earliest leaving to the latest return. Two slots at least lie between services.
    """
    count, times = starts.shape
    rest = np.full((count, times), NEVER, np.int64)
    ready = np.full((count, times), NEVER, np.int64)  # of a bus that is ready for the need in that slot
    top = np.full(count, times - 1, np.int64)
    for u in range(count):
        while top[u] >= 0 and starts[u, top[u]] < 0:
            top[u] -= 1
    for at in range(times - 1, -1, -1):
        for u in range(count):
            best = rest[u, at + 1] if at + 1 < times else NEVER
            if top[u] >= 0 and starts[u, top[u]] == at:
                if at * grid + stop[u, 1] + stop[u, 2] + legs[u, count] <= room:
                    best = min(best, legs[u, count] * UNIT)
                for v in range(count):
                    slot = at + lags[u, v]
                    if slot < times and v != u:
                        best = min(best, legs[u, v] * UNIT + ready[v, slot])
                while top[u] >= 0 and starts[u, top[u]] == at:
                    ready[u, top[u]] = best - worth[u] if best < NEVER else NEVER
                    top[u] -= 1
            rest[u, at] = best
    return rest


@compiled
def least(legs, stop, windows, worth, begin, grid, step, rest):
    """The least cost of any tour as `completions` sees them; 0 where none is worth its driving."""
    best = 0
    depot = len(worth)
    for u in range(len(worth)):
        start = earliest_start(windows, u, begin + legs[depot, u] + stop[u, 0], stop[u, 1], step)
        if start < FAR and (start - begin) // grid < rest.shape[1]:
            then = rest[u, (start - begin) // grid]
            if then < NEVER:
                best = min(best, legs[depot, u] * UNIT - worth[u] + then)
    return best


@compiled
def noon(ready, law):
    """When a break that can begin at `ready` ends; FAR if it would end after the lunch hours."""
    over = max(ready, law[LUNCH_FROM]) + law[LUNCH]
    return over if law[LUNCH] and ready < FAR and over <= law[LUNCH_TO] else FAR


@compiled
def served(windows, stop, v, eager, calm, law):
    """When the bus can go on from `v`: with lunch still to come (arrived at `eager`), and without (at `calm`)."""
    calm = min(calm, noon(eager, law))
    eager = earliest_start(windows, v, eager + stop[v, 0], stop[v, 1], law[STEP]) if eager < FAR else FAR
    calm = earliest_start(windows, v, calm + stop[v, 0], stop[v, 1], law[STEP]) if calm < FAR else FAR
    eager = eager + stop[v, 1] + stop[v, 2] if eager < FAR else FAR
    calm = calm + stop[v, 1] + stop[v, 2] if calm < FAR else FAR
    return eager, min(calm, noon(eager, law))


@compiled
def comes_home(tour, home, law):
    """Whether a tour that stands at its last stop can end with this way home."""
    late = tour[EAGER] + home > min(law[END], law[LUNCH_TO]) and tour[CALM] + home > law[END]
    return not late and tour[DRIVE] + home <= law[DRIVE_MOST] and tour[DRIVE] + tour[WORK] + home <= law[SHIFT]


@compiled
def goes_on(legs, stop, windows, worth, law, rest, limit, tour, longer):
    """Write the tour with one stop more, `longer[STOP]`, into `longer`; whether that can be and become cheap enough."""
    v, here = longer[STOP], tour[STOP]
    leg = legs[here, v]
    longer[COST] = tour[COST] + leg * UNIT - worth[v]
    longer[DRIVE] = tour[DRIVE] + leg
    longer[WORK] = tour[WORK] + stop[v, 0] + stop[v, 1] + stop[v, 2]
    longer[LOAD] = tour[LOAD] + stop[v, 3]
    if longer[DRIVE] > law[DRIVE_MOST] or longer[LOAD] > law[CAPACITY] or longer[DRIVE] + longer[WORK] > law[SHIFT]:
        return False
    arrive = min(tour[EAGER], tour[CALM]) + leg
    start = earliest_start(windows, v, arrive + stop[v, 0], stop[v, 1], law[STEP]) if arrive < FAR else FAR
    slot = (start - law[BEGIN]) // law[GRID]
    if slot >= rest.shape[1] or longer[COST] + rest[v, slot] >= limit:
        return False
    longer[EAGER], longer[CALM] = served(windows, stop, v, tour[EAGER] + leg, tour[CALM] + leg, law)
    return min(longer[EAGER], longer[CALM]) < FAR


@compiled
def meet(common, days, depth, v):
    """Whether `v` may be served on a day on which all stops before it may; those days go one deeper."""
    found = False
    for i in range(days.shape[1]):
        common[depth + 1, i] = common[depth, i] & days[v, i]
        found = found or common[depth + 1, i] != 0
    return found


@compiled
def cheap_tours(legs, stop, windows, worth, days, law, rest, limit, first, budget, found, costs):
    """Write tours that cost less than `limit` into `found` and `costs`; how many, and whether these are all.

    stop: set-up, service, pack-up and load of each need. The search begins with need `first` and ends after `budget`
    steps or where `found` is full.
    """
    count, depth, number = len(worth), 0, 0
    tours = np.zeros((DEEPEST + 2, FIELDS), np.int64)
    common = np.full((DEEPEST + 2, days.shape[1]), -1, np.int64)
    taken = np.zeros(count, np.bool_)
    tours[0, STOP] = count
    tours[0, EAGER] = law[BEGIN] if law[LUNCH] else FAR
    tours[0, CALM] = max(law[BEGIN], law[LUNCH_FROM]) if law[LUNCH] else law[BEGIN]
    while depth >= 0:
        if tours[depth, NEXT] >= count or depth == min(law[STOPS_MOST], DEEPEST):
            if depth == DEEPEST and law[STOPS_MOST] > DEEPEST:
                return number, False
            if depth > 0:
                taken[tours[depth, STOP]] = False
            depth -= 1
            continue
        v = (tours[depth, NEXT] + first) % count
        tours[depth, NEXT] += 1
        budget -= 1
        if budget < 0:
            return number, False
        if taken[v] or not meet(common, days, depth, v):
            continue
        tours[depth + 1, STOP] = v
        if not goes_on(legs, stop, windows, worth, law, rest, limit, tours[depth], tours[depth + 1]):
            continue
        depth += 1
        tours[depth, NEXT] = 0
        taken[v] = True
        cost = tours[depth, COST] + legs[v, count] * UNIT
        if cost < limit and comes_home(tours[depth], legs[v, count], law):
            if number == len(costs):
                return number, False
            costs[number] = cost
            found[number, :depth] = tours[1 : depth + 1, STOP]
            found[number, depth:] = -1
            number += 1
    return number, True
