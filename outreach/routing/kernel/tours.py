"""Visits put into tours and taken out of them, and the journal that takes a whole round back."""

from outreach.routing.kernel.clock import (
    earliest_return,
    first_departures,
    more_handling,
    more_joints,
    row_of,
    travel,
    working_day,
    write_stops,
)
from outreach.routing.kernel.compiled import compiled
from outreach.routing.kernel.shares import count_work, join, part, price_of_day, price_of_work
from outreach.routing.kernel.world import (
    NOWHERE,
    UNIT,
    absent,
    crew,
    day_price,
    need,
    node,
    rule,
    saved_absent,
    saved_node,
    saved_tour,
    stay,
    tour,
)


@compiled
def begin_round(w):
    """Start a journal: nothing is saved yet but the list of absent needs."""
    w.round += 1
    w.saved_tours = w.saved_nodes = 0
    w.saved_absents, w.saved_busy, w.saved_placed = w.absent_count, w.busy, w.placed
    for i in range(w.absent_count):
        saved_absent(w, i).need = absent(w, i).need


@compiled
def copy_node(to, of):
    """All of a node that changes."""
    to.next, to.prev, to.tour, to.ahead = of.next, of.prev, of.tour, of.ahead
    to.place, to.into = of.place, of.into
    to.depart0, to.depart1, to.late0, to.late1 = of.depart0, of.depart1, of.late0, of.late1
    to.form, to.row = of.form, of.row


@compiled
def copy_tour(to, of):
    """All of a tour."""
    to.size, to.drive, to.handling, to.load, to.over = of.size, of.drive, of.handling, of.load, of.over
    to.saved, to.cost, to.night, to.work, to.joints = of.saved, of.cost, of.night, of.work, of.joints


@compiled
def save(w, k):
    """Keep tour `k` as it is now, once a round."""
    kept = tour(w, k)
    if kept.saved == w.round:
        return
    kept.saved = w.round
    entry = saved_tour(w, w.saved_tours)
    entry.tour = k
    copy_tour(entry.was, kept)
    w.saved_tours += 1
    home = w.visits + k
    v = home
    while True:
        saved = saved_node(w, w.saved_nodes)
        saved.node = v
        copy_node(saved.was, node(w, v))
        w.saved_nodes += 1
        v = node(w, v).next
        if v == home:
            break


@compiled
def undo_round(w):
    """Put everything back as it was at `begin_round`, the price included."""
    for i in range(w.saved_tours):
        k = saved_tour(w, i).tour
        if tour(w, k).size > 0:
            crew(w, rule(w, k).pool).left += 1
        v = node(w, w.visits + k).next
        while v < w.visits:
            node(w, v).tour = NOWHERE
            need(w, node(w, v).need).placed -= 1
            if w.grouped:
                part(w, node(w, v).need, k)
            v = node(w, v).next
    for i in range(w.saved_nodes):
        v = saved_node(w, i).node
        copy_node(node(w, v), saved_node(w, i).was)
        if v < w.visits:
            need(w, node(w, v).need).placed += 1
            if w.grouped:
                join(w, node(w, v).need, node(w, v).tour)
    for i in range(w.saved_tours):
        k = saved_tour(w, i).tour
        nights = int(tour(w, k).night != NOWHERE) - int(saved_tour(w, i).was.night != NOWHERE)
        if w.shared:
            count_work(w, k, saved_tour(w, i).was.work - tour(w, k).work)
        copy_tour(tour(w, k), saved_tour(w, i).was)
        if tour(w, k).size > 0:
            crew(w, rule(w, k).pool).left -= 1
        if nights != 0:
            crew(w, rule(w, k).pool).nights += nights
            stay(w, rule(w, k).stay).left += nights
    for i in range(w.absent_count):
        need(w, absent(w, i).need).absent_at = NOWHERE
    w.absent_count, w.busy, w.placed = w.saved_absents, w.saved_busy, w.saved_placed
    for i in range(w.absent_count):
        u = saved_absent(w, i).need
        absent(w, i).need = u
        need(w, u).absent_at = i
    w.cost, w.over = w.current, w.current_over


@compiled
def off_beat(w, v):
    """What the visit node `v` costs for being off the beat of its need."""
    asked = need(w, node(w, v).need)
    return asked.off if asked.halves != NOWHERE and node(w, v).form < asked.halves else 0


@compiled
def take_out(w, v):
    """Take the visit node `v` out of its tour."""
    visit = node(w, v)
    k, u = visit.tour, visit.need
    save(w, k)
    before, after = node(w, visit.prev), node(w, visit.next)
    asked, law, round_ = need(w, u), rule(w, k), tour(w, k)
    detour = before.ahead + visit.ahead
    before.ahead = 0
    if round_.size > 1:
        before.ahead = travel(w, before.place, after.into)
        detour -= before.ahead
    else:
        crew(w, law.pool).left += 1
        w.busy -= 1
    before.next, after.prev, visit.tour = visit.next, visit.prev, NOWHERE
    round_.size -= 1
    round_.drive -= detour
    round_.handling -= more_handling(w, u, k, visit.prev)
    if w.joining:
        round_.joints -= more_joints(w, u, visit.prev)
    round_.load -= asked.load
    if w.grouped:
        part(w, u, k)
    w.placed -= 1
    w.cost += asked.missing - day_price(w, u * w.columns + law.column).price - off_beat(w, v)
    asked.placed -= 1
    asked.absent_since = w.round
    if asked.absent_at == NOWHERE:
        asked.absent_at = w.absent_count
        absent(w, w.absent_count).need = u
        w.absent_count += 1


@compiled
def put_in(w, v, k, p):
    """Put the visit node `v` into tour `k` after node `p`."""
    save(w, k)
    visit, before = node(w, v), node(w, p)
    q, u = before.next, visit.need
    after = node(w, q)
    asked, law, round_ = need(w, u), rule(w, k), tour(w, k)
    if round_.size == 0:
        crew(w, law.pool).left -= 1
        w.busy += 1
    round_.handling += more_handling(w, u, k, p)
    if w.joining:
        round_.joints += more_joints(w, u, p)
    detour = -before.ahead
    before.ahead = travel(w, before.place, visit.place)
    visit.ahead = travel(w, visit.place, after.into)
    detour += before.ahead + visit.ahead
    before.next, after.prev = v, v
    visit.prev, visit.next, visit.tour = p, q, k
    visit.form, visit.row = asked.form, row_of(w, u, k)
    round_.size += 1
    round_.drive += detour
    round_.load += asked.load
    if w.grouped:
        join(w, u, k)
    w.placed += 1
    w.cost -= asked.missing - day_price(w, u * w.columns + law.column).price - off_beat(w, v)
    asked.placed += 1
    if asked.placed == asked.count:
        w.absent_count -= 1
        last = absent(w, w.absent_count).need
        absent(w, asked.absent_at).need = last
        need(w, last).absent_at = asked.absent_at
        asked.absent_at = NOWHERE


@compiled
def is_away(w, k):
    """Whether a night before or after tour `k` is spent away from home."""
    before = rule(w, k).before
    return tour(w, k).night != NOWHERE or (before != NOWHERE and tour(w, before).night != NOWHERE)


@compiled
def settle(w):
    """Price every tour that this round has touched; False if one of them cannot be driven any more.

    Taking a visit out of a tour can lengthen it only where roads know no triangle rule: then the round is undone.
    """
    for i in range(w.saved_tours):
        k = saved_tour(w, i).tour
        round_, law = tour(w, k), rule(w, k)
        cost = work = 0
        if round_.size == 0 and is_away(w, k):
            return False
        if round_.size > 0:
            work = round_.drive + round_.handling
            if w.timed:
                size = write_stops(w, k)
                depart0, depart1 = first_departures(w, law.leave)
                back, state = earliest_return(w, k, size, 0, depart0, depart1)
                work = working_day(w, k, size, work, back, state)
            if work == NOWHERE or work > law.shift or round_.drive > law.drive:
                return False
            cost = law.price + UNIT * round_.drive + w.work_price * work + price_of_day(w, work)
        if w.shared and work != round_.work:
            w.cost += price_of_work(w, k, work - round_.work)
            count_work(w, k, work - round_.work)
        round_.work = work
        w.cost += cost - round_.cost
        round_.cost = cost
        over = max(round_.load - law.capacity, 0)
        w.over += over - round_.over
        round_.over = over
    return True
