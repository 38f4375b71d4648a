"""`import` and `export`: lists in and out from the command line, through the very steps of the pages."""

import argparse
import shutil
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from outreach.cli.plans import opened
from outreach.domain.errors import InvalidValue, NotFound
from outreach.domain.roles import Actor
from outreach.domain.visits import IntakeState
from outreach.i18n import number, translate
from outreach.jobs.intakes import run_intake
from outreach.services import exports
from outreach.services.intake import columns, intakes, pages
from outreach.services.intake.folders import folder_called, new_folder, tidy_file_name
from outreach.services.intake.pages import IntakeView
from outreach.services.registers.catalogue import register_called
from outreach.services.registers.register import Register
from outreach.settings import Settings
from outreach.wiring import House

SHOWN = 20  # wrong rows that are told; the pages tell all
FORMATS = ("csv", "xlsx", "geojson")


def bring_in(settings: Settings, args: argparse.Namespace) -> int:
    """Read a sheet into a register; 0 when it is in (or would be), 1 when rows are wrong and stayed out."""
    register = register_called(args.kind)
    if not args.file.is_file():
        raise NotFound("Không có tệp {path}.", path=str(args.file))
    with opened(settings) as (house, actor):
        intake_id = _start(house, actor, register, args.file)
        view = _work(house, actor, intake_id)
        if args.map or view.state is IntakeState.MAPPING:
            view = _choose(house, actor, view, args)
        _tell_preview(house, actor, view)
        wrong = view.counts.get("wrong", 0)
        if args.dry_run or not view.writable or (wrong and not args.skip_wrong):
            _drop(house, actor, view)
            if wrong and view.writable and not args.dry_run:
                print(translate("Chưa nhập gì. Sửa những dòng trên, hoặc thêm --skip-wrong để nhập phần còn lại."))
            return 1 if wrong else 0
        with house.session(organisation_id=actor.organisation_id) as session:
            intakes.ask_to_write(session, actor, intake_id)
        view = _work(house, actor, intake_id)
        print(translate("Đã nhập {count} dòng.", count=number(view.writable)))
        return 1 if wrong else 0


def _start(house: House, actor: Actor, register: Register, path: Path) -> int:
    folder = new_folder(house.settings)
    try:
        shutil.copyfile(path, folder.source)
        with house.session(organisation_id=actor.organisation_id) as session:
            name = tidy_file_name(path.name)
            return intakes.start_intake(session, actor, register, file_name=name, folder=folder.path.name).id
    except BaseException:
        folder.remove()
        raise


def _view(house: House, actor: Actor, intake_id: int) -> IntakeView:
    with house.session(organisation_id=actor.organisation_id, write=False) as session:
        return pages.view_of(session, actor, intake_id)


def _work(house: House, actor: Actor, intake_id: int) -> IntakeView:
    """Do what a worker would do, here and now; raises InvalidValue with the sentence of a step that failed."""
    job_id = _view(house, actor, intake_id).job_id
    assert job_id is not None
    run_intake(house, job_id, organisation_id=actor.organisation_id, closing=threading.Event())
    view = _view(house, actor, intake_id)
    if view.state is IntakeState.FAILED or (view.error and view.state is IntakeState.READY):
        raise InvalidValue("{why}", field="file", why=view.error)
    return view


def _choose(house: House, actor: Actor, view: IntakeView, args: argparse.Namespace) -> IntakeView:
    said = columns.mapping_from_words(view.register, view.headings, args.map)
    # what was guessed stands, but for the columns and the fields that were spoken of
    guessed = {index: name for index, name in view.mapping.items() if index not in said and name not in said.values()}
    mapping = {index: name for index, name in {**guessed, **said}.items() if name}
    missing = columns.missing(view.register, mapping)
    if missing and not args.map:
        _drop(house, actor, view)
        raise InvalidValue(
            "Chưa thấy cột {names}. Nói cột nào là gì bằng --map “Tiêu đề=trường”; các trường: {known}",
            field="map",
            names=columns.names_of(missing),
            known=", ".join(field.name for field in view.register.fields),
        )
    with house.session(organisation_id=actor.organisation_id) as session:
        intakes.choose_columns(session, actor, view.id, mapping=mapping, clear=False)
    return _work(house, actor, view.id)


def _tell_preview(house: House, actor: Actor, view: IntakeView) -> None:
    counts = {name: number(view.counts.get(name, 0)) for name in ("new", "changed", "same", "wrong")}
    print(translate("{new} mới, {changed} sửa, {same} giữ nguyên, {wrong} sai", **counts))
    if view.unused:
        print(translate("Cột không dùng: {names}.", names=", ".join(view.unused)))
    folder = folder_called(house.settings, view.folder)
    with house.session(organisation_id=actor.organisation_id, write=False) as session:
        rows = pages.preview_rows(session, view, folder, "wrong", page=1)
    for row in rows[:SHOWN]:
        for line in row.lines:
            print(f"{translate('Dòng {row}', row=row.row)}, {line.heading}: {line.said}", file=sys.stderr)


def _drop(house: House, actor: Actor, view: IntakeView) -> None:
    """Leave the sheet; nothing was written."""
    with house.session(organisation_id=actor.organisation_id) as session:
        intakes.drop(session, actor, view.id)
    folder_called(house.settings, view.folder).remove()


def take_out(settings: Settings, args: argparse.Namespace) -> int:
    """Write a register to a file, or to the output; in the columns that an import reads."""
    register = register_called(args.kind)
    form = args.format or (args.output.suffix.lstrip(".").lower() if args.output else "csv")
    if form not in FORMATS:
        raise InvalidValue("Dạng tệp “{value}” không có; chọn csv, xlsx hoặc geojson.", field="format", value=form)
    with (
        opened(settings) as (house, actor),
        house.session(organisation_id=actor.organisation_id, write=False) as session,
    ):
        if form == "geojson" and not exports.has_points(register):
            raise NotFound("Danh sách này không có tọa độ nên không có tệp bản đồ.")
        if form == "geojson":
            pieces: Iterable[bytes] = exports.as_geojson(exports.register_features(session, actor, register))
        else:
            table = exports.register_table(session, actor, register)
            pieces = exports.as_csv(table) if form == "csv" else [exports.as_xlsx(table)]
        if args.output is None:
            _write(sys.stdout.buffer, pieces)
        else:
            with args.output.open("wb") as file:
                _write(file, pieces)
    return 0


def _write(file: IO[bytes], pieces: Iterable[bytes]) -> None:
    for piece in pieces:
        file.write(piece)
    file.flush()
