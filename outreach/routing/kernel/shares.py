"""What is priced over several tours together: fair shares of the work, and sites of one group visited by one tour."""

from outreach.routing.kernel.clock import more_handling
from outreach.routing.kernel.compiled import compiled
from outreach.routing.kernel.world import NOWHERE, bunch, gathered, need, rule, share

HOUR_S = 3_600


@compiled
def price_of_share(w, g, work):
    """What it costs that the tours of share `g` work so long: nothing up to what is fair, then by the square."""
    own = share(w, g)
    over = work - own.fair
    return own.percent * over * over // (HOUR_S * own.days) if over > 0 else 0


@compiled
def price_of_work(w, k, more):
    """What it costs the shares of tour `k` that it works `more` seconds longer."""
    price, bus, week = 0, rule(w, k).bus, rule(w, k).week
    if bus != NOWHERE:
        price += price_of_share(w, bus, share(w, bus).work + more) - price_of_share(w, bus, share(w, bus).work)
    if week != NOWHERE:
        price += price_of_share(w, week, share(w, week).work + more) - price_of_share(w, week, share(w, week).work)
    return price


@compiled
def count_work(w, k, more):
    """Let the shares of tour `k` know that it works `more` seconds longer."""
    bus, week = rule(w, k).bus, rule(w, k).week
    if bus != NOWHERE:
        share(w, bus).work += more
    if week != NOWHERE:
        share(w, week).work += more


@compiled
def price_of_day(w, work):
    """What it costs that a day is so much longer than a usual one."""
    over = work - w.long_day
    return w.day_percent * over * over // HOUR_S if over > 0 else 0


@compiled
def price_of_joining(w, u, k):
    """What it costs that tour `k` visits a site of the group of need `u`; each tour beyond the first is paid for."""
    g = need(w, u).group
    if g == NOWHERE or bunch(w, g).tours == 0 or gathered(w, g * w.tours + k).visits > 0:
        return 0
    return w.group_price


@compiled
def join(w, u, k):
    """Let the group of need `u` know that tour `k` has one more visit of it.

    A tour is a trip here: nights away that make one trip of two tours would be counted at this place, and in `part`.
    """
    g = need(w, u).group
    if g == NOWHERE:
        return
    w.cost += price_of_joining(w, u, k)
    if gathered(w, g * w.tours + k).visits == 0:
        bunch(w, g).tours += 1
    gathered(w, g * w.tours + k).visits += 1


@compiled
def part(w, u, k):
    """Let the group of need `u` know that tour `k` has one visit of it less."""
    g = need(w, u).group
    if g == NOWHERE:
        return
    gathered(w, g * w.tours + k).visits -= 1
    if gathered(w, g * w.tours + k).visits == 0:
        bunch(w, g).tours -= 1
    w.cost -= price_of_joining(w, u, k)


@compiled
def price_together(w, u, k, p, detour):
    """What need `u` after node `p` of tour `k`, with so much more driving, costs beside that tour."""
    price = price_of_joining(w, u, k)
    if w.shared:
        price += price_of_work(w, k, detour + more_handling(w, u, k, p))
    return price
