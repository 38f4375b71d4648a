"""Whether a visit may be put at a place: room in the tour, load, the order people have fixed, and time."""

from outreach.routing.kernel.clock import (
    earliest_return,
    fits_between,
    joins,
    more_handling,
    more_joints,
    row_of,
    working_day,
)
from outreach.routing.kernel.compiled import compiled
from outreach.routing.kernel.world import NOWHERE, crew, need, node, rule, stop, tour

FIRST, LAST = 1, 2  # turns


@compiled
def has_room(w, u, k, p, detour):
    """Whether tour `k` can take need `u` after node `p` with so much more driving; not of windows and load."""
    round_, law = tour(w, k), rule(w, k)
    joints = round_.joints + more_joints(w, u, p) if w.joining else 0
    if round_.size - joints >= law.stops or round_.drive + detour > law.drive:
        return False
    if round_.drive + detour + round_.handling + more_handling(w, u, k, p) > law.shift:
        return False
    return round_.size > 0 or crew(w, law.pool).left > 0


@compiled
def more_over(w, u, k):
    """How much more load above its capacity tour `k` has with need `u`."""
    over = tour(w, k).load + need(w, u).load - rule(w, k).capacity
    return over - max(over - need(w, u).load, 0) if over > 0 else 0


@compiled
def keeps_order(w, u, k, p):
    """Whether need `u` after node `p` of tour `k` leaves what is pinned first, last or right after another there."""
    asked, d, q = need(w, u), rule(w, k).day, node(w, p).next
    if asked.kept_on == d:
        if (asked.turn == FIRST and p < w.visits) or (asked.turn == LAST and q < w.visits):
            return False
        if asked.follows != NOWHERE and (p >= w.visits or node(w, p).need != asked.follows):
            return False
    if p < w.visits:
        before = need(w, node(w, p).need)
        if before.kept_on == d and before.turn == LAST:
            return False
    if q < w.visits:
        after = need(w, node(w, q).need)
        if after.kept_on == d and (after.turn == FIRST or after.follows != NOWHERE):
            return False
    return True


@compiled
def keeps_time(w, u, k, p, detour):
    """Whether a visit of need `u` after node `p` of tour `k` keeps windows, lunch, shift and the way home."""
    if not fits_between(w, u, k, p, node(w, p).next):
        return False
    law, home = rule(w, k), w.visits + k
    if law.shift >= law.back - law.leave:
        return True
    size, first, v = 0, 0, home
    while True:
        if v != home:
            stop(w, size).need, stop(w, size).row = node(w, v).need, node(w, v).row
            size += 1
        if v == p:
            first = size
            stop(w, size).need, stop(w, size).row = u, row_of(w, u, k)
            size += 1
        v = node(w, v).next
        if v == home:
            break
    ready = p
    if joins(w, node(w, p).need, u):  # which leaves without packing up: walked once more
        ready, first = node(w, p).prev, first - 1
    back, state = earliest_return(w, k, size, first, node(w, ready).depart0, node(w, ready).depart1)
    work = tour(w, k).drive + detour + tour(w, k).handling + more_handling(w, u, k, p)
    return working_day(w, k, size, work, back, state) != NOWHERE
