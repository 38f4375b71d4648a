"""How many visits of one need its own days allow, whatever the vehicles do."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date

from outreach.routing.problem import Need


def most_visits(need: Need, days: Sequence[date]) -> int:
    """The most visits on these days, in order, that keep the gaps and the allowed sets of `need`, up to its quota."""
    if need.patterns:
        return max(_longest(need, [day for day in days if day in pattern]) for pattern in need.patterns)
    return _longest(need, days)


def _longest(need: Need, days: Sequence[date]) -> int:
    if not days:
        return 0
    least, most = max(need.min_gap_days, 1), need.max_gap_days
    numbers = [day.toordinal() for day in days]
    if most is None:
        return _earliest_first(numbers, least, need.quota)
    best = [1] * len(numbers)  # visits of the longest chain that ends on this day
    for i, day in enumerate(numbers):
        before = (best[j] for j in range(bisect_right(numbers, day - least)) if day - numbers[j] <= most)
        best[i] = 1 + max(before, default=0)
    return min(max(best), need.quota)


def _earliest_first(numbers: Sequence[int], least: int, quota: int) -> int:
    """Without a largest gap the earliest day that may be is never worse."""
    count, last = 0, -least
    for day in numbers:
        if count < quota and (not count or day - last >= least):
            count, last = count + 1, day
    return count
