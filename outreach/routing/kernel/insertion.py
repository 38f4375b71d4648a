"""Where one more visit costs least, on any day or on each day, and which days of a linked need go together."""

from outreach.routing.kernel.chance import below, bits
from outreach.routing.kernel.clock import refresh, row_of, travel
from outreach.routing.kernel.compiled import compiled
from outreach.routing.kernel.fitting import has_room, keeps_order, keeps_time, more_over
from outreach.routing.kernel.shares import price_together
from outreach.routing.kernel.tours import put_in
from outreach.routing.kernel.world import (
    NEVER,
    NOWHERE,
    UNIT,
    absent,
    chain,
    day,
    day_price,
    found,
    leg,
    leg_back,
    near,
    need,
    node,
    pattern,
    rule,
    saved_tour,
    turn,
)

ALL_TOURS = 24  # up to so many tours each one's depot is looked at, beyond it so many in a row from a random one
LOOK_EVERYWHERE = 16  # one time in so many for a need that was missing before
BLINK = 10  # in 1,024: now and then a place is not looked at, so that the same choice is not made for ever


@compiled
def blinks(w):
    """Whether to look away."""
    return bits(w) & 1023 < BLINK


@compiled
def look_after(w, u, k, p, by_day):
    """Remember the place after node `p` of tour `k` if it is the cheapest seen (on its day) and holds."""
    before, place = node(w, p), need(w, u).place * w.places
    after, best = node(w, before.next), found(w, w.found_from + rule(w, k).day if by_day else 0)
    detour = leg_back(w, place + before.place).seconds + leg(w, place + after.into).seconds - before.ahead
    cost = UNIT * detour
    if before.next == p:
        cost += rule(w, k).price
    if w.priced:
        cost += day_price(w, u * w.columns + rule(w, k).column).price
    over = more_over(w, u, k)
    if over > 0:
        if not w.soft:
            return
        cost += w.over_price * over
    if (w.shared or w.grouped) and cost < best.cost:
        cost += price_together(w, u, k, p, detour)
    if cost >= best.cost or row_of(w, u, k) == NOWHERE or blinks(w) or not has_room(w, u, k, p, detour):
        return
    if w.ordered and not keeps_order(w, u, k, p):
        return
    if w.timed and not keeps_time(w, u, k, p, detour):
        return
    best.cost, best.after, best.tour = cost, p, k


@compiled
def look_at_neighbours(w, u, by_day):
    """Places before and after the visits of the needs nearest to `u`."""
    for a in range(u * w.neighbours, (u + 1) * w.neighbours):
        other = need(w, near(w, a).need)
        for v in range(other.first, other.first + other.count):
            k = node(w, v).tour
            if k != NOWHERE:
                look_after(w, u, k, v, by_day)
                look_after(w, u, k, node(w, v).prev, by_day)


@compiled
def look_at_depots(w, u, by_day, first, count):
    """Places right after the depot in `count` tours from `first` on, and right before it."""
    for i in range(first, first + count):
        k = i if i < w.tours else i - w.tours
        home = w.visits + k
        look_after(w, u, k, home, by_day)
        if node(w, home).prev != home:
            look_after(w, u, k, node(w, home).prev, by_day)


@compiled
def look_at_touched(w, u):
    """Places in the tours that this round has changed."""
    for i in range(w.saved_tours):
        k = saved_tour(w, i).tour
        v = w.visits + k
        while True:
            look_after(w, u, k, v, False)
            v = node(w, v).next
            if v >= w.visits:
                break


@compiled
def is_old_news(w, u):
    """Whether need `u` was missing before this round: then tours that have not changed have no place for it.

    Now and then it is looked for everywhere all the same: a blink may have missed a place, or a crew come free.
    """
    return need(w, u).absent_since < w.round and below(w, LOOK_EVERYWHERE) > 0


@compiled
def place_single(w, u):
    """Put the only visit of need `u` where it costs least; False if it fits nowhere."""
    best = found(w, 0)
    best.cost = NEVER
    if is_old_news(w, u):
        look_at_touched(w, u)
    else:
        look_at_neighbours(w, u, False)
        if w.tours <= ALL_TOURS:
            look_at_depots(w, u, False, 0, w.tours)
        else:
            look_at_depots(w, u, False, below(w, w.tours), ALL_TOURS)
            if best.cost == NEVER:
                look_at_depots(w, u, False, 0, w.tours)
    if best.cost >= need(w, u).missing:
        return False
    put_in(w, need(w, u).first, best.tour, best.after)
    if w.timed:
        refresh(w, best.tour)
    return True


@compiled
def open_days(w, u):
    """Open every day for need `u` in `found` but those on which it has a visit that stays."""
    asked = need(w, u)
    for d in range(w.found_from, w.found_from + w.days):
        found(w, d).cost, found(w, d).form = NEVER, asked.form
    for v in range(asked.first, asked.first + asked.count):
        if node(w, v).tour != NOWHERE:
            stays = found(w, w.found_from + rule(w, node(w, v).tour).day)
            stays.cost, stays.form = -NEVER, node(w, v).form  # nothing is cheaper: nothing is put there


@compiled
def best_pattern(w, u):
    """The cheapest allowed set of days, NOWHERE if none can be had."""
    best, best_cost = NOWHERE, NEVER
    for row in range(need(w, u).pattern, need(w, u).pattern_end):
        cost, holds = 0, True
        for d in range(w.days):
            price = found(w, d).cost
            if pattern(w, row * w.days + d).holds:
                if price >= NEVER:
                    holds = False
                    break
                cost += price if price > -NEVER else 0
            elif price == -NEVER:  # a visit that stays is on a day that the set has not
                holds = False
                break
        if holds and cost < best_cost and not blinks(w):
            best, best_cost = row, cost
    return best


@compiled
def extend_chains(w, u, visits):
    """Fill the row of chains of `visits` visits: the cheapest that ends on each day, and the day before its last."""
    asked = need(w, u)
    for d in range(w.days):
        here = chain(w, visits * w.days + d)
        here.cost, here.before = NEVER, NOWHERE
        price = found(w, d).cost
        if price >= NEVER:
            continue
        for before in range(d - 1, -1, -1):
            gap = day(w, d).date - day(w, before).date
            if asked.most > 0 and gap > asked.most:
                break
            shorter = chain(w, (visits - 1) * w.days + before).cost
            if gap >= asked.least and shorter < here.cost:
                here.cost, here.before = shorter, before
            if found(w, before).cost == -NEVER:
                break  # a visit that stays is not passed over
        if here.cost < NEVER:
            here.cost += price if price > -NEVER else 0


@compiled
def best_chain(w, u):
    """How many visits the cheapest choice of days has and its last day; days are marked by walking back.

    A dynamic programme over days: with `least` and `most` days between visits, each one left out paid for.
    """
    asked = need(w, u)
    first_day, last_day = w.days, 0  # of the visits that stay
    for d in range(w.days):
        if found(w, d).cost == -NEVER:
            first_day, last_day = min(first_day, d), d
    for d in range(w.days):
        price = found(w, d).cost
        start = chain(w, w.days + d)
        start.before = NOWHERE
        start.cost = NEVER if d > first_day or price >= NEVER else price if price > -NEVER else 0
    best_visits, best_day = 0, NOWHERE
    best = asked.missing * asked.count
    for visits in range(1, asked.count + 1):
        if visits > 1:
            extend_chains(w, u, visits)
        if visits < asked.placed:
            continue
        for d in range(last_day, w.days):
            cost = chain(w, visits * w.days + d).cost
            if cost < NEVER and cost + asked.missing * (asked.count - visits) < best:
                best, best_visits, best_day = cost + asked.missing * (asked.count - visits), visits, d
    return best_visits, best_day


@compiled
def put_on(w, u, d):
    """Put one more visit of need `u` at the best place found on day `d`, if none stays there; whether it was put."""
    best = found(w, d)
    if best.cost == -NEVER:
        return False
    v = need(w, u).first
    while node(w, v).tour != NOWHERE:
        v += 1
    put_in(w, v, best.tour, best.after)
    if w.timed:
        refresh(w, best.tour)
    return True


@compiled
def look_on_each_day(w, u, form, part):
    """The cheapest place of need `u` in one of its forms on each day, into one part of `found`."""
    w.found_from, need(w, u).form = part * w.days, form
    open_days(w, u)
    look_at_neighbours(w, u, True)
    look_at_depots(w, u, True, 0, w.tours)


@compiled
def put_chain(w, u, visits, d):
    """Put the missing ones of so many visits of need `u` on the chain of days that ends on day `d`."""
    put = False
    while visits > 0:
        if found(w, d).cost > -NEVER:
            need(w, u).form = found(w, d).form
        if put_on(w, u, d):
            put = True
        d = chain(w, visits * w.days + d).before
        visits -= 1
    return put


@compiled
def place_linked(w, u):
    """Put the missing visits of need `u` on the days that cost least together; False if nothing was put."""
    if is_old_news(w, u):
        return False
    open_days(w, u)
    look_at_neighbours(w, u, True)
    look_at_depots(w, u, True, 0, w.tours)
    put = False
    if need(w, u).pattern < need(w, u).pattern_end:
        row = best_pattern(w, u)
        if row == NOWHERE:
            return False
        for d in range(w.days):
            if pattern(w, row * w.days + d).holds and put_on(w, u, d):
                put = True
        return put
    visits, d = best_chain(w, u)
    return put_chain(w, u, visits, d)


@compiled
def order_absent(w):
    """The absent needs into `turn`, by chance, by need, farthest first or nearest first; how many."""
    way = below(w, 10)
    home = node(w, w.visits + below(w, w.tours)).place
    for i in range(w.absent_count):
        u = absent(w, i).need
        if way < 4:
            key = below(w, 1 << 30)
        elif way < 6:
            key = -need(w, u).rank
        elif way < 8:
            key = -travel(w, home, need(w, u).place)
        else:
            key = travel(w, home, need(w, u).place)
        j = i
        while j > 0 and turn(w, j - 1).key > key:
            turn(w, j).key, turn(w, j).need = turn(w, j - 1).key, turn(w, j - 1).need
            j -= 1
        turn(w, j).key, turn(w, j).need = key, u
    return w.absent_count
