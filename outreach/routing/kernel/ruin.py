"""What a round takes out: strings of neighbouring tours, or single neighbours.

Strings after Christiaens and Vanden Berghe 2020 (SISR, section 5.1): around one visit, a few tours lose a string
of visits each, some with a part in the middle kept. Visits of a need that is tied together go together: half of a
pattern or of a chain would keep no rule.
"""

from outreach.routing.kernel.chance import below, fraction
from outreach.routing.kernel.clock import refresh
from outreach.routing.kernel.compiled import compiled
from outreach.routing.kernel.tours import take_out
from outreach.routing.kernel.world import NOWHERE, near, need, node, rule, saved_tour, stop, tour

LONGEST = 10  # visits in a string


@compiled
def remove(w, v):
    """Take out the visit node `v`, with the whole need where it is tied; what keeps its place in the order stays."""
    asked = need(w, node(w, v).need)
    first, end = v, v + 1
    tied = asked.most > 0 or asked.pattern < asked.pattern_end or asked.beat < asked.beat_end
    if asked.count > 1 and tied:
        first, end = asked.first, asked.first + asked.count
    for other in range(first, end):
        k = node(w, other).tour
        if k != NOWHERE and rule(w, k).day != asked.kept_on:
            take_out(w, other)


@compiled
def node_on(w, u, d):
    """The visit node of need `u` on day `d`, or on any day if the need has only one; NOWHERE if there is none."""
    asked = need(w, u)
    for v in range(asked.first, asked.first + asked.count):
        k = node(w, v).tour
        if k != NOWHERE and (asked.count == 1 or rule(w, k).day == d):
            return v
    return NOWHERE


@compiled
def write_string(w, c, total):
    """Nodes in a row, `total` if the tour is so long, from a random one before node `c` that lets it be among them."""
    v = c
    for _ in range(below(w, total)):
        if node(w, v).prev >= w.visits:
            break
        v = node(w, v).prev
    seen = 0
    while seen < total and v < w.visits:
        stop(w, seen).node = v
        seen += 1
        v = node(w, v).next
    while seen < total:
        v = node(w, stop(w, 0).node).prev
        if v >= w.visits:
            break
        for i in range(seen, 0, -1):
            stop(w, i).node = stop(w, i - 1).node
        stop(w, 0).node = v
        seen += 1
    return seen


@compiled
def remove_string(w, c, length):
    """Take a string of `length` visits around node `c` out of its tour, half the time with a part in it kept."""
    size = tour(w, node(w, c).tour).size
    kept = 0
    if 1 < length < size and fraction(w) < 0.5:
        kept = 1
        while length + kept < size and fraction(w) < 0.5:
            kept += 1
    seen = write_string(w, c, length + kept)
    hole = below(w, length + 1) if kept else 0
    for i in range(seen):
        if (i < hole or i >= hole + kept) and node(w, stop(w, i).node).tour != NOWHERE:
            remove(w, stop(w, i).node)


@compiled
def remove_strings(w, seed, d):
    """A string from each of some tours near need `seed`; of needs with several visits those of day `d` count."""
    longest = min(float(LONGEST), w.placed / max(w.busy, 1))
    tours = int(fraction(w) * (4.0 * (w.removed + longest / 2) / (1.0 + longest) - 1.0) + 1.0)
    for a in range(-1, w.neighbours):
        if tours == 0:
            return
        c = node_on(w, seed if a < 0 else near(w, seed * w.neighbours + a).need, d)
        if c == NOWHERE or tour(w, node(w, c).tour).saved == w.round:
            continue
        size = tour(w, node(w, c).tour).size
        remove_string(w, c, min(int(fraction(w) * min(float(size), longest) + 1.0), size))
        tours -= 1


@compiled
def remove_neighbours(w, seed):
    """Most of the visits nearest to need `seed`."""
    count = 1 + below(w, 2 * w.removed + min(LONGEST, w.placed // max(w.busy, 1)))
    for a in range(-1, w.neighbours):
        asked = need(w, seed if a < 0 else near(w, seed * w.neighbours + a).need)
        v = asked.first + below(w, asked.count)
        if node(w, v).tour == NOWHERE or fraction(w) > 0.7:
            continue
        remove(w, v)
        count -= 1
        if count == 0:
            return


@compiled
def ruin(w):
    """Take some visits out of the plan."""
    seed = below(w, w.needs)
    asked = need(w, seed)
    k = node(w, asked.first + below(w, asked.count)).tour
    if k == NOWHERE or (asked.count > 1 and fraction(w) < 0.35):
        remove_neighbours(w, seed)
    else:
        remove_strings(w, seed, rule(w, k).day)
    if w.timed:
        for i in range(w.saved_tours):
            refresh(w, saved_tour(w, i).tour)
