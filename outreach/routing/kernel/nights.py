"""Nights away: two days of one bus in a row become one trip, or part again, or sleep elsewhere."""

from outreach.routing.kernel.chance import below
from outreach.routing.kernel.clock import refresh, row_of, travel
from outreach.routing.kernel.compiled import compiled
from outreach.routing.kernel.ruin import remove, remove_neighbours
from outreach.routing.kernel.tours import save
from outreach.routing.kernel.world import NOWHERE, bed, crew, need, node, rule, saved_tour, stay, tour

TRIES = 8  # to find a tour that a missing need may be in


@compiled
def set_night(w, k, place):
    """Let the crew of tour `k` spend the night after it at `place`, where its next day starts; NOWHERE: at home."""
    after, old = rule(w, k).after, tour(w, k).night
    if place == old:
        return
    save(w, k)
    save(w, after)
    if (old == NOWHERE) != (place == NOWHERE):
        more = 1 if old == NOWHERE else -1
        crew(w, rule(w, k).pool).nights -= more
        stay(w, rule(w, k).stay).left -= more
        w.cost += more * w.night_price
    tour(w, k).night = place
    end, start = node(w, w.visits + k), node(w, w.visits + after)
    end.into = rule(w, k).base if place == NOWHERE else place
    start.place = rule(w, after).base if place == NOWHERE else place
    if tour(w, k).size > 0:
        last = node(w, end.prev)
        tour(w, k).drive -= last.ahead
        last.ahead = travel(w, last.place, end.into)
        tour(w, k).drive += last.ahead
    if tour(w, after).size > 0:
        tour(w, after).drive -= start.ahead
        start.ahead = travel(w, start.place, node(w, start.next).place)
        tour(w, after).drive += start.ahead


@compiled
def days_together(w, k):
    """Days of the trip that tour `k` and the one after it make together, with the nights they have already."""
    days, j = 2, k
    while rule(w, j).before != NOWHERE and tour(w, rule(w, j).before).night != NOWHERE:
        j, days = rule(w, j).before, days + 1
    j = rule(w, k).after
    while tour(w, j).night != NOWHERE:
        j, days = rule(w, j).after, days + 1
    return days


@compiled
def may_stay(w, k):
    """Whether one more night may be spent away after tour `k`: posts, months and the length of trips allow it."""
    law = rule(w, k)
    return crew(w, law.pool).nights > 0 and stay(w, law.stay).left > 0 and days_together(w, k) <= w.trip_days


@compiled
def clear(w, k):
    """Take out all visits of tour `k` that may be taken out."""
    v = node(w, w.visits + k).next
    while v < w.visits:
        following = node(w, v).next  # of another need: none has two visits on one day
        remove(w, v)
        v = following


@compiled
def tour_for(w, u):
    """A tour with a visit of need `u`, or any that it may be in; NOWHERE if none was found."""
    asked = need(w, u)
    k = node(w, asked.first + below(w, asked.count)).tour
    for _ in range(TRIES):
        if k != NOWHERE:
            break
        some = below(w, w.tours)
        k = some if row_of(w, u, some) != NOWHERE else NOWHERE
    return k


@compiled
def change_night(w):
    """Begin, end or move a night before or after a tour near a random need, and make room in both its days."""
    u = below(w, w.needs)
    k = tour_for(w, u)
    if k != NOWHERE and below(w, 2):
        k = rule(w, k).before
    if k == NOWHERE or rule(w, k).after == NOWHERE or rule(w, k).fixed or rule(w, rule(w, k).after).fixed:
        return
    place, now = bed(w, u * w.beds + below(w, w.beds)).place, tour(w, k).night
    if now == NOWHERE:
        if not may_stay(w, k):
            return
    elif place == now or below(w, 2):
        place = NOWHERE
    if below(w, 2):
        clear(w, k)
        clear(w, rule(w, k).after)
    set_night(w, k, place)
    remove_neighbours(w, u)
    if w.timed:
        for i in range(w.saved_tours):
            refresh(w, saved_tour(w, i).tour)


@compiled
def part_broken_trips(w):
    """Take apart every trip with a day that holds no visit: its nights are given up and its visits taken out."""
    for k in range(w.tours):
        if tour(w, k).night == NOWHERE or rule(w, k).fixed:
            continue
        if tour(w, k).size > 0 and tour(w, rule(w, k).after).size > 0:
            continue
        first = k
        while rule(w, first).before != NOWHERE and tour(w, rule(w, first).before).night != NOWHERE:
            first = rule(w, first).before
        while first != NOWHERE:
            following = rule(w, first).after if tour(w, first).night != NOWHERE else NOWHERE
            clear(w, first)
            if following != NOWHERE:
                set_night(w, first, NOWHERE)
            first = following
