"""The planners ours is measured against, each called as its makers advise, on the same instance and seconds."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from benchmarks.case import Answer, Case, Slot, Visit

FORBIDDEN = 10**7


def pyvrp(case: Case, *, seconds: float, seed: int) -> Answer:
    """Hybrid genetic search (PyVRP, MIT); vehicles that may not serve a visit have a profile with a dear way to it."""
    import pyvrp as library  # noqa: PLC0415 - only a child of the benchmark needs it
    from pyvrp.stop import MaxRuntime  # noqa: PLC0415

    scale = 1_000 if case.unit > 1 else 1
    visits, depots = len(case.visits), len(case.legs) - len(case.visits)
    order = [*range(visits, visits + depots), *range(visits)]
    legs = np.rint(case.legs[np.ix_(order, order)] * scale).astype(np.int64)
    locations = [library.Location(x=0, y=0) for _ in order]
    windows = [visit.window for visit in case.visits]
    clients = [
        library.Client(
            location=depots + v,
            delivery=[int(visit.demand)] if case.capacity else [],
            service_duration=round(visit.service * scale),
            **(
                {}
                if windows[v] is None
                else {"tw_early": int(windows[v][0] * scale), "tw_late": int(windows[v][1] * scale)}
            ),
        )
        for v, visit in enumerate(case.visits)
    ]
    classes = _classes(case)
    profiles = {frozenset(forbidden): i for i, forbidden in enumerate({key[1]: None for key in classes})}
    distances = [legs.copy() for _ in profiles]
    for forbidden, i in profiles.items():
        for v in forbidden:
            distances[i][:, depots + v] = FORBIDDEN * scale
        np.fill_diagonal(distances[i], 0)
    limits: dict[str, Any] = {} if case.limit == float("inf") else {"shift_duration": int(case.limit * scale)}
    if case.horizon < float("inf"):
        limits["tw_late"] = int(case.horizon * scale)
    types = [
        library.VehicleType(
            num_available=len(slots),
            capacity=[int(case.capacity[slots[0]])] if case.capacity else [],
            start_depot=depot,
            end_depot=depot,
            profile=profiles[forbidden],
            **limits,
        )
        for (depot, forbidden, _), slots in classes.items()
    ]
    data = library.ProblemData(
        locations,
        clients,
        [library.Depot(location=i) for i in range(depots)],
        types,
        distances,
        [legs for _ in profiles],
    )
    found = library.solve(data, MaxRuntime(seconds), seed=seed, display=False)
    free = [list(slots) for slots in classes.values()]
    routes = {
        free[route.vehicle_type()].pop(): [stop.idx for stop in route if stop.is_client()]
        for route in found.best.routes()
    }
    return Answer(routes, trace=tuple(_better(found.stats, scale)))


def _better(stats: Any, scale: int) -> Iterator[tuple[float, float]]:  # noqa: ANN401 - a PyVRP object
    """Seconds and cost of each better feasible plan, as PyVRP's statistics have them."""
    best = float("inf")
    for now, datum in zip(accumulate(stats.runtimes), stats, strict=True):
        if datum.best_feas and datum.best_cost < best:
            best = datum.best_cost
            yield round(now, 2), best / scale


def _classes(case: Case) -> dict[tuple[int, frozenset[int], float], list[int]]:
    """Slots that are alike: same depot, same visits they may not serve, same capacity."""
    may = [set(case.allowed(v)) for v in range(len(case.visits))]
    narrow = [v for v, slots in enumerate(may) if len(slots) < len(case.slots)]
    found: dict[tuple[int, frozenset[int], float], list[int]] = {}
    for k, slot in enumerate(case.slots):
        forbidden = frozenset(v for v in narrow if k not in may[v])
        found.setdefault((slot.depot, forbidden, case.capacity[k] if case.capacity else 0.0), []).append(k)
    return found


def vroom(case: Case, *, seconds: float, seed: int) -> Answer:  # noqa: ARG001 - it takes no seed
    """VROOM (BSD) at its deepest exploration; what a vehicle may serve is a skill. Its time limit is a soft one."""
    import vroom as library  # noqa: PLC0415

    visits = len(case.visits)
    skills: dict[tuple[int, ...], int] = {}
    may = [tuple(case.allowed(v)) for v in range(visits)]
    for slots in may:
        if len(slots) < len(case.slots):
            skills.setdefault(slots, len(skills) + 1)
    question = library.Input()
    question.set_durations_matrix("car", np.rint(case.legs).astype(np.uint32))
    for k, slot in enumerate(case.slots):
        depot = visits + slot.depot
        own = {skill for slots, skill in skills.items() if k in slots}
        question.add_vehicle(
            library.Vehicle(k, start=depot, end=depot, time_window=library.TimeWindow(0, int(case.limit)), skills=own)
        )
    for v, visit in enumerate(case.visits):
        need = {skills[may[v]]} if may[v] in skills else None
        question.add_job(library.Job(v, v, default_service=int(visit.service), skills=need))
    answer = question.solve(exploration_level=5, nb_threads=1, timeout=timedelta(seconds=seconds))
    jobs = answer.routes[answer.routes.type == "job"]
    routes: dict[int, list[int]] = {}
    for _, row in jobs.iterrows():
        routes.setdefault(int(row.vehicle_id), []).append(int(row.id))
    return Answer(routes)


def ortools(case: Case, *, seconds: float, seed: int) -> Answer:  # noqa: ARG001 - it takes no seed
    """OR-Tools' routing library (Apache-2.0) with parallel cheapest insertion and guided local search."""
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2  # noqa: PLC0415

    visits = len(case.visits)
    depots = [visits + slot.depot for slot in case.slots]
    manager = pywrapcp.RoutingIndexManager(len(case.legs), len(case.slots), depots, depots)
    model = pywrapcp.RoutingModel(manager)
    legs = np.rint(case.legs).astype(np.int64)
    model.SetArcCostEvaluatorOfAllVehicles(model.RegisterTransitMatrix(legs.tolist()))
    lasting = legs.copy()
    lasting[:visits] += np.array([round(visit.service) for visit in case.visits])[:, None]
    model.AddDimension(model.RegisterTransitMatrix(lasting.tolist()), 0, int(case.limit), True, "time")
    for v in range(visits):
        allowed = case.allowed(v)
        if len(allowed) < len(case.slots):
            # SetAllowedVehiclesForIndex raises a TypeError in 9.15
            model.VehicleVar(manager.NodeToIndex(v)).SetValues(allowed)
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.time_limit.FromMilliseconds(int(seconds * 1000))
    found = model.SolveWithParameters(parameters)
    routes: dict[int, list[int]] = {}
    for k in range(len(case.slots) if found else 0):
        index = found.Value(model.NextVar(model.Start(k)))
        while not model.IsEnd(index):
            routes.setdefault(k, []).append(manager.IndexToNode(index))
            index = found.Value(model.NextVar(index))
    return Answer(routes)


def two_phases(case: Case, *, seconds: float, seed: int) -> Answer:
    """What a planner without linked visits must do: days first by cheapest insertion, then PyVRP on each day."""
    days = sorted({slot.day for slot in case.slots})
    chosen = _patterns_by_insertion(case, days)
    routes: dict[int, Sequence[int]] = {}
    for day in days:
        slots = [k for k, slot in enumerate(case.slots) if slot.day == day]
        own = [v for v, pattern in enumerate(chosen) if day in pattern]
        if not own:
            continue
        rows = [*own, len(case.visits)]
        part = Case(
            case.name,
            case.variant,
            case.legs[np.ix_(rows, rows)],
            tuple(Slot(case.slots[k].vehicle, 0, 0) for k in slots),
            tuple(Visit(case.visits[v].service, case.visits[v].demand) for v in own),
            unit=case.unit,
            limit=case.limit,
            capacity=tuple(case.capacity[k] for k in slots),
        )
        found = pyvrp(part, seconds=seconds / len(days), seed=seed)
        routes.update({slots[k]: [own[v] for v in route] for k, route in found.routes.items()})
    return Answer(routes)


def _patterns_by_insertion(case: Case, days: Sequence[int]) -> list[frozenset[int]]:
    """Visits with much to carry first, each on the pattern whose days it lengthens least and does not overload."""
    depot = len(case.visits)
    tours: dict[int, list[int]] = {day: [] for day in days}
    room = {day: sum(case.capacity[k] for k, slot in enumerate(case.slots) if slot.day == day) for day in days}
    chosen: list[frozenset[int]] = [frozenset()] * len(case.visits)

    def detour(v: int, day: int) -> float:
        ring = [depot, *tours[day], depot]
        legs = case.legs
        return min(float(legs[a, v] + legs[v, b] - legs[a, b]) for a, b in pairwise(ring))

    for v in sorted(range(len(case.visits)), key=lambda v: -case.visits[v].demand * len(case.visits[v].patterns[0])):
        visit = case.visits[v]
        fitting = [p for p in visit.patterns if all(room[day] >= visit.demand for day in p)] or list(visit.patterns)
        chosen[v] = min(fitting, key=lambda pattern: sum(detour(v, day) for day in pattern))
        for day in chosen[v]:
            ring = [depot, *tours[day], depot]
            legs = case.legs
            at = min(
                range(len(ring) - 1), key=lambda i: legs[ring[i], v] + legs[v, ring[i + 1]] - legs[ring[i], ring[i + 1]]
            )
            tours[day].insert(at, v)
            room[day] -= visit.demand
    return chosen
