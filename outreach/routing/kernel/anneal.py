"""Ruin and recreate with simulated annealing: the whole search, a stretch of rounds at a time."""

import numpy as np

from outreach.routing.kernel.chance import below, fraction
from outreach.routing.kernel.clock import refresh, row_of, travel
from outreach.routing.kernel.compiled import compiled
from outreach.routing.kernel.fitting import has_room, keeps_order, keeps_time, more_over
from outreach.routing.kernel.insertion import order_absent
from outreach.routing.kernel.nights import change_night, part_broken_trips, set_night
from outreach.routing.kernel.rhythm import place_visits
from outreach.routing.kernel.ruin import ruin
from outreach.routing.kernel.tours import begin_round, put_in, settle, take_out, undo_round
from outreach.routing.kernel.world import NOWHERE, form, need, node, rule, tour, turn

ADAPT_EVERY = 200  # rounds
OVER_MOST = 1 << 34  # price of a unit of load: no plan pays it
NIGHT_EVERY = 4  # rounds: where nights may be spent away one round in so many is about them


@compiled
def anneal(w, best, rounds, hot, cold):
    """Run `rounds` rounds while the heat falls from `hot` to `cold` (prices); how often a better plan was found.

    `best` (int32 [2 x node + tour]) receives of the best plan so far each node's next node, its form, and where the
    night after each tour is spent; `w` goes on from where it is.
    After Schrimpf et al. 2000, with the ruins and blinks of Christiaens and Vanden Berghe 2020.
    """
    heat, fall = hot, (cold / hot) ** (1.0 / max(rounds, 1))
    better = 0
    for _ in range(rounds):
        heat *= fall
        begin_round(w)
        if w.trip_days > 1 and below(w, NIGHT_EVERY) == 0:
            change_night(w)
        else:
            ruin(w)
        for i in range(order_absent(w)):
            place_visits(w, turn(w, i).need)
        if settle(w) and gain(w) > heat * np.log(1.0 - fraction(w)):
            w.current, w.current_over = w.cost, w.over
            if w.cost < w.best and w.over == 0:
                w.best = w.cost
                better += 1
                write_down(w, best)
        else:
            undo_round(w)
        if w.soft:
            adapt(w)
    return better


@compiled
def gain(w):
    """How much cheaper the plan became in this round, overload priced."""
    return float(w.current - w.cost + w.over_price * (w.current_over - w.over))


@compiled
def adapt(w):
    """Make overload dearer where most rounds end with it, cheaper where few do."""
    w.over_rounds += w.current_over > 0
    if w.round % ADAPT_EVERY == 0:
        if w.over_rounds * 4 > 3 * ADAPT_EVERY:
            w.over_price += w.over_price // 8 + 1
        else:
            w.over_price -= w.over_price // 8
        w.over_price = min(max(w.over_price, 8), OVER_MOST)
        w.over_rounds = 0


@compiled
def empty(w):
    """Take out every visit; every night is spent at home."""
    begin_round(w)
    for k in range(w.tours):
        if tour(w, k).night != NOWHERE:
            set_night(w, k, NOWHERE)
    for v in range(w.visits):
        if node(w, v).tour != NOWHERE:
            take_out(w, v)
    settle(w)


@compiled
def load_visit(w, k, f):
    """Put a visit of form `f` at the end of tour `k` where that holds; whether it was put."""
    u = form(w, f).need
    need(w, u).form = f
    if need(w, u).placed == need(w, u).count or row_of(w, u, k) == NOWHERE:
        return False
    d = rule(w, k).day
    for v in range(need(w, u).first, need(w, u).first + need(w, u).count):
        if node(w, v).tour != NOWHERE and rule(w, node(w, v).tour).day == d:
            return False
    last = node(w, w.visits + k).prev
    detour = travel(w, node(w, last).place, need(w, u).place) + travel(w, need(w, u).place, node(w, w.visits + k).into)
    if w.timed:
        refresh(w, k)
    detour -= node(w, last).ahead
    if not has_room(w, u, k, last, detour) or more_over(w, u, k) > 0 or (w.ordered and not keeps_order(w, u, k, last)):
        return False
    if w.timed and not keeps_time(w, u, k, last, detour):
        return False
    v = need(w, u).first
    while node(w, v).tour != NOWHERE:
        v += 1
    put_in(w, v, k, last)
    return True


@compiled
def start_from(w, best):
    """Take the plan as it is now as the one to go on from; trips that lost a day are parted first."""
    part_broken_trips(w)
    for k in range(w.tours):
        if w.timed:
            refresh(w, k)
    settle(w)
    w.current = w.best = w.cost
    w.current_over = w.over
    write_down(w, best)


@compiled
def write_down(w, best):
    """The plan as it is into `best`."""
    nodes = w.visits + w.tours
    for v in range(nodes):
        best[v], best[nodes + v] = node(w, v).next, node(w, v).form
    for k in range(w.tours):
        best[2 * nodes + k] = tour(w, k).night
