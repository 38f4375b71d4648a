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
def noon(ready, lunch, lunch_from, lunch_to):
    """When a break that can begin at `ready` ends; FAR if it would end after the lunch hours."""
    over = max(ready, lunch_from) + lunch
    return over if lunch and ready < FAR and over <= lunch_to else FAR


@compiled
def cheap_tours(legs, stop, windows, worth, days, law, rest, limit, first, budget, found, costs):
    """Write tours that cost less than `limit` into `found` and `costs`; how many, and whether these are all.

    stop: set-up, service, pack-up and load of each need. law: leave, return, drive, shift, stops, capacity, lunch and
    its hours, step, grid. The search begins with need `first` and ends after `budget` steps or where `found` is full.
    """
    begin, end, drive_most, shift, stops_most, capacity = law[0], law[1], law[2], law[3], law[4], law[5]
    lunch, lunch_from, lunch_to, step, grid = law[6], law[7], law[8], law[9], law[10]
    count, words = len(worth), days.shape[1]
    depot = count
    order = np.zeros(DEEPEST + 1, np.int64)
    nexts = np.zeros(DEEPEST + 1, np.int64)
    hungry, fed = np.zeros(DEEPEST + 1, np.int64), np.zeros(DEEPEST + 1, np.int64)
    cost, drive = np.zeros(DEEPEST + 1, np.int64), np.zeros(DEEPEST + 1, np.int64)
    work, load = np.zeros(DEEPEST + 1, np.int64), np.zeros(DEEPEST + 1, np.int64)
    common = np.full((DEEPEST + 1, words), -1, np.int64)
    taken = np.zeros(count, np.bool_)
    whole = stops_most <= DEEPEST
    stops_most = min(stops_most, DEEPEST)
    hungry[0] = begin if lunch else FAR
    fed[0] = max(begin, lunch_from) if lunch else begin
    order[0] = depot
    depth, number = 0, 0
    while depth >= 0:
        if nexts[depth] >= count or depth == stops_most:
            if depth == DEEPEST and not whole:
                return number, False
            if depth > 0:
                taken[order[depth]] = False
            depth -= 1
            continue
        v = nexts[depth]
        nexts[depth] += 1
        if depth == 0:
            v = (v + first) % count
        budget -= 1
        if budget < 0:
            return number, False
        if taken[v]:
            continue
        here = order[depth]
        leg = legs[here, v]
        then = cost[depth] + leg * UNIT - worth[v]
        way = drive[depth] + leg
        busy = work[depth] + stop[v, 0] + stop[v, 1] + stop[v, 2]
        if way > drive_most or load[depth] + stop[v, 3] > capacity or way + busy > shift:
            continue
        ready = min(hungry[depth], fed[depth]) + leg + stop[v, 0]
        if ready >= FAR:
            continue
        start = earliest_start(windows, v, ready, stop[v, 1], step)
        if start >= FAR or (start - begin) // grid >= rest.shape[1] or then + rest[v, (start - begin) // grid] >= limit:
            continue
        meet = False
        for i in range(words):
            common[depth + 1, i] = common[depth, i] & days[v, i]
            meet = meet or common[depth + 1, i] != 0
        if not meet:
            continue
        eager, calm = hungry[depth] + leg, fed[depth] + leg
        calm = min(calm, noon(eager, lunch, lunch_from, lunch_to))
        eager = earliest_start(windows, v, eager + stop[v, 0], stop[v, 1], step) if eager < FAR else FAR
        calm = earliest_start(windows, v, calm + stop[v, 0], stop[v, 1], step) if calm < FAR else FAR
        eager = eager + stop[v, 1] + stop[v, 2] if eager < FAR else FAR
        calm = calm + stop[v, 1] + stop[v, 2] if calm < FAR else FAR
        calm = min(calm, noon(eager, lunch, lunch_from, lunch_to))
        if min(eager, calm) >= FAR:
            continue
        depth += 1
        order[depth], nexts[depth] = v, 0
        cost[depth], drive[depth], work[depth] = then, way, busy
        load[depth] = load[depth - 1] + stop[v, 3]
        hungry[depth], fed[depth] = eager, calm
        taken[v] = True
        home = legs[v, depot]
        in_time = (eager < FAR and eager + home <= min(end, lunch_to)) or (calm < FAR and calm + home <= end)
        in_time = in_time and way + home <= drive_most and busy + way + home <= shift
        if in_time and then + home * UNIT < limit:
            if number == len(costs):
                return number, False
            costs[number] = then + home * UNIT
            for i in range(DEEPEST):
                found[number, i] = order[i + 1] if i < depth else -1
            number += 1
    return number, True
