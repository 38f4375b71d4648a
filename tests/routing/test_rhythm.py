"""Regular rhythm: one weekday, one half-day, every so many weeks, as a rule and as a wish."""

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outreach.domain.errors import InvalidValue
from outreach.domain.times import Period
from outreach.routing.checks import _Judge, check
from outreach.routing.disruptions import VehicleAway
from outreach.routing.draft import Desk
from outreach.routing.expand import Horizon
from outreach.routing.formats import problem_from_json, problem_to_json
from outreach.routing.kernel.world import UNIT
from outreach.routing.mending import mend
from outreach.routing.objective import Prices
from outreach.routing.problem import Absence, Need, Pin, Problem, Rhythm, Rules, SiteWindow
from outreach.routing.redraft import draft_of, forms_of, rounds_of
from outreach.routing.replan import replan
from outreach.routing.rhythm import Half, half_of, noon_of
from outreach.routing.rhythm_check import RhythmJudge
from outreach.routing.search import Budget, Search
from outreach.routing.solution import Hurdle, ReasonCode, RuleName, Solution, Stop, Tour
from outreach.routing.solve import solve
from outreach.routing.validate import validate
from tests.routing.near import opened, planned
from tests.routing.small import AFTERNOON, MONDAY, MORNING, H, need, problem, site
from tests.routing.test_properties import provinces

STEADY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
EVERY_WEEK = Rhythm(1, rule=True)
EVERY_OTHER = Rhythm(2, rule=True)
MONDAYS = (replace(MORNING, weekdays=frozenset({0})), replace(AFTERNOON, weekdays=frozenset({0})))


def march(day: int) -> date:
    """The horizon of these tests begins on Monday, 1 March."""
    return MONDAY + timedelta(days=day - 1)


def closed(*days: int) -> tuple[Absence, ...]:
    return tuple(Absence(Period(march(day), march(day))) for day in days)


def visits(solution: Solution, need_id: str = "need a") -> list[tuple[date, Half]]:
    found = [(tour.day, half_of(stop.start_s, Rules())) for tour, stop in solution.stops() if stop.need_id == need_id]
    return sorted(found)


def one_school(*, windows: tuple[SiteWindow, ...] = MONDAYS, blocked: tuple[int, ...] = (), days: int = 46) -> Problem:
    return problem(
        {"base": 0, "a": 10},
        sites=[site("a", windows=windows, blocked=closed(*blocked))],
        needs=[need("a", quota=3, rhythm=EVERY_OTHER)],
        days=days,
    )


def test_closed_day_is_passed_over_and_the_others_keep_the_beat():
    """Mondays from 1 March; the 8th, 22nd, 36th are closed, so is the 15th: the 1st, 29th and 43rd remain."""
    solution = solve(one_school(blocked=(8, 15, 22, 36)), rounds=300)
    assert [day for day, _ in visits(solution)] == [march(1), march(29), march(43)]
    assert len({half for _, half in visits(solution)}) == 1


def busy_morning(*, rhythm: Rhythm | None) -> Problem:
    """Two Mondays. On the second one the only bus spends the morning at b, which is worth more."""
    only = SiteWindow(MORNING.start_s, MORNING.end_s, frozenset({0}), march(8), march(8))
    early = (MONDAYS[0], replace(MONDAYS[1], first=march(8)))
    return problem(
        {"base": 0, "a": 10, "b": -10},
        sites=[site("a", windows=early), site("b", windows=(only,))],
        needs=[need("a", quota=2, rhythm=rhythm, priority=1), need("b", priority=5)],
        days=12,
    )


def test_visits_stay_in_one_half_of_the_day():
    """On 1 March a is open in the morning only, on the 8th only its afternoon is free: one visit, and why."""
    free = solve(busy_morning(rhythm=None), rounds=300)
    assert visits(free) == [(march(1), Half.MORNING), (march(8), Half.AFTERNOON)]
    asked = busy_morning(rhythm=EVERY_WEEK)
    ruled = solve(asked, rounds=300)
    assert len(visits(ruled)) == 1
    (missed,) = ruled.unserved
    assert missed.missing == 1
    assert {reason.code for reason in missed.reasons} & {ReasonCode.RHYTHM, ReasonCode.FULL, ReasonCode.TIME}


def test_wish_gives_way_to_a_visit_and_is_kept_where_it_costs_less():
    """A visit off the beat is better than none; at no price the cheaper day wins, at a price the beat does."""
    wished = solve(busy_morning(rhythm=Rhythm(1)), rounds=300)
    assert visits(wished) == [(march(1), Half.MORNING), (march(8), Half.AFTERNOON)]
    # b is on Tuesday 2 March and on Wednesday 10 March: on those days a lies on the way
    on = [SiteWindow(13 * H, 17 * H, frozenset({w}), march(d), march(d)) for w, d in ((1, 2), (2, 10))]
    asked = problem(
        {"base": 0, "a": 10, "b": 10},
        sites=[site("a"), site("b", windows=on)],
        needs=[need("a", quota=2, rhythm=Rhythm(1), min_gap_days=5), need("b", quota=2)],
        days=12,
    )
    cheap = solve(replace(asked, prices=Prices(off_beat_s=0)), rounds=1_000)
    dear = solve(replace(asked, prices=Prices(off_beat_s=20_000)), rounds=1_000)
    assert [day for day, _ in visits(cheap)] == [march(2), march(10)]
    (first, half), (second, other) = visits(dear)
    assert (second - first).days == 7
    assert half is other
    assert sum(tour.drive_s for tour in dear.tours()) > sum(tour.drive_s for tour in cheap.tours())


def test_visit_of_a_series_may_be_missing_and_says_why():
    """Three Mondays every other week; on the 15th the bus is at a more urgent site all day: two visits, not none."""
    only = SiteWindow(8 * H, 16 * H, frozenset({0}), march(15), march(15))
    asked = problem(
        {"base": 0, "a": 10, "b": -60},
        sites=[site("a", windows=MONDAYS, blocked=closed(8, 22)), site("b", windows=(only,))],
        needs=[need("a", quota=3, rhythm=EVERY_OTHER, priority=1), need("b", service_s=8 * H, priority=5)],
        days=30,
        rules=Rules(lunch_s=0),
    )
    solution = solve(asked, rounds=500)
    assert [day for day, _ in visits(solution)] == [march(1), march(29)]
    (missed,) = solution.unserved
    assert (missed.need_id, missed.missing, missed.reasons[0].code) == ("need a", 1, ReasonCode.FULL)


def test_day_off_the_beat_is_named():
    """Two Mondays in step are taken; on every other day the rhythm alone is in the way of the third visit."""
    asked = one_school(windows=(MORNING,), days=19)
    solution = solve(asked, rounds=300)
    (missed,) = solution.unserved
    assert len(visits(solution)) == 2
    assert missed.reasons[0].code is ReasonCode.RHYTHM
    assert dict(missed.reasons[0].details)["weeks"] == 2


def moved(solution: Solution, i: int, *, days: int = 0, seconds: int = 0) -> Solution:
    """The one visit of trip `i` on another day, or later."""
    (tour,) = solution.trips[i].tours
    (stop,) = tour.stops
    later = replace(
        stop, **{name: getattr(stop, name) + seconds for name in ("arrive_s", "start_s", "end_s", "depart_s")}
    )
    new = replace(
        tour,
        day=tour.day + timedelta(days=days),
        leave_s=tour.leave_s + seconds,
        return_s=tour.return_s + seconds,
        stops=(later,),
    )
    trips = list(solution.trips)
    trips[i] = replace(trips[i], tours=(new,))
    return replace(solution, trips=tuple(trips))


def test_judge_names_other_weekday_other_half_and_a_series_too_long():
    """From a sound plan of three mornings: one visit a day later, one in the afternoon, one two weeks too late."""
    asked = replace(one_school(windows=(MORNING, AFTERNOON), days=75), pins=(Pin("need a", to_s=12 * H),))
    solution = solve(asked, rounds=300)
    assert check(asked, solution) == ()
    for spoilt, amount in (
        (moved(solution, 1, days=1), 1),
        (moved(solution, 2, seconds=6 * H), 1),
        (moved(solution, 2, days=14), 1),
        (moved(moved(solution, 0, days=1), 1, days=2), 2),
    ):
        found = [breach for breach in check(replace(asked, pins=()), spoilt) if breach.rule is RuleName.WRONG_RHYTHM]
        assert [(breach.where, breach.amount) for breach in found] == [("need a", amount)]
    assert {b.rule for b in check(replace(asked, pins=()), moved(solution, 1, days=1))} == {RuleName.WRONG_RHYTHM}


def test_noon_is_the_middle_of_the_lunch_hours():
    """11:00 to 13:30 gives 12:15; without lunch it is 12:00; always a full step."""
    assert noon_of(Rules()) == 12 * H + 900
    assert noon_of(Rules(lunch_s=0)) == 12 * H
    assert noon_of(Rules(step_s=1200)) == 12 * H + 1200
    assert half_of(12 * H + 899, Rules()) is Half.MORNING
    assert half_of(12 * H + 900, Rules()) is Half.AFTERNOON


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"rhythm": Rhythm(0)}, "needs[0].rhythm.weeks"),
        ({"rhythm": Rhythm(53)}, "needs[0].rhythm.weeks"),
        ({"rhythm": Rhythm(1), "min_gap_days": 8}, "needs[0].min_gap_days"),
        ({"rhythm": Rhythm(2), "max_gap_days": 13}, "needs[0].max_gap_days"),
        ({"rhythm": Rhythm(2), "patterns": (frozenset({MONDAY}),)}, "needs[0].patterns"),
    ],
)
def test_rhythm_that_cannot_be_is_named(changes, field):
    """The field that does not go with the rhythm."""
    asked = problem({"base": 0, "a": 10}, sites=[site("a")], needs=[need("a", **changes)])
    with pytest.raises(InvalidValue) as error:
        validate(asked)
    assert error.value.field == field


def test_rhythm_survives_json_and_may_be_left_out():
    """Written and read back; a problem of before reads as one without."""
    asked = one_school()
    written = problem_to_json(asked)
    assert problem_from_json(written).needs == asked.needs
    del written["needs"][0]["rhythm"]
    assert problem_from_json(written).needs[0].rhythm is None


def test_a_day_planned_again_keeps_the_beat():
    """The middle Monday is planned again with one more school: a stays on its Monday and in its half."""
    asked = problem(
        {"base": 0, "a": 10, "b": 12},
        sites=[site("a"), site("b")],
        needs=[need("a", quota=3, rhythm=EVERY_OTHER), need("b", priority=5)],
        days=33,
    )
    plan = solve(replace(asked, needs=asked.needs[:1]), rounds=300)
    middle = list(plan.tours())[1]
    open_again = replace(plan, unserved=solve(asked, rounds=1).unserved)
    found = replan(asked, open_again, [("bus", middle.day)], needs=["need b"])
    assert check(asked, found) == ()
    assert visits(found) == visits(plan)
    assert [day for day, _ in visits(found, "need b")] == [middle.day]


@st.composite
def rhythmic(draw: st.DrawFn) -> Problem:
    """A small province of five weeks where most needs have a rhythm."""
    asked = draw(provinces())
    return replace(
        asked,
        horizon=Period(MONDAY, MONDAY + timedelta(days=34)),
        needs=tuple(with_rhythm(wanted, draw(st.sampled_from(RHYTHMS))) for wanted in asked.needs),
    )


RHYTHMS = (None, Rhythm(1), Rhythm(2), EVERY_WEEK, EVERY_WEEK, EVERY_OTHER, EVERY_OTHER)


def with_rhythm(wanted: Need, rhythm: Rhythm | None) -> Need:
    most = wanted.max_gap_days and max(wanted.max_gap_days, 7 * rhythm.weeks if rhythm else 0)
    return replace(wanted, rhythm=rhythm, max_gap_days=most)


@STEADY
@given(rhythmic(), st.sampled_from([1, 2_000]))
def test_every_series_is_on_its_beat(asked, rounds):
    """The judge is content, and every rhythm that is a rule has one weekday, one half and whole steps."""
    solution = solve(asked, rounds=rounds)
    assert check(asked, solution) == ()
    made = defaultdict[str, list[tuple[Tour, Stop]]](list)
    for tour, stop in solution.stops():
        made[stop.need_id].append((tour, stop))
    for wanted in asked.needs:
        if wanted.rhythm and wanted.rhythm.rule and wanted.quota > 1:
            step = 7 * wanted.rhythm.weeks
            assert len({tour.day.toordinal() % step for tour, _ in made[wanted.id]}) <= 1
            assert len({half_of(stop.start_s, asked.rules) for _, stop in made[wanted.id]}) <= 1


@STEADY
@given(rhythmic())
def test_search_and_draft_price_rhythms_alike(asked):
    """All but driving and working costs the kernel what it costs the draft, tours put together anew or not."""
    horizon = Horizon(asked)
    search = Search(horizon, seed=1)
    search.run(Budget(1_500), hot_s=2_000.0, look=lambda _: None)
    desk = Desk(horizon)
    for _ in range(2):
        draft = draft_of(desk, {k: [horizon.forms[f] for f in order] for k, order in search.best_rounds().items()})
        search.back_to_best()
        tours = search.world["tour"]["cost"].sum() / UNIT
        ours = draft.price - sum(found.price for found in draft.rounds.values())
        assert ours == pytest.approx(search.best_price - tours)
        assert tours <= sum(found.price for found in draft.rounds.values()) + 0.01
        assert forms_of(draft) == search.best_rounds()
        search.recombine(seconds=1.0)


@STEADY
@given(rhythmic())
def test_open_days_of_the_planner_are_those_of_the_judge(asked):
    """Both find for themselves on which days a visit could be made in which half."""
    horizon, judge = Horizon(asked), RhythmJudge(_Judge(asked))
    for wanted in asked.needs:
        if wanted.rhythm is None:
            continue
        ours = {(day, half) for (half, _), beat in horizon.beats(wanted).items() for day in beat.days}
        theirs = {
            (day, half)
            for day in asked.horizon.days()
            for half in Half
            if judge.could_be_visited(wanted, day, noon_of(asked.rules), morning=half is Half.MORNING)
        }
        assert ours == theirs


@STEADY
@given(rhythmic())
def test_plan_read_back_is_no_dearer(asked):
    """A plan taken over has its visits on the beat it has, and goes on from there."""
    plan = solve(asked, rounds=500)
    desk = Desk(Horizon(asked))
    again = draft_of(desk, rounds_of(desk, plan))
    assert check(asked, replace(again.solution(seed=1, ending=plan.ending), unserved=plan.unserved)) == ()
    further = solve(asked, rounds=1, start=plan)
    assert sum(1 for _ in further.stops()) >= sum(1 for _ in plan.stops())


@STEADY
@given(rhythmic())
def test_near_miss_of_a_rhythm_is_proven(asked):
    """Without its rhythm the judge lets the visit in where the near miss says, and with it nowhere."""
    plan = planned(asked)
    for missed in plan.unserved:
        wanted = next(one for one in asked.needs if one.id == missed.need_id)
        for miss in missed.nearest:
            if miss.rule is Hurdle.RHYTHM:
                assert opened(asked, plan, miss, wanted)
                assert not opened(asked, plan, miss, wanted, less=1)


def test_mended_plan_keeps_the_beat():
    """Every other Monday or so; the bus is away on the day of the second visit: the others stay on their beat."""
    asked = problem(
        {"base": 0, "a": 10, "b": 12},
        sites=[site("a"), site("b")],
        needs=[need("a", quota=3, rhythm=EVERY_OTHER), need("b")],
        days=47,
    )
    plan = solve(asked, rounds=300)
    second = sorted(visits(plan))[1][0]
    mended = mend(asked, plan, [VehicleAway("bus", Period(second, second))], today=MONDAY, rounds=300).solution
    days = [day for day, _ in visits(mended)]
    assert second not in days
    assert len({day.toordinal() % 14 for day in days}) == 1
    assert len(days) >= 2
