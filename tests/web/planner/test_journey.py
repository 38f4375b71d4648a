"""A planner's way through the pages, from an empty list to a published timetable."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from outreach.domain.roles import Actor, Role
from outreach.domain.visits import PlanState, RunState
from outreach.routing.solve import solve
from outreach.services import planning
from outreach.services.problems import build_problem
from outreach.store.fleet import Base
from outreach.store.jobs import Job
from outreach.store.plans import Plan
from outreach.store.runs import Run
from outreach.wiring import House
from tests.factories import make_site
from tests.web.conftest import Browser, Province

BEFORE = date(2027, 2, 1)


@dataclass(frozen=True)
class Planned:
    """The province with a timetable in its plan; `day` is one on which a bus drives."""

    plan_id: int
    day: date


@pytest.fixture
def planned(house: House, province: Province) -> Planned:
    actor = Actor(province.users[Role.PLANNER], province.organisation_id, Role.PLANNER, "Người xếp")
    with house.session(organisation_id=province.organisation_id) as session:
        base = session.scalars(select(Base)).one()
        make_site(session, base=base, name="Trường Tiểu học Đảo Xa", at=(12.2, 109.4), need=1, reached_by_road=False)
        problem = build_problem(session, province.plan_id, today=BEFORE)
        solution = solve(problem, seconds=2)
        planning.save_solution(session, province.plan_id, problem, solution, actor=actor)
        return Planned(province.plan_id, next(solution.tours()).day)


def version_of(house: House, province: Province) -> str:
    with house.session(organisation_id=province.organisation_id, write=False) as session:
        return str(session.get_one(Plan, province.plan_id).version)


def state_of(house: House, province: Province) -> PlanState:
    with house.session(organisation_id=province.organisation_id, write=False) as session:
        return session.get_one(Plan, province.plan_id).state


def test_a_new_plan_takes_its_name_from_the_half_year(planner: Browser, province: Province) -> None:
    form = planner.page("/ke-hoach/moi")
    choice = re.search(r'value="(\d{4}-\d)" checked', form)
    assert choice
    answer = planner.post("/ke-hoach/moi", {"choice": choice.group(1), "name": ""}, page="/ke-hoach/moi")
    assert answer.status_code == 303
    page = planner.page(answer.location)
    assert "Kế hoạch 6 tháng" in page
    assert "chưa có lịch" in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": "Hè", "first": "2027-07-10", "last": "2027-07-01"}, "Ngày cuối phải bằng hoặc sau ngày đầu."),
        ({"name": "Hè", "first": "", "last": "2027-07-01"}, "Chọn ngày đầu của kế hoạch."),
        ({"name": "", "first": "2027-07-01", "last": "2027-07-10"}, "Đặt tên cho kế hoạch"),
        ({"name": "Hai năm", "first": "2027-01-01", "last": "2028-12-31"}, "Kế hoạch dài nhất 400 ngày"),
    ],
)
def test_a_wrong_form_comes_back_with_what_was_typed(planner: Browser, typed: dict[str, str], said: str) -> None:
    answer = planner.post("/ke-hoach/moi", {"choice": "free", **typed}, page="/ke-hoach/moi")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert said in page
    assert 'role="alert"' in page
    for value in filter(None, typed.values()):
        assert f'value="{value}"' in page


def test_the_board_opens_the_week_asked_for_without_a_script(planner: Browser, planned: Planned) -> None:
    page = planner.page(f"/ke-hoach/{planned.plan_id}?tuan=2")
    assert page.count('aria-expanded="true"') == 1
    assert re.search(r'aria-expanded="true" data-week="2"', page)
    whole = planner.page(f"/ke-hoach/{planned.plan_id}?tuan=tat-ca")
    assert whole.count('aria-expanded="true"') == 4
    assert "Đảo Xa" in page


def test_a_week_is_sent_alone_to_be_put_in_its_place(planner: Browser, planned: Planned) -> None:
    opened = planner.page(f"/ke-hoach/{planned.plan_id}/tuan/1?mo=1")
    assert opened.strip().startswith('<tbody id="tuan-1"')
    assert 'class="visit' in opened
    assert 'class="visit' not in planner.page(f"/ke-hoach/{planned.plan_id}/tuan/1?mo=0")
    assert planner.get(f"/ke-hoach/{planned.plan_id}/tuan/9").status_code == 404


def test_the_day_lists_its_stops_beside_the_map(planner: Browser, planned: Planned) -> None:
    page = planner.page(f"/ke-hoach/{planned.plan_id}/ngay/{planned.day.isoformat()}")
    assert "mapframe" in page
    assert "Xuất phát" in page
    assert 'class="strip' in page
    empty = planned.day + timedelta(days=300)
    assert "không có xe nào chạy" in planner.page(f"/ke-hoach/{planned.plan_id}/ngay/{empty.isoformat()}")
    assert planner.get(f"/ke-hoach/{planned.plan_id}/ngay/hom-qua").status_code == 404


def test_unserved_and_figures_name_the_reason(planner: Browser, planned: Planned) -> None:
    assert "không có đường bộ từ cơ sở nào" in planner.page(f"/ke-hoach/{planned.plan_id}/chua-xep")
    figures = planner.page(f"/ke-hoach/{planned.plan_id}/so-lieu")
    assert "Không có đường bộ tới nơi" in figures
    assert "Xếp được 12 trong 13 buổi" in figures


def test_a_plan_is_submitted_approved_and_published(
    house: House, planner: Browser, province: Province, planned: Planned
) -> None:
    address = f"/ke-hoach/{planned.plan_id}"
    answer = planner.post(f"{address}/trinh", {"version": version_of(house, province)}, page=address)
    assert answer.status_code == 303
    assert state_of(house, province) is PlanState.SUBMITTED
    refused = planner.post(
        f"{address}/duyet", {"version": version_of(house, province), "number": "", "day": ""}, page=f"{address}/duyet"
    )
    assert refused.status_code == 422
    form = {"version": version_of(house, province), "number": "118/QĐ-TVT", "day": "2027-02-10"}
    assert planner.post(f"{address}/duyet", form, page=f"{address}/duyet").status_code == 303
    assert "Duyệt theo văn bản 118/QĐ-TVT, ngày 10/02/2027" in planner.page(address)
    confirm = planner.page(f"{address}/cong-bo")
    assert "8 điểm sẽ hiện trên trang công khai" in confirm
    form = {"version": version_of(house, province)}
    assert planner.post(f"{address}/cong-bo", form, page=f"{address}/cong-bo").status_code == 303
    assert state_of(house, province) is PlanState.PUBLISHED
    history = planner.page(f"{address}/nhat-ky")
    assert "118/QĐ-TVT" in history


def test_a_closed_plan_leads_to_a_new_one(house: House, planner: Browser, province: Province, planned: Planned) -> None:
    with house.session(organisation_id=province.organisation_id) as session:
        session.get_one(Plan, planned.plan_id).state = PlanState.CLOSED
    assert "đã đóng" in planner.page("/")
    for address in ("/", f"/ke-hoach/{planned.plan_id}"):
        assert 'href="/ke-hoach/moi"' in planner.page(address)


def test_a_plan_of_days_without_needs_has_nothing_to_run(planner: Browser, province: Province) -> None:
    form = {"choice": "free", "name": "Hè", "first": "2029-07-01", "last": "2029-07-10"}
    address = planner.post("/ke-hoach/moi", form, page="/ke-hoach/moi").location
    assert "chưa có gì để xếp" in planner.page(address)
    assert planner.get(f"{address}/xep").location == address


def test_a_stale_page_changes_nothing(house: House, planner: Browser, province: Province, planned: Planned) -> None:
    address = f"/ke-hoach/{planned.plan_id}"
    answer = planner.post(
        f"{address}/trinh", {"version": "1"}, page=address, headers={"Referer": f"http://localhost{address}?tuan=2"}
    )
    assert answer.status_code == 409
    assert f'href="{address}?tuan=2"' in answer.get_data(as_text=True)
    assert state_of(house, province) is PlanState.DRAFT


def test_a_submitted_plan_goes_back_to_draft_and_a_draft_away(
    house: House, planner: Browser, province: Province, planned: Planned
) -> None:
    address = f"/ke-hoach/{planned.plan_id}"
    planner.post(f"{address}/trinh", {"version": version_of(house, province)}, page=address)
    planner.post(f"{address}/mo-lai", {"version": version_of(house, province)}, page=address)
    assert state_of(house, province) is PlanState.DRAFT
    answer = planner.post(f"{address}/xoa", {"version": version_of(house, province)}, page=f"{address}/xoa")
    assert answer.status_code == 303
    assert planner.get(address).status_code == 404


def test_a_run_is_queued_watched_and_stopped(house: House, planner: Browser, province: Province) -> None:
    address = f"/ke-hoach/{province.plan_id}/xep"
    answer = planner.post(address, {"limit": "30"}, page=address)
    assert answer.status_code == 303
    run_page = answer.location
    assert "Đang chờ tới lượt" in planner.page(run_page)
    assert planner.get(address).location == run_page
    assert "đang xếp lịch" in planner.page(f"/ke-hoach/{province.plan_id}")
    with house.session(organisation_id=province.organisation_id) as session:
        run = session.get_one(Run, int(run_page.rsplit("/", 1)[1]))
        assert session.get_one(Job, run.job_id).kind
        run.state, run.phase, run.curve = RunState.RUNNING, "days", [[1.0, 7, 90_000, 5000], [2.0, 9, 80_000, 4000]]
        run.problem = {"wanted": 12, "sites": 8, "needs": 8, "vehicles": 1, "working_days": 20}
    live = planner.get(f"{run_page}/tien-do")
    assert live.status_code == 200
    assert "Dừng và giữ phương án này" in live.get_data(as_text=True)
    assert "Hạt giống 1, giới hạn 30 giây" in live.get_data(as_text=True)
    assert "chuẩn bị bộ tìm" not in live.get_data(as_text=True)
    with house.session(organisation_id=province.organisation_id) as session:
        session.get_one(Run, run.id).phase = "compiling"
    assert "chuẩn bị bộ tìm" in planner.page(f"{run_page}/tien-do")
    assert planner.post(f"{run_page}/dung", {"giu": "1"}, page=run_page).status_code == 303
    stopping = planner.page(run_page)
    assert "Đang dừng" in stopping
    assert "Dừng và giữ phương án này" not in stopping


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (RunState.DONE, "Đã xếp xong"),
        (RunState.CANCELLED, "Đã dừng và giữ phương án tốt nhất"),
        (RunState.DISCARDED, "Lịch trước đó của kế hoạch còn nguyên"),
        (RunState.FAILED, "Máy tính khởi động lại giữa chừng"),
    ],
)
def test_a_run_that_ended_stops_the_polling_and_says_what_is_safe(
    house: House, planner: Browser, province: Province, state: RunState, said: str
) -> None:
    with house.session(organisation_id=province.organisation_id) as session:
        run = Run(
            organisation_id=province.organisation_id, plan_id=province.plan_id, state=state,
            curve=[[1.0, 9, 80_000, 4000]], problem={"wanted": 12}, rounds=4_100_000, processes=3,
            versions={"outreach": "0.1.0", "numba": "0.68.1"},
            error="Máy tính khởi động lại giữa chừng." if state is RunState.FAILED else "",
        )  # fmt: skip
        session.add(run)
        session.flush()
        run_id = run.id
    answer = planner.get(f"/lan-xep/{run_id}/tien-do")
    assert answer.status_code == 286
    assert said in answer.get_data(as_text=True)
    assert "4.100.000 vòng tìm, 3 phép tìm cùng lúc<br>outreach 0.1.0, numba 0.68.1" in answer.get_data(as_text=True)
    assert "hx-get" not in planner.page(f"/lan-xep/{run_id}")


def test_the_first_page_greets_an_empty_and_a_planned_library(planner: Browser, planned: Planned) -> None:
    page = planner.page("/")
    assert "Hôm nay" in page
    assert "Độ phủ kỳ này" in page


def test_every_page_speaks_both_languages_without_a_missing_value(planner: Browser, planned: Planned) -> None:
    planner.client.set_cookie("outreach_language", "en")
    address = f"/ke-hoach/{planned.plan_id}"
    for path in ("/", "/ke-hoach", "/ke-hoach/moi", address, f"{address}/chua-xep", f"{address}/so-lieu",
                 f"{address}/nhat-ky", f"{address}/xep", f"{address}/ngay/{planned.day.isoformat()}"):  # fmt: skip
        assert "{" not in re.sub(r"<script.*?</script>|hx-headers='[^']*'|content='[^']*'", "", planner.page(path))


def test_a_driver_sees_the_plan_but_no_button_that_changes_it(browsers: dict[Role, Browser], planned: Planned) -> None:
    driver = browsers[Role.DRIVER]
    page = driver.page(f"/ke-hoach/{planned.plan_id}")
    assert "Trình duyệt" not in page
    assert "Xếp lại" not in page
    assert driver.get(f"/ke-hoach/{planned.plan_id}/xep").status_code == 403
