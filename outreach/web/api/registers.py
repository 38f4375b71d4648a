"""The verbs of every register: list, get, create, change, delete."""

from datetime import datetime
from typing import Annotated, Any

from apiflask import APIBlueprint
from flask import Response, g, request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from outreach.domain.errors import InvalidValue, StaleEdit
from outreach.i18n import translate
from outreach.services.kept_answers import KEY_MOST
from outreach.services.registers.editing import Saved, delete_record, record_of
from outreach.services.registers.lookups import Lookups
from outreach.services.registers.register import Record, Register
from outreach.services.registers.walk import portion
from outreach.web.api.answers import after_cursor, paged, versioned, wanted_version
from outreach.web.api.described import TOKEN, fails
from outreach.web.api.faults import NewerVersion
from outreach.web.api.models import Given, Models, models_of, row_of
from outreach.web.api.once import KEY, once
from outreach.web.api.reading import Sent
from outreach.web.api.saving import notes_of, save, shown
from outreach.web.auth import allow

YEARS = (1990, 2100)


class ListAsked(BaseModel):
    """What a list may be asked for."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=200, description="Số dòng một trang.")] = 50
    cursor: Annotated[
        str | SkipJsonSchema[None], Field(max_length=100, description="Giá trị next của trang trước.")
    ] = None
    search: Annotated[
        str | SkipJsonSchema[None],
        Field(max_length=200, description="Tìm không phân biệt dấu; mọi từ đều phải có.", examples=["khanh vinh"]),
    ] = None
    updated_since: Annotated[
        AwareDatetime | SkipJsonSchema[None],
        Field(
            description="Chỉ những dòng đã lưu từ thời điểm này, có múi giờ.",
            examples=["2027-03-01T00:00:00+07:00"],
        ),
    ] = None


class ListHeaders(Given):
    """Headers of a page."""

    link: Annotated[str, Field(description="Địa chỉ trang đầu và trang sau (rel=first, rel=next).")]


class RowHeaders(Given):
    """Headers of a row."""

    etag: Annotated[str, Field(description="Bản của dòng, dùng cho If-Match và If-None-Match.")]


class MadeHeaders(RowHeaders):
    """Headers of a row that was made."""

    location: Annotated[str, Field(description="Địa chỉ của dòng mới.")]


class Version(BaseModel):
    """Which version a change is made to."""

    # required, says the description; without it the answer is 428, not 422
    if_match: Annotated[
        str | SkipJsonSchema[None],
        Field(description="ETag của bản đang sửa, hoặc * để sửa bản nào cũng được.", examples=['"3"']),
    ] = None


class MaybeAgain(BaseModel):
    """By what a repeated creation is known again."""

    idempotency_key: Annotated[
        str | SkipJsonSchema[None],
        Field(
            json_schema_extra={"minLength": 1, "maxLength": KEY_MOST, "pattern": KEY},
            examples=["nhap-2027-03-01-0001"],
            description="Khóa tự đặt cho lần thêm này: gửi lại cùng khóa trong 24 giờ thì nhận lại câu trả lời cũ.",
        ),
    ] = None


class MaybeKnown(BaseModel):
    """What a reader may have already."""

    if_none_match: Annotated[
        str | SkipJsonSchema[None], Field(description="ETag đã có; trả 304 nếu còn đúng.", examples=['"3"'])
    ] = None


def _since(moment: datetime | None) -> datetime | None:
    if moment is not None and not YEARS[0] <= moment.year < YEARS[1]:
        raise InvalidValue(
            "năm của {value} nằm ngoài khoảng {early} đến {late}", field="updated_since", value=moment.isoformat(),
            early=YEARS[0], late=YEARS[1],
        )  # fmt: skip
    return moment


def open_register(desk: APIBlueprint, register: Register) -> None:
    """Give `desk` the routes of a register."""
    models = models_of(register)
    _list(desk, register, models)
    _get(desk, register, models)
    _create(desk, register, models)
    _change(desk, register, models)
    _delete(desk, register)


def _list(desk: APIBlueprint, register: Register, models: Models) -> None:
    @desk.get(f"/{register.name}", endpoint=f"{register.name}-list")
    @allow(register.read_right)
    @desk.input(ListAsked, location="query")
    @desk.output(models.listed, headers=ListHeaders, description="Một trang của danh sách")
    @desk.doc(
        summary="Liệt kê", operation_id=f"{register.name}-list", tags=[register.name], security=TOKEN,
        responses=fails(),
    )  # fmt: skip
    def view(query_data: ListAsked) -> Response:
        found = portion(
            g.session, register, after_id=after_cursor(query_data.cursor), limit=query_data.limit,
            search=query_data.search or "", updated_since=_since(query_data.updated_since),
        )  # fmt: skip
        looks = Lookups(g.session)
        items = [row_of(register, one.record, one.updated_at, looks=looks) for one in found.rows]
        return paged(items, total=found.total, last_id=found.last_id)


def _get(desk: APIBlueprint, register: Register, models: Models) -> None:
    not_modified: dict[int, Any] = {304: {"description": "Bản bạn có vẫn đúng"}}

    @desk.get(f"/{register.name}/<int:record_id>", endpoint=f"{register.name}-get")
    @allow(register.read_right)
    @desk.input(MaybeKnown, location="headers")
    @desk.output(models.row, headers=RowHeaders, description="Dòng như đang lưu")
    @desk.doc(
        summary="Xem một dòng", operation_id=f"{register.name}-get", tags=[register.name], security=TOKEN,
        responses=not_modified | fails("not-found"),
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
