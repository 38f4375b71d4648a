"""Visits of a need with a beat: one weekday, one half of the day, every so many weeks."""

from outreach.routing.kernel.compiled import compiled
from outreach.routing.kernel.insertion import (
    best_chain,
    blinks,
    is_old_news,
    look_on_each_day,
    open_days,
    place_linked,
    place_single,
    put_chain,
)
from outreach.routing.kernel.world import NEVER, NOWHERE, beat, day, found, need, node


@compiled
def run_from(w, u, i, end):
    """What is saved by visits on the open days of a beat from entry `i` on, as many as are asked for.

    Second, how many of them are there already.
    """
    asked = need(w, u)
    saved, kept, last = 0, 0, NOWHERE
    for j in range(i, min(i + asked.count, end)):
        d = beat(w, j).day
        if d == NOWHERE:
            break
        place = found(w, w.found_from + d)
        stays = place.cost == -NEVER
        if (stays and place.form != asked.form) or (not stays and place.cost >= asked.missing):
            continue
        if last != NOWHERE and asked.most > 0 and day(w, d).date - day(w, last).date > asked.most:
            break
        last = d
        if stays:
            kept += 1
        else:
            saved += asked.missing - place.cost
    return saved, kept


@compiled
def best_run(w, u):
    """The half-day and the first entry in `beat` of the run of open days that saves most; NOWHERE if none saves."""
    asked = need(w, u)
    best, best_half, best_at, on_beat = 0, NOWHERE, NOWHERE, 0
    for v in range(asked.first, asked.first + asked.count):
        on_beat += node(w, v).tour != NOWHERE and node(w, v).form >= asked.halves
    for half in range(2):
        asked.form, w.found_from = asked.halves + half, (1 + half) * w.days
        begin, end = (asked.beat, asked.beat_noon) if half == 0 else (asked.beat_noon, asked.beat_end)
        for i in range(begin, end):
            if beat(w, i).day == NOWHERE:
                continue
            saved, kept = run_from(w, u, i, end)
            if saved > best and kept == on_beat and not blinks(w):
                best, best_half, best_at = saved, half, i
    return best_half, best_at


@compiled
def take_run(w, u, half, i):
    """Bring the places of a run of open days into the first part of `found`, where they cost no more than there."""
    asked = need(w, u)
    for j in range(i, min(i + asked.count, asked.beat_end)):
        d = beat(w, j).day
        if d == NOWHERE:
            break
        here, there = found(w, d), found(w, (1 + half) * w.days + d)
        if there.cost <= here.cost and there.cost > -NEVER:
            here.cost, here.after, here.tour, here.form = there.cost, there.after, there.tour, there.form


@compiled
def place_on_beat(w, u):
    """Put the missing visits of need `u` on the beat that costs least, and where it is a wish, others beside it.

    The places of the best run are taken together with those off the beat, which cost `off` more; of all these days
    the cheapest choice is made as for any linked need. So each visit is priced as it is put.
    """
    if is_old_news(w, u):
        return False
    asked, free = need(w, u), u
    look_on_each_day(w, u, asked.halves, 1)
    look_on_each_day(w, u, asked.halves + 1, 2)
    half, i = best_run(w, u)
    asked.form, w.found_from = free, 0
    if asked.off < NEVER:
        look_on_each_day(w, u, free, 0)
        for d in range(w.days):
            if -NEVER < found(w, d).cost < NEVER:
                found(w, d).cost += asked.off
    else:
        open_days(w, u)
    if half != NOWHERE:
        take_run(w, u, half, i)
    elif asked.off == NEVER:
        return False
    visits, d = best_chain(w, u)
    return put_chain(w, u, visits, d)


@compiled
def place_visits(w, u):
    """Put the missing visits of need `u` where they cost least; False if none was put."""
    if need(w, u).beat < need(w, u).beat_end:
        return place_on_beat(w, u)
    if need(w, u).count == 1 and need(w, u).pattern == need(w, u).pattern_end:
        return place_single(w, u)
    return place_linked(w, u)
