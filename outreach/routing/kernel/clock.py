"""Times of a tour in the kernel: earliest departures, latest arrivals, and the working day they make.

A tour is walked in two states: lunch still to come (0), and lunch had or not owed (1). Lunch is not owed by a
tour that leaves after the lunch hours have begun or is back before they end. In each state an earlier arrival is
never worse, since a bus may wait: so one number per state and stop says all (the argument of Savelsbergh 1985 for
single windows; it holds for several windows and for starts at full steps as well).
"""

from outreach.routing.kernel.compiled import compiled
from outreach.routing.kernel.world import FAR, NOWHERE, hour, leg, need, node, rule, stop, window


@compiled
def travel(w, here, there):
    """Seconds of driving, FAR where no road leads."""
    return leg(w, here * w.places + there).seconds


@compiled
def row_of(w, u, k):
    """The windows of need `u` in its form in tour `k`, NOWHERE where it may not be."""
    return hour(w, need(w, u).form * w.tours + k).row


@compiled
def full_step(w, time):
    """The first full step at `time` or later."""
    return (time + w.step - 1) // w.step * w.step


@compiled
def earliest_start(w, row, ready, service):
    """The first start of a service from `ready` on, FAR if there is none."""
    for i in range(row * w.window_columns, (row + 1) * w.window_columns):
        opens, closes = window(w, i).opens, window(w, i).closes
        if opens >= FAR:
            return FAR
        start = full_step(w, max(ready, opens))
        if start + service > closes and ready <= opens:
            start = opens  # a window as long as the service is used from its very opening
        if start + service <= closes:
            return start
    return FAR


@compiled
def latest_start(w, row, by, service):
    """The last start of a service that ends at `by` at the latest, -FAR if there is none."""
    last = -FAR
    for i in range(row * w.window_columns, (row + 1) * w.window_columns):
        opens, closes = window(w, i).opens, window(w, i).closes
        if opens >= FAR:
            break
        start = min(by, closes) - service
        if start // w.step * w.step >= opens:
            last = start // w.step * w.step
        elif start >= opens and full_step(w, opens) + service > closes:
            last = opens
    return last


@compiled
def joins(w, before, after):
    """Whether a visit of need `after` right after one of need `before` is in the same stop; either may be NOWHERE."""
    return w.joining and before != NOWHERE and after != NOWHERE and need(w, before).site == need(w, after).site


@compiled
def set_up_of(w, u, k, before):
    """Seconds of setting up for need `u` in tour `k`, right after need `before`."""
    return 0 if joins(w, before, u) else rule(w, k).set_up + need(w, u).set_up


@compiled
def pack_up_of(w, u, k, after):
    """Seconds of packing up after need `u` in tour `k`, right before need `after`."""
    return 0 if joins(w, u, after) else rule(w, k).pack_up


@compiled
def more_joints(w, u, p):
    """How many more visits share a stop with the one before them if need `u` comes after node `p`."""
    before, after = node(w, p).need, node(w, node(w, p).next).need
    return int(joins(w, before, u)) + int(joins(w, u, after)) - int(joins(w, before, after))


@compiled
def more_handling(w, u, k, p):
    """Seconds of set-up, service and pack-up that need `u` after node `p` of tour `k` adds."""
    law, asked = rule(w, k), need(w, u)
    handling = law.set_up + asked.set_up + asked.service + law.pack_up
    if w.joining:  # what is saved at a joint is the same for all needs of a site
        handling -= (law.set_up + asked.set_up + law.pack_up) * more_joints(w, u, p)
    return handling


@compiled
def forward(w, u, row, set_up, pack_up, arrive0, arrive1):
    """Departures in both states from a visit of need `u` with the windows `row` reached at `arrive0` and `arrive1`."""
    service = need(w, u).service
    depart0, depart1 = FAR, FAR
    if arrive0 < FAR:
        eaten = max(arrive0, w.lunch_from) + w.lunch
        if eaten <= w.lunch_to:
            arrive1 = min(arrive1, eaten)
        start = earliest_start(w, row, arrive0 + set_up, service)
        if start < FAR:
            depart0 = start + service + pack_up
            eaten = max(depart0, w.lunch_from) + w.lunch
            if eaten <= w.lunch_to:
                depart1 = eaten
    if arrive1 < FAR:
        start = earliest_start(w, row, arrive1 + set_up, service)
        if start < FAR:
            depart1 = min(depart1, start + service + pack_up)
    return depart0, depart1


@compiled
def backward(w, u, row, set_up, pack_up, by0, by1):
    """Latest arrivals in both states at a visit of need `u` with the windows `row` that is left at `by0` and `by1`."""
    service = need(w, u).service
    late1 = latest_start(w, row, by1 - pack_up, service) - set_up
    if w.lunch == 0:
        return -FAR, late1
    noon = min(by1, w.lunch_to) - w.lunch
    if noon >= w.lunch_from:
        by0 = max(by0, noon)
    late0 = latest_start(w, row, by0 - pack_up, service) - set_up
    noon = min(late1, w.lunch_to) - w.lunch
    if noon >= w.lunch_from:
        late0 = max(late0, noon)
    return late0, late1


@compiled
def first_departures(w, leave):
    """Departures from the depot in both states of a tour that leaves at `leave` at the earliest."""
    if w.lunch == 0:
        return FAR, leave
    return leave, max(leave, w.lunch_from)


@compiled
def last_arrivals(w, back):
    """Latest returns in both states."""
    if w.lunch == 0:
        return -FAR, back
    return min(back, w.lunch_to), back


@compiled
def refresh(w, k):
    """Set the earliest departures and latest arrivals of tour `k` anew."""
    home = w.visits + k
    depart0, depart1 = first_departures(w, rule(w, k).leave)
    late0, late1 = last_arrivals(w, rule(w, k).back)
    depot = node(w, home)
    depot.depart0, depot.depart1, depot.late0, depot.late1 = depart0, depart1, late0, late1
    here, v = depot.place, depot.next
    while v != home:
        visit = node(w, v)
        seconds = travel(w, here, visit.place)
        set_up = set_up_of(w, visit.need, k, node(w, visit.prev).need)
        pack_up = pack_up_of(w, visit.need, k, node(w, visit.next).need)
        depart0, depart1 = forward(w, visit.need, visit.row, set_up, pack_up, depart0 + seconds, depart1 + seconds)
        visit.depart0, visit.depart1 = depart0, depart1
        here, v = visit.place, visit.next
    there, v = depot.into, depot.prev
    while v != home:
        visit = node(w, v)
        seconds = travel(w, visit.place, there)
        set_up = set_up_of(w, visit.need, k, node(w, visit.prev).need)
        pack_up = pack_up_of(w, visit.need, k, node(w, visit.next).need)
        late0, late1 = backward(w, visit.need, visit.row, set_up, pack_up, late0 - seconds, late1 - seconds)
        visit.late0, visit.late1 = late0, late1
        there, v = visit.place, visit.prev


@compiled
def joint_departures(w, k, p):
    """Departures in both states from the visit node `p` of tour `k` if one at the same site follows."""
    visit, before = node(w, p), node(w, node(w, p).prev)
    seconds = travel(w, before.place, visit.place)
    set_up = set_up_of(w, visit.need, k, before.need)
    return forward(w, visit.need, visit.row, set_up, 0, before.depart0 + seconds, before.depart1 + seconds)


@compiled
def joint_arrivals(w, k, q):
    """Latest arrivals in both states at the visit node `q` of tour `k` if one at the same site is right before it."""
    visit, after = node(w, q), node(w, node(w, q).next)
    seconds = travel(w, visit.place, after.into)
    pack_up = pack_up_of(w, visit.need, k, after.need)
    return backward(w, visit.need, visit.row, 0, pack_up, after.late0 - seconds, after.late1 - seconds)


@compiled
def fits_between(w, u, k, p, q):
    """Whether a visit of need `u` between nodes `p` and `q` of tour `k` keeps all but the shift.

    Between two visits of one stop only a third one of the same stop may come.
    """
    before, after, place = node(w, p), node(w, q), need(w, u).place
    ready0, ready1, late0, late1 = before.depart0, before.depart1, after.late0, after.late1
    if w.joining:
        if joins(w, before.need, u):
            ready0, ready1 = joint_departures(w, k, p)
        elif joins(w, before.need, after.need):
            return False
        if joins(w, u, after.need):
            late0, late1 = joint_arrivals(w, k, q)
    seconds = travel(w, before.place, place)
    set_up, pack_up = set_up_of(w, u, k, before.need), pack_up_of(w, u, k, after.need)
    depart0, depart1 = forward(w, u, row_of(w, u, k), set_up, pack_up, ready0 + seconds, ready1 + seconds)
    seconds = travel(w, place, after.into)
    return depart0 + seconds <= late0 or depart1 + seconds <= late1


@compiled
def before_and_after(w, i, size):
    """The needs right before and right after the stop `i` of those in `stop`; NOWHERE at either end."""
    before = stop(w, i - 1).need if i > 0 else NOWHERE
    return before, stop(w, i + 1).need if i + 1 < size else NOWHERE


@compiled
def earliest_return(w, k, size, first, depart0, depart1):
    """When tour `k` with the needs in `stop` is back (FAR: never), and in which state.

    `depart0` and `depart1` are the departures before the stop `first`: from the depot if that is 0.
    """
    depot = node(w, w.visits + k)
    here = depot.place if first == 0 else need(w, stop(w, first - 1).need).place
    for i in range(first, size):
        u = stop(w, i).need
        place = need(w, u).place
        seconds = travel(w, here, place)
        before, after = before_and_after(w, i, size)
        set_up, pack_up = set_up_of(w, u, k, before), pack_up_of(w, u, k, after)
        depart0, depart1 = forward(w, u, stop(w, i).row, set_up, pack_up, depart0 + seconds, depart1 + seconds)
        here = place
    seconds = travel(w, here, depot.into)
    last0, last1 = last_arrivals(w, rule(w, k).back)
    back, state = FAR, 0
    if depart0 + seconds <= last0:
        back = depart0 + seconds
    if depart1 + seconds <= last1 and depart1 + seconds < back:
        back, state = depart1 + seconds, 1
    return back, state


@compiled
def latest_leave(w, k, size, back):
    """The latest that tour `k` with the needs in `stop` can leave to be back at `back`."""
    depot = node(w, w.visits + k)
    late0, late1 = last_arrivals(w, back)
    there = depot.into
    for i in range(size - 1, -1, -1):
        u = stop(w, i).need
        place = need(w, u).place
        seconds = travel(w, place, there)
        before, after = before_and_after(w, i, size)
        set_up, pack_up = set_up_of(w, u, k, before), pack_up_of(w, u, k, after)
        late0, late1 = backward(w, u, stop(w, i).row, set_up, pack_up, late0 - seconds, late1 - seconds)
        there = place
    seconds = travel(w, depot.place, there)
    late0, late1 = late0 - seconds, late1 - seconds
    if w.lunch == 0 or late1 >= w.lunch_from:
        return max(late0, late1)
    return late0


@compiled
def working_day(w, k, size, work, back, state):
    """Seconds from leaving to returning of tour `k` with the needs in `stop`; NOWHERE if no day is short enough.

    `work` is its driving and handling, `back` and `state` its earliest return. That one is tried first, then the next
    later departures that give another. A day with no waiting in it is as short as it gets, but for a lunch that a
    later departure would not owe; in a day with waiting a later departure misses a window or a step, and that is the
    next one to be tried. So nothing is passed over.
    """
    shift = rule(w, k).shift
    while work <= shift and back < FAR:
        last = latest_leave(w, k, size, back)
        if back - last <= shift:
            return back - last
        owed = w.lunch if state == 1 and last < w.lunch_from else 0
        leave = last + 1
        if back - last == work + owed:
            if owed == 0:
                return NOWHERE
            leave = w.lunch_from
        depart0, depart1 = first_departures(w, leave)
        back, state = earliest_return(w, k, size, 0, depart0, depart1)
    return NOWHERE


@compiled
def write_stops(w, k):
    """The needs of tour `k` in order into `stop`; how many."""
    home, size = w.visits + k, 0
    v = node(w, home).next
    while v != home:
        stop(w, size).need, stop(w, size).row = node(w, v).need, node(w, v).row
        size += 1
        v = node(w, v).next
    return size
