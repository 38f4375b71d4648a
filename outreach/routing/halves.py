"""The kernel's tables of needs with a beat: their windows in each half of the day, and the open days of each beat."""

from collections.abc import Sequence
from datetime import date

import numpy as np

from outreach.domain.times import TimeWindow
from outreach.routing.expand import Horizon
from outreach.routing.kernel.world import NOWHERE, Array
from outreach.routing.rhythm import Half, cut, has_beat


def halve(horizon: Horizon, hours: Array, rows: dict[tuple[TimeWindow, ...], int]) -> None:
    """Cut the windows of needs with a beat to each half of the day."""
    uncut, known = list(rows), dict[tuple[Half | None, int, int], int]()
    numbers = {need.id: u for u, need in enumerate(horizon.problem.needs)}
    for f in range(len(numbers), len(horizon.forms)):
        form = horizon.forms[f]
        need = horizon.needs[form.need_id]
        for k, row in enumerate(hours[numbers[need.id]].tolist()):
            key = (form.half, need.service_s, row)
            if row != NOWHERE and key not in known:
                windows = cut(uncut[row], form.half, need, horizon.rules)
                known[key] = rows.setdefault(windows, len(rows)) if windows else NOWHERE
            hours[f, k] = NOWHERE if row == NOWHERE else known[key]


def beats_of(horizon: Horizon, days: Sequence[date]) -> tuple[Array, dict[str, tuple[int, int, int]]]:
    """The open days of all beats one after the other, and by need where its mornings, afternoons and end are."""
    numbers = {day: d for d, day in enumerate(days)}
    table: list[int] = []
    places: dict[str, tuple[int, int, int]] = {}
    known: dict[tuple[tuple[Half, tuple[date, ...]], ...], tuple[int, int, int]] = {}
    for need in horizon.problem.needs:
        if not has_beat(need):
            continue
        beats = tuple((beat.half, beat.days) for beat in horizon.beats(need).values())
        if beats not in known:
            ends = [len(table)]
            for half in Half:
                for own, open_days in beats:
                    table += [*(numbers[day] for day in open_days), NOWHERE] if own is half else []
                ends.append(len(table))
            known[beats] = (ends[0], ends[1], ends[2])
        places[need.id] = known[beats]
    return np.array(table, dtype=np.int32), places


def needs_of_forms(horizon: Horizon) -> Array:
    """[form] the need of each."""
    numbers = {need.id: u for u, need in enumerate(horizon.problem.needs)}
    return np.array([numbers[form.need_id] for form in horizon.forms], dtype=np.int32)
