"""The verbs of every register: list, get, create, change, delete."""

from typing import Any

from apiflask import APIBlueprint
from flask import Response, g, request

from outreach.domain.errors import StaleEdit
from outreach.i18n import translate
from outreach.services.registers.editing import Saved, delete_record, record_of
from outreach.services.registers.lookups import Lookups
from outreach.services.registers.register import Record, Register
from outreach.services.registers.walk import lies_on_days, portion
from outreach.services.visit_counts import counted
from outreach.web.api.answers import after_cursor, paged, versioned, wanted_version
from outreach.web.api.asked import (
    DayListAsked,
    ListAsked,
    ListHeaders,
    MadeHeaders,
    MaybeAgain,
    MaybeKnown,
    RowHeaders,
    Version,
    VisitListAsked,
    since,
)
from outreach.web.api.described import NOT_MODIFIED, TOKEN, fails
from outreach.web.api.faults import NewerVersion
from outreach.web.api.models import Models, models_of, row_of
from outreach.web.api.once import once
from outreach.web.api.reading import Sent
from outreach.web.api.saving import notes_of, save, shown
from outreach.web.auth import allow


def open_register(desk: APIBlueprint, register: Register) -> Models:
    """Give `desk` the routes of a register and return its models."""
    models = models_of(register)
    _list(desk, register, models)
    _get(desk, register, models)
    _create(desk, register, models)
    _change(desk, register, models)
    _delete(desk, register)
    return models


def _asked(register: Register) -> type[ListAsked]:
    """What the list of a register may be asked for."""
    if register.name == "visits":
        return VisitListAsked
    return DayListAsked if lies_on_days(register) else ListAsked


def _list(desk: APIBlueprint, register: Register, models: Models) -> None:
    @desk.get(f"/{register.name}", endpoint=f"{register.name}-list")
    @allow(register.read_right)
    @desk.input(_asked(register), location="query")
    @desk.output(models.listed, headers=ListHeaders, description="Một trang của danh sách")
    @desk.doc(
        summary="Liệt kê", operation_id=f"{register.name}-list", tags=[register.name], security=TOKEN,
        responses=fails(),
    )  # fmt: skip
    def view(query_data: ListAsked) -> Response:
        found = portion(
            g.session, register, after_id=after_cursor(query_data.cursor), limit=query_data.limit,
            search=query_data.search or "", updated_since=since(query_data.updated_since),
            days=(getattr(query_data, "first", None), getattr(query_data, "last", None)),
            only=counted() if getattr(query_data, "counted", False) else (),
        )  # fmt: skip
        looks = Lookups(g.session)
        items = [row_of(register, one.record, one.updated_at, looks=looks) for one in found.rows]
        return paged(items, total=found.total, last_id=found.last_id)


def _get(desk: APIBlueprint, register: Register, models: Models) -> None:
    @desk.get(f"/{register.name}/<int:record_id>", endpoint=f"{register.name}-get")
    @allow(register.read_right)
    @desk.input(MaybeKnown, location="headers")
    @desk.output(models.row, headers=RowHeaders, description="Dòng như đang lưu")
    @desk.doc(
        summary="Xem một dòng", operation_id=f"{register.name}-get", tags=[register.name], security=TOKEN,
        responses=NOT_MODIFIED | fails("not-found"),
    )  # fmt: skip
    def view(record_id: int, headers_data: MaybeKnown) -> Response:  # noqa: ARG001 - read from the request
        return versioned(shown(register, record_id))


def _create(desk: APIBlueprint, register: Register, models: Models) -> None:
    @desk.post(f"/{register.name}", endpoint=f"{register.name}-create")
    @allow(register.write_right)
    @desk.input(MaybeAgain, location="headers")
    @desk.input(models.new, location="json")
    @desk.output(models.saved, 201, headers=MadeHeaders, description="Dòng mới như đã lưu")
    @desk.doc(
        summary="Thêm một dòng", operation_id=f"{register.name}-create", tags=[register.name], security=TOKEN,
        responses=fails("bad-request", "too-large", "unsupported-type"),
    )  # fmt: skip
    def view(json_data: Sent, headers_data: MaybeAgain) -> Response:
        def make() -> Response:
            saved = save(register, json_data)
            answer = versioned(_with_notes(register, saved), 201)
            answer.location = f"{request.path}/{saved.record.id}"
            return answer

        return once(headers_data.idempotency_key, make)


def _change(desk: APIBlueprint, register: Register, models: Models) -> None:
    @desk.patch(f"/{register.name}/<int:record_id>", endpoint=f"{register.name}-change")
    @allow(register.write_right)
    @desk.input(Version, location="headers")
    @desk.input(models.change, location="json")
    @desk.output(models.saved, headers=RowHeaders, description="Dòng như đã lưu")
    @desk.doc(
        summary="Sửa vài trường của một dòng", operation_id=f"{register.name}-change", tags=[register.name],
        security=TOKEN,
        responses=fails("bad-request", "not-found", "stale-edit", "too-large", "unsupported-type", "version-needed"),
    )  # fmt: skip
    def view(record_id: int, json_data: Sent, headers_data: Version) -> Response:  # noqa: ARG001 - read from the request
        before = _version_in_hand(register, record_id)
        try:
            saved = save(register, json_data, before=before)
        except StaleEdit as error:
            raise _newer(register, record_id, error) from None
        return versioned(_with_notes(register, saved))


def _delete(desk: APIBlueprint, register: Register) -> None:
    @desk.delete(f"/{register.name}/<int:record_id>", endpoint=f"{register.name}-delete")
    @allow(register.write_right)
    @desk.input(Version, location="headers")
    @desk.doc(
        summary="Xóa một dòng không có gì phụ thuộc", operation_id=f"{register.name}-delete", tags=[register.name],
        security=TOKEN,
        responses={204: {"description": "Đã xóa"}}
        | fails("not-found", "stale-edit", "version-needed", "wrong-state"),
    )  # fmt: skip
    def view(record_id: int, headers_data: Version) -> Response:  # noqa: ARG001 - read from the request
        before = _version_in_hand(register, record_id)
        try:
            delete_record(g.session, g.actor, register, record_id, version=before.version)
        except StaleEdit as error:
            raise _newer(register, record_id, error) from None
        return Response(status=204)


def _version_in_hand(register: Register, record_id: int) -> Record:
    """The row, if it is the version that the request names; raises NewerVersion, VersionNeeded, NotFound."""
    before = record_of(g.session, register, record_id)
    if not wanted_version(before.version):
        raise _newer(register, record_id, StaleEdit(
            "Người khác vừa lưu {noun} này trước bạn.", noun=translate(register.noun)))  # fmt: skip
    return before


def _newer(register: Register, record_id: int, error: StaleEdit) -> NewerVersion:
    return NewerVersion(error.message, current=shown(register, record_id), **error.values)


def _with_notes(register: Register, saved: Saved) -> dict[str, Any]:
    return shown(register, saved.record.id) | {"notes": notes_of(saved), "more": [one.id for one in saved.more]}
