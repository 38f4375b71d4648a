"""A sheet brought into a register: sent, understood, looked at, written, taken back."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as AnyResponse

from outreach.domain.errors import InvalidValue, Unavailable
from outreach.domain.roles import Right, require
from outreach.domain.visits import IntakeState
from outreach.i18n import translate
from outreach.jobs import queue
from outreach.services.intake import columns, intakes, mending, pages
from outreach.services.intake.folders import Folder, folder_called, new_folder, tidy_file_name
from outreach.services.intake.kinds import KINDS, TIMETABLE, kind_called
from outreach.services.intake.pages import IntakeView
from outreach.services.intake.verdicts import read_groups
from outreach.services.registers.register import Register
from outreach.web.auth import allow, may_now
from outreach.web.numbers import whole
from outreach.web.session import after_commit, house
from outreach.web.uploads import takes_files

desk = Blueprint("intakes", __name__)

RIGHTS = (Right.EDIT_REGISTERS, Right.HANDLE_REQUESTS, Right.RECORD_VISITS)
LIST_SIZE = 20
# address of a part of the preview -> verdict
PARTS = {"sai": "wrong", "moi": "new", "sua": "changed", "giu": "same"}
NOTES = "luu-y"
LISTS = {"sites": "/diem"}  # where a register has a page of its own
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wishes of the plan that a timetable becomes."""

    name: str
    whole: bool = True  # the half-years it touches, else from its first to its last day


def _register(name: str) -> Register:
    register = kind_called(name)
    require(g.actor, register.write_right)
    return register


def _folder(view: IntakeView) -> Folder:
    return folder_called(house().settings, view.folder)


def _wake(job_id: int | None) -> None:
    home = house()
    after_commit(lambda: queue.enqueue(home, job_id, queue.Lane.SHORT))


def _to(intake_id: int) -> AnyResponse:
    return redirect(url_for("intakes.show", intake_id=intake_id), 303)


@desk.get("/nhap-bang")
@allow(*RIGHTS)
def index() -> str:
    """What can be brought in, and what was."""
    page = max(1, request.args.get("trang", 1, type=whole))
    rows, total = pages.list_intakes(g.session, g.actor, page=page, size=LIST_SIZE)
    return render_template(
        "intake/index.html",
        registers=[register for register in KINDS.values() if may_now(register.write_right)],
        rows=rows,
        page=page,
        size=LIST_SIZE,
        total=total,
    )


def _form(register: Register, errors: Mapping[str, str]) -> str:
    return render_template(
        "intake/upload.html",
        register=register,
        errors=errors,
        key_names=columns.names_of(columns.key_fields(register)),
    )


@desk.get("/nhap-bang/<register>")
@allow(*RIGHTS)
def choose(register: str) -> str:
    """Where a file is dropped, chosen or pasted."""
    return _form(_register(register), {})


@desk.post("/nhap-bang/<register>")
@allow(*RIGHTS)
@takes_files
def receive(register: str) -> AnyResponse:
    """Keep the file and have it read."""
    found = _register(register)
    file, text = request.files.get("file"), request.form.get("text", "")
    if not (file and file.filename) and not text.strip():
        error = translate("Chọn một tệp, hoặc dán bảng vào ô bên dưới.")
        return Response(_form(found, {"file": error}), 422)
    folder = _keep(file if file and file.filename else None, text)
    try:
        name = tidy_file_name(file.filename if file and file.filename else "")
        intake = intakes.start_intake(g.session, g.actor, found, file_name=name, folder=folder.path.name)
    except BaseException:
        folder.remove()
        raise
    _wake(intake.job_id)
    return _to(intake.id)


def _keep(file: FileStorage | None, text: str) -> Folder:
    """The file in a folder of its own."""
    folder = None
    try:
        folder = new_folder(house().settings)
        if file is not None:
            file.save(folder.source)
        else:
            folder.source.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        if folder is not None:
            folder.remove()
        raise Unavailable("Máy chủ không lưu được tệp. Xin xem ổ đĩa còn chỗ trống không rồi gửi lại.") from error
    return folder


@desk.get("/nhap-bang/lan/<int:intake_id>")
@allow(*RIGHTS)
def show(intake_id: int) -> str:
    """An intake in whatever state it is."""
    view = pages.view_of(g.session, g.actor, intake_id)
    if view.busy:
        return render_template("intake/progress.html", intake=view)
    if view.state is IntakeState.MAPPING:
        return _columns_page(view, chosen=view.mapping, clear=view.clear, errors={})
    if view.state is IntakeState.READY:
        return _preview(view)
    if view.state is IntakeState.FAILED:
        return render_template("intake/failed.html", intake=view)
    page = max(1, request.args.get("trang", 1, type=whole))
    rows, total = pages.changed_rows(g.session, view, page=page)
    return render_template(
        "intake/done.html",
        intake=view,
        rows=rows,
        total=total,
        page=page,
        size=pages.PAGE_ROWS,
        list_address=_list_of(view),
    )


def _list_of(view: IntakeView) -> str:
    """Where what was brought in is seen."""
    if view.register.name == TIMETABLE:
        return url_for("plans.show", plan_id=view.plan_id) if view.plan_id else url_for("plans.index")
    return LISTS.get(view.register.name, f"/danh-muc/{view.register.name}")


@desk.get("/nhap-bang/lan/<int:intake_id>/tien-do")
@allow(*RIGHTS)
def progress(intake_id: int) -> AnyResponse:
    """The changing part of the page that waits; sends the reader on when there is something to see."""
    view = pages.view_of(g.session, g.actor, intake_id)
    if view.busy:
        return make_response(render_template("intake/progress_part.html", intake=view))
    return Response("", 204, {"HX-Redirect": url_for("intakes.show", intake_id=intake_id)})


def _preview(view: IntakeView, *, wish: Wish | None = None, errors: Mapping[str, str] | None = None) -> str:
    counts = {part: view.counts.get(verdict, 0) for part, verdict in PARTS.items()}
    counts[NOTES] = view.counts.get("noted", 0)
    usual = next((part for part in ("sai", "sua", "moi", "giu") if counts[part]), "moi")
    part = request.args.get("xem", usual)
    part = part if part in counts else usual
    page = max(1, request.args.get("trang", 1, type=whole))
    folder = _folder(view)
    first = (page - 1) * pages.PAGE_ROWS
    groups = read_groups(folder) if part == NOTES else ()
    rows = [] if part == NOTES else pages.preview_rows(g.session, view, folder, PARTS[part], page=page)
    return render_template(
        "intake/preview.html",
        intake=view,
        counts=counts,
        part=part,
        rows=rows or groups[first : first + pages.PAGE_ROWS],
        total=len(groups) if part == NOTES else counts[part],
        page=page,
        size=pages.PAGE_ROWS,
        heading_of=mending.heading_of,
        mend_most=mending.ROWS_MOST,
        wish=wish or Wish(name=view.outline.name if view.outline else ""),
        errors=errors or {},
    )


def _columns_page(view: IntakeView, *, chosen: Mapping[int, str], clear: bool, errors: Mapping[str, str]) -> str:
    return render_template(
        "intake/columns.html",
        intake=view,
        columns=columns.columns_in(view.headings, _folder(view)),
        chosen=chosen,
        clear=clear,
        errors=errors,
        missing=columns.names_of(columns.missing(view.register, dict(chosen))),
    )


@desk.get("/nhap-bang/lan/<int:intake_id>/cot")
@allow(*RIGHTS)
def columns_of_sheet(intake_id: int) -> AnyResponse | str:
    """Which column is which field; also to change what was guessed."""
    view = pages.view_of(g.session, g.actor, intake_id)
    if view.state not in (IntakeState.MAPPING, IntakeState.READY):
        return _to(intake_id)
    return _columns_page(view, chosen=view.mapping, clear=view.clear, errors={})


@desk.post("/nhap-bang/lan/<int:intake_id>/cot")
@allow(*RIGHTS)
def choose_columns(intake_id: int) -> AnyResponse:
    """Take the choice and have the rows checked, or say what is wrong with it."""
    view = pages.view_of(g.session, g.actor, intake_id)
    names = {field.name for field in view.register.fields}
    chosen = {
        index: name
        for index in range(len(view.headings))
        if (name := request.form.get(f"c-{index}", "")) in names
    }  # fmt: skip
    clear = request.form.get("clear") == "1"
    try:
        intake = intakes.choose_columns(g.session, g.actor, intake_id, mapping=chosen, clear=clear)
    except intakes.WrongColumns as error:
        told = {fault.field: translate(fault.message, **fault.values) for fault in error.faults}
        return Response(_columns_page(view, chosen=chosen, clear=clear, errors=told), 422)
    _wake(intake.job_id)
    return _to(intake_id)


@desk.post("/nhap-bang/lan/<int:intake_id>/nhap")
@allow(*RIGHTS)
def write(intake_id: int) -> AnyResponse:
    """Have the rows written that the preview showed; a timetable becomes a plan of the name and days asked for."""
    wish = Wish(request.form.get("name", ""), whole=request.form.get("period") != "days")
    try:
        intake = intakes.ask_to_write(g.session, g.actor, intake_id, name=wish.name, whole=wish.whole)
    except InvalidValue as error:
        told = {error.field: translate(error.message, **error.values)}
        return Response(_preview(pages.view_of(g.session, g.actor, intake_id), wish=wish, errors=told), 422)
    _wake(intake.job_id)
    return _to(intake_id)


@desk.post("/nhap-bang/lan/<int:intake_id>/bo")
@allow(*RIGHTS)
def drop(intake_id: int) -> AnyResponse:
    """Leave it; nothing was written."""
    intake = intakes.drop(g.session, g.actor, intake_id)
    folder = folder_called(house().settings, intake.folder)
    after_commit(folder.remove)
    return redirect(url_for("intakes.choose", register=intake.register), 303)


@desk.get("/nhap-bang/lan/<int:intake_id>/hoan-tac")
@allow(*RIGHTS)
def ask_to_undo(intake_id: int) -> AnyResponse | str:
    """Say what undoing means."""
    view = pages.view_of(g.session, g.actor, intake_id)
    if view.state is not IntakeState.APPLIED:
        return _to(intake_id)
    return render_template("intake/undo.html", intake=view)


@desk.post("/nhap-bang/lan/<int:intake_id>/hoan-tac")
@allow(*RIGHTS)
def undo(intake_id: int) -> AnyResponse:
    """Have it taken back."""
    _wake(intakes.ask_to_undo(g.session, g.actor, intake_id).job_id)
    return _to(intake_id)


@desk.get("/nhap-bang/lan/<int:intake_id>/can-sua.xlsx")
@allow(*RIGHTS)
def to_mend(intake_id: int) -> AnyResponse:
    """The wrong rows as a sheet to mend and to send again."""
    view = pages.view_of(g.session, g.actor, intake_id)
    if view.state is not IntakeState.READY or not view.counts.get("wrong"):
        return _to(intake_id)
    sheet = mending.sheet_to_mend(_folder(view), view.register, headings=view.headings, mapping=view.mapping)
    name = translate("can-sua") + f"-{view.register.name}-{view.id}.xlsx"
    return Response(sheet, mimetype=SHEET, headers={"Content-Disposition": f'attachment; filename="{name}"'})
