"""A problem looked over before anything is planned: what does not fit together is named, with what would be right."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from outreach.domain.errors import InvalidValue
from outreach.domain.times import DAY_S
from outreach.routing.expand import Horizon
from outreach.routing.problem import Need, Problem, Rhythm, Rules

PERCENT_MOST = 1_000


def validate(problem: Problem) -> None:
    """Raise InvalidValue for the first thing in `problem` that cannot be."""
    places = _unique("places", [place.id for place in problem.places])
    vehicles = problem.vehicles
    sites = _unique("sites", [site.id for site in problem.sites])
    _unique("vehicles", [vehicle.id for vehicle in vehicles])
    _unique("needs", [need.id for need in problem.needs])
    if not vehicles:
        raise InvalidValue("Cần ít nhất một xe", field="vehicles", value=0)
    _vehicles(problem, places)
    for i, member in enumerate(problem.staff):
        _known(f"staff[{i}].depot_id", member.depot_id, places)
    for i, site in enumerate(problem.sites):
        _known(f"sites[{i}].place_id", site.place_id, places)
        _between(f"sites[{i}].extra_set_up_s", site.extra_set_up_s, 0, DAY_S)
        for j, window in enumerate(site.windows):
            if not 0 <= window.start_s < window.end_s <= DAY_S:
                raise InvalidValue(
                    "{field}: giờ mở {value} giây phải trước giờ đóng {end} giây, trong cùng một ngày",
                    field=f"sites[{i}].windows[{j}].start_s",
                    value=window.start_s,
                    end=window.end_s,
                )
    _needs(problem, sites)
    if problem.travel is not None and not places <= set(problem.travel.place_ids):
        missing = sorted(places - set(problem.travel.place_ids))[0]
        raise InvalidValue(
            "{field}: thiếu nơi {value} trong bảng thời gian đi lại", field="travel.place_ids", value=missing
        )
    for i, place in enumerate(problem.lodgings):
        _known(f"lodgings[{i}]", place, places)
    _unique("lodgings", list(problem.lodgings))
    _rules(problem.rules)
    _pins(problem)
    _shares(problem)


def _vehicles(problem: Problem, places: set[str]) -> None:
    for i, vehicle in enumerate(problem.vehicles):
        _known(f"vehicles[{i}].depot_id", vehicle.depot_id, places)
        _between(f"vehicles[{i}].set_up_s", vehicle.set_up_s, 0, DAY_S)
        _between(f"vehicles[{i}].pack_up_s", vehicle.pack_up_s, 0, DAY_S)
        if vehicle.capacity is not None:
            _between(f"vehicles[{i}].capacity", vehicle.capacity, 0, 1_000_000_000)
        for j, loan in enumerate(vehicle.loans):
            _known(f"vehicles[{i}].loans[{j}].depot_id", loan.depot_id, places)
        for weekday in vehicle.weekdays:
            _between(f"vehicles[{i}].weekdays", weekday, 0, 6)
        for j, hours in enumerate(vehicle.hours):
            early, late = problem.rules.leave_earliest_s, problem.rules.return_latest_s
            early = early if hours.leave_earliest_s is None else hours.leave_earliest_s
            late = late if hours.return_latest_s is None else hours.return_latest_s
            _between(f"vehicles[{i}].hours[{j}].return_latest_s", late, early + 1, DAY_S)
            if hours.shift_max_s is not None:
                _between(f"vehicles[{i}].hours[{j}].shift_max_s", hours.shift_max_s, 3_600, DAY_S)


def _needs(problem: Problem, sites: set[str]) -> None:
    for i, need in enumerate(problem.needs):
        _known(f"needs[{i}].site_id", need.site_id, sites)
        _between(f"needs[{i}].load", need.load, 0, 1_000_000)
        for j, pattern in enumerate(need.patterns):
            _between(f"needs[{i}].patterns[{j}]", len(pattern), need.quota, need.quota)
        _between(f"needs[{i}].quota", need.quota, 1, 400)
        _between(f"needs[{i}].service_s", need.service_s, 0, DAY_S)
        _between(f"needs[{i}].priority", need.priority, 1, 5)
        _between(f"needs[{i}].min_gap_days", need.min_gap_days, 0, 10_000)
        if need.max_gap_days is not None:
            _between(f"needs[{i}].max_gap_days", need.max_gap_days, max(need.min_gap_days, 1), 10_000)
        if need.rhythm is not None:
            _rhythm(f"needs[{i}]", need, need.rhythm)


def _rhythm(field: str, need: Need, rhythm: Rhythm) -> None:
    """A rhythm goes with its need's gaps, and never with allowed sets of days."""
    _between(f"{field}.rhythm.weeks", rhythm.weeks, 1, 52)
    _between(f"{field}.min_gap_days", need.min_gap_days, 0, 7 * rhythm.weeks)
    if need.max_gap_days is not None:
        _between(f"{field}.max_gap_days", need.max_gap_days, 7 * rhythm.weeks, 10_000)
    if need.patterns:
        raise InvalidValue(
            "{field}: nhu cầu {value} đã có nhịp đều thì không có thêm các bộ ngày cho sẵn",
            field=f"{field}.patterns",
            value=need.id,
        )


def _pins(problem: Problem) -> None:
    needs, vehicles = {need.id for need in problem.needs}, {vehicle.id for vehicle in problem.vehicles}
    dated = {(pin.need_id, pin.day): pin for pin in problem.pins}
    for i, pin in enumerate(problem.pins):
        _known(f"pins[{i}].need_id", pin.need_id, needs)
        if pin.vehicle_id is not None:
            _known(f"pins[{i}].vehicle_id", pin.vehicle_id, vehicles)
        if dated[pin.need_id, pin.day] is not pin:
            raise InvalidValue(
                "{field}: nhu cầu {value} có hai ghim cho cùng một ngày", field=f"pins[{i}]", value=pin.need_id
            )
        _within(f"pins[{i}].day", pin.day, problem)
        _between(f"pins[{i}].from_s", pin.from_s or 0, 0, DAY_S)
        _between(f"pins[{i}].to_s", DAY_S if pin.to_s is None else pin.to_s, (pin.from_s or 0) + 1, DAY_S)
        if pin.day is None and (pin.turn or pin.after):
            raise InvalidValue("{field}: ghim thứ tự cần có ngày", field=f"pins[{i}].day", value=pin.need_id)
        before = dated.get((pin.after or "", pin.day))
        if pin.after and (before is None or before.vehicle_id != pin.vehicle_id or pin.vehicle_id is None):
            raise InvalidValue(
                "{field}: nhu cầu {value} phải được ghim vào cùng xe và cùng ngày",
                field=f"pins[{i}].after",
                value=pin.after,
            )
    told = {(one.need_id, one.day): one for one in problem.announced}
    for i, one in enumerate(problem.announced):
        _known(f"announced[{i}].need_id", one.need_id, needs)
        _known(f"announced[{i}].vehicle_id", one.vehicle_id, vehicles)
        _within(f"announced[{i}].day", one.day, problem)
        if told[one.need_id, one.day] is not one:
            raise InvalidValue(
                "{field}: nhu cầu {value} được báo hai lần trong cùng một ngày",
                field=f"announced[{i}]",
                value=one.need_id,
            )
    for i, frozen in enumerate(problem.frozen):
        _known(f"frozen[{i}].vehicle_id", frozen.vehicle_id, vehicles)
        _within(f"frozen[{i}].day", frozen.day, problem)
    _nights(problem)


def _nights(problem: Problem) -> None:
    """Frozen nights: at a lodging, between two frozen days on which the vehicle drives from the same base."""
    frozen = {(one.vehicle_id, one.day): i for i, one in enumerate(problem.frozen)}
    if not any(one.night_at for one in problem.frozen):
        return
    horizon = Horizon(problem)
    days = [(vd.vehicle.id, vd.day) for vd in horizon.vehicle_days]
    after = {days[k]: days[following] for k, following in horizon.nights.items()}
    for i, one in enumerate(problem.frozen):
        if one.night_at is None:
            continue
        _known(f"frozen[{i}].night_at", one.night_at, set(problem.lodgings))
        if after.get((one.vehicle_id, one.day)) not in frozen:
            raise InvalidValue(
                "{field}: ngày sau đêm {value} của xe cũng phải chạy và được giữ nguyên",
                field=f"frozen[{i}].night_at",
                value=one.night_at,
            )


def _within(field: str, day: date | None, problem: Problem) -> None:
    if day is not None and day not in problem.horizon:
        raise InvalidValue(
            "{field}: ngày {value} nằm ngoài kỳ {first} đến {last}",
            field=field,
            value=day,
            first=problem.horizon.first,
            last=problem.horizon.last,
        )


def _rules(rules: Rules) -> None:
    _between("rules.step_s", rules.step_s, 1, 3_600)
    _between("rules.shift_max_s", rules.shift_max_s, 3_600, DAY_S)
    _between("rules.return_latest_s", rules.return_latest_s, rules.leave_earliest_s + 1, DAY_S)
    if rules.stops_max is not None:
        _between("rules.stops_max", rules.stops_max, 1, 1_000)
    _between("rules.drivers_per_vehicle", rules.drivers_per_vehicle, 0, 100)
    _between("rules.librarians_per_vehicle", rules.librarians_per_vehicle, 0, 100)
    _between("rules.lunch_s", rules.lunch_s, 0, DAY_S)
    if rules.lunch_s:
        _between("rules.lunch_to_s", rules.lunch_to_s, rules.lunch_from_s + rules.lunch_s, DAY_S)


def _shares(problem: Problem) -> None:
    prices = problem.prices
    for name in ("balance_vehicles", "balance_weeks", "balance_days"):
        _between(f"prices.{name}", getattr(prices, name), 0, PERCENT_MOST)
    _between("prices.long_day_s", prices.long_day_s, 0, DAY_S)
    _between("prices.group_s", prices.group_s, 0, DAY_S)


def _unique(field: str, ids: Iterable[str]) -> set[str]:
    counts = Counter(ids)
    for value, count in counts.items():
        if count > 1:
            raise InvalidValue(
                "{field}: mã {value} đứng {count} lần; mỗi mã chỉ một lần", field=field, value=value, count=count
            )
    return set(counts)


def _known(field: str, value: str, known: set[str]) -> None:
    if value not in known:
        raise InvalidValue("{field}: không có mã {value}", field=field, value=value)


def _between(field: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise InvalidValue(
            "{field}: {value} phải từ {least} đến {most}", field=field, value=value, least=least, most=most
        )
