"""One day as an exact model for CP-SAT: a circuit with stops that may fall away, hours, lunch and shift.

It shares nothing with the planner but the problem; its own times are what the judge sees.
"""

from collections.abc import Callable

from ortools.sat.python import cp_model

from benchmarks.day import DayAnswer, DayCase
from benchmarks.table import PROVEN
from outreach.routing.problem import Need, Problem, Site, Vehicle
from outreach.routing.solution import Solution, Stop, Tour, Trip, Unserved

Value = Callable[[cp_model.LinearExprT], int]  # of an expression in the day that was found


def cp_sat(case: DayCase, *, seconds: float, seed: int) -> DayAnswer:
    """The best day CP-SAT finds with one worker, and whether it is proven the best or how cheap one might be."""
    model = _Exact(cp_model.CpModel(), case.problem)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    status = solver.solve(model.model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return DayAnswer(case.nothing, "no day found")
    note = PROVEN if status == cp_model.OPTIMAL else f"bound {solver.best_objective_bound:,.0f}"
    return DayAnswer(model.solution(solver.value), note)


class _Exact:
    """The model; one method a rule. Node 0 is the base, node i the i-th need."""

    def __init__(self, model: cp_model.CpModel, problem: Problem) -> None:
        self.model, self.problem, self.rules = model, problem, problem.rules
        assert problem.travel is not None
        self.travel = problem.travel
        self.vehicle: Vehicle = problem.vehicles[0]
        self.sites: dict[str, Site] = {site.id: site for site in problem.sites}
        self.numbers = range(1, len(problem.needs) + 1)
        places = (self.vehicle.depot_id, *(self.sites[need.site_id].place_id for need in problem.needs))
        self.rows = [self.travel.index[place] for place in places]
        self.legs: list[list[int]] = self.travel.seconds[self.rows][:, self.rows].tolist()
        latest = self.rules.return_latest_s
        self.leave = model.new_int_var(self.rules.leave_earliest_s, latest, "leave")
        self.back = model.new_int_var(self.rules.leave_earliest_s, latest, "back")
        self.arrive = {i: model.new_int_var(0, latest, f"arrive {i}") for i in self.numbers}
        self.depart = {i: model.new_int_var(0, latest, f"depart {i}") for i in self.numbers}
        self.start = {
            i: model.new_int_var_from_domain(cp_model.Domain.from_values(self.starts(need)), f"start {i}")
            for i, need in zip(self.numbers, problem.needs, strict=True)
        }
        self.made = {i: model.new_bool_var(f"made {i}") for i in self.numbers}
        self.arcs = self.round_trip()
        self.time_passes()
        self.lunch_is_had()
        model.add(self.back - self.leave <= self.rules.shift_max_s)
        model.add(self.driving() <= self.rules.drive_max_s)
        model.minimize(self.driving() + sum(self.price(i) * (1 - self.made[i]) for i in self.numbers))

    def need(self, i: int) -> Need:
        """The need of node `i`."""
        return self.problem.needs[i - 1]

    def starts(self, need: Need) -> list[int]:
        """Full steps from which the whole service lies inside a window."""
        step = self.rules.step_s
        return [
            start
            for window in self.sites[need.site_id].windows
            for start in range(-(-window.start_s // step) * step, window.end_s - need.service_s + 1, step)
        ]

    def price(self, i: int) -> int:
        """What leaving out node `i` costs."""
        need = self.need(i)
        return self.problem.prices.of_missing(need, self.sites[need.site_id], self.problem.horizon.first)

    def round_trip(self) -> dict[tuple[int, int], cp_model.IntVar]:
        """One circuit through the base and every stop made; the others loop upon themselves."""
        nodes = (0, *self.numbers)
        arcs = {(i, j): self.model.new_bool_var(f"{i} {j}") for i in nodes for j in nodes if i != j}
        loops = [(i, i, ~self.made[i]) for i in self.numbers]
        idle = self.model.new_bool_var("idle")
        self.model.add_circuit([*((i, j, arc) for (i, j), arc in arcs.items()), *loops, (0, 0, idle)])
        for i in self.numbers:
            self.model.add_implication(idle, ~self.made[i])
        return arcs

    def driving(self) -> cp_model.LinearExprT:
        """Seconds of driving."""
        return sum(self.legs[i][j] * arc for (i, j), arc in self.arcs.items())

    def set_up_s(self, i: int) -> int:
        """Seconds of setting up at node `i`."""
        return self.vehicle.set_up_s + self.sites[self.need(i).site_id].extra_set_up_s

    def time_passes(self) -> None:
        """Nobody is anywhere before the road, the handling and the service are over."""
        for (i, j), arc in self.arcs.items():
            before = self.depart[i] if i else self.leave
            after = self.arrive[j] if j else self.back
            self.model.add(after >= before + self.legs[i][j]).only_enforce_if(arc)
        for i in self.numbers:
            done = self.start[i] + self.need(i).service_s + self.vehicle.pack_up_s
            self.model.add(self.start[i] >= self.arrive[i] + self.set_up_s(i))
            self.model.add(self.depart[i] >= done).only_enforce_if(self.made[i])

    def lunch_is_had(self) -> None:
        """Whoever is out from before the lunch hours till after them has a whole break, before or after a service."""
        rules, model = self.rules, self.model
        self.lunch = model.new_int_var(rules.lunch_from_s, rules.lunch_to_s - rules.lunch_s, "lunch")
        before = {i: model.new_bool_var(f"lunch before {i}") for i in self.numbers}
        after = {i: model.new_bool_var(f"lunch after {i}") for i in self.numbers}
        for i in self.numbers:
            model.add_implication(before[i], self.made[i])
            model.add_implication(after[i], self.made[i])
            model.add(self.lunch >= self.arrive[i]).only_enforce_if(before[i])
            model.add(self.start[i] >= self.lunch + rules.lunch_s + self.set_up_s(i)).only_enforce_if(before[i])
            done = self.start[i] + self.need(i).service_s + self.vehicle.pack_up_s
            model.add(self.lunch >= done).only_enforce_if(after[i])
            model.add(self.depart[i] >= self.lunch + rules.lunch_s).only_enforce_if(after[i])
        late, early = model.new_bool_var("leaves late"), model.new_bool_var("is back early")
        model.add(self.leave >= rules.lunch_from_s).only_enforce_if(late)
        model.add(self.back <= rules.lunch_to_s).only_enforce_if(early)
        self.had = sum(before.values()) + sum(after.values())
        model.add_exactly_one([late, early, *before.values(), *after.values()])

    def solution(self, value: Value) -> Solution:
        """The day that was found, with the times the model gave it."""
        order, here = [], 0
        while following := [j for (i, j), arc in self.arcs.items() if i == here and value(arc)]:
            if not (here := following[0]):
                break
            order.append(here)
        missed = tuple(Unserved(self.need(i).id, 1, ()) for i in self.numbers if not value(self.made[i]))
        if not order:
            return Solution((), missed)
        stops = tuple(self.stop(i, here, value) for here, i in zip((0, *order), order, strict=False))
        lunch = value(self.lunch) if value(self.had) else None
        tour = Tour(
            vehicle_id=self.vehicle.id,
            day=self.problem.horizon.first,
            start_place_id=self.vehicle.depot_id,
            end_place_id=self.vehicle.depot_id,
            leave_s=value(self.leave),
            return_s=value(self.back),
            stops=stops,
            drive_s=value(self.driving()),
            distance_m=sum(stop.distance_m for stop in stops) + self.metres(order[-1], 0),
            lunch_start_s=lunch,
            lunch_end_s=None if lunch is None else lunch + self.rules.lunch_s,
        )
        return Solution((Trip(self.vehicle.id, (tour,)),), missed)

    def metres(self, i: int, j: int) -> int:
        """Metres between two nodes."""
        return int(self.travel.metres[self.rows[i], self.rows[j]])

    def stop(self, i: int, here: int, value: Value) -> Stop:
        """Node `i`, driven to from `here`."""
        start = value(self.start[i])
        return Stop(
            need_id=self.need(i).id,
            site_id=self.need(i).site_id,
            arrive_s=value(self.arrive[i]),
            start_s=start,
            end_s=start + self.need(i).service_s,
            depart_s=value(self.depart[i]),
            drive_s=self.legs[here][i],
            distance_m=self.metres(here, i),
        )
