"""What no tour could do even for itself is forbidden before the search begins."""

from outreach.routing.kernel.clock import refresh, row_of, travel
from outreach.routing.kernel.compiled import compiled
from outreach.routing.kernel.fitting import has_room, keeps_time
from outreach.routing.kernel.world import FAR, NOWHERE, form, hour, lodging, need, node, rule


@compiled
def nearest_start(w, u, base):
    """The lodging from which need `u` is reached soonest, or `base` if none is nearer."""
    best = base
    for i in range(w.lodgings):
        if travel(w, lodging(w, i).place, need(w, u).place) < travel(w, best, need(w, u).place):
            best = lodging(w, i).place
    return best


@compiled
def nearest_end(w, u, base):
    """The lodging that is reached soonest from need `u`, or `base` if none is nearer."""
    best = base
    for i in range(w.lodgings):
        if travel(w, need(w, u).place, lodging(w, i).place) < travel(w, need(w, u).place, best):
            best = lodging(w, i).place
    return best


@compiled
def close_hopeless(w):
    """Forbid each need the tours that it could not even have for itself; what is left is worth trying.

    A tour that may follow or precede a night away begins or ends at the lodging nearest to the need, if that is nearer.
    """
    for k in range(w.tours):
        if w.timed:
            refresh(w, k)
        depot, law = node(w, w.visits + k), rule(w, k)
        for f in range(w.forms):
            u = form(w, f).need
            need(w, u).form = f
            if row_of(w, u, k) == NOWHERE:
                continue
            depot.place = nearest_start(w, u, law.base) if law.before != NOWHERE else law.base
            depot.into = nearest_end(w, u, law.base) if law.after != NOWHERE else law.base
            detour = travel(w, depot.place, need(w, u).place) + travel(w, need(w, u).place, depot.into)
            holds = (
                detour < FAR
                and need(w, u).load <= rule(w, k).capacity
                and has_room(w, u, k, w.visits + k, detour)
                and (not w.timed or keeps_time(w, u, k, w.visits + k, detour))
            )
            if not holds:
                hour(w, f * w.tours + k).row = NOWHERE
        depot.place = depot.into = law.base
    for u in range(w.needs):
        need(w, u).form = u
