"""The log: who changed what, and when."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from outreach.domain.roles import Actor
from outreach.domain.sheets import AuditRow
from outreach.i18n import number, translate
from outreach.services.registers.catalogue import REGISTERS
from outreach.services.registers.fields import Field
from outreach.services.registers.lookups import Lookups
from outreach.services.registers.register import Register
from outreach.store.audit import AuditEntry
from outreach.store.people import User

REGISTER_DEEDS = {
    "add-": "Thêm {noun}", "change-": "Sửa {noun}", "archive-": "Cất {noun}", "restore-": "Dùng lại {noun}",
    "delete-": "Xóa {noun}", "undo-import-": "Hoàn tác nhập bảng: {list}", "import-": "Nhập bảng: {list}",
    "merge-": "Gộp {noun} trùng", "bulk-": "Ghi {noun} hàng loạt",
}  # fmt: skip


def record(  # noqa: PLR0917 - one line of the log in its own order: who, deed, subject, changes
    session: Session,
    actor: Actor,
    deed: str,
    subject_kind: str,
    subject_id: int | None,
    subject_name: str,
    changes: Mapping[str, Sequence[Any]],
) -> None:
    """Write one line beside the change itself; `changes` maps a field to [before, after]."""
    session.add(
        AuditEntry(
            organisation_id=actor.organisation_id,
            user_id=actor.user_id,
            deed=deed,
            subject_kind=subject_kind,
            subject_id=subject_id,
            subject_name=subject_name[:200],
            changes={field: list(pair) for field, pair in changes.items()},
        )
    )
    session.flush()


def list_audit(
    session: Session,
    *,
    subject_kind: str | None = None,
    subject_id: int | None = None,
    page: int = 1,
    size: int = 50,
) -> tuple[tuple[AuditRow, ...], int]:
    """One page of the log, newest first, in the reader's words, and how many lines there are in all."""
    wanted = select(AuditEntry)
    if subject_kind is not None:
        wanted = wanted.where(AuditEntry.subject_kind == subject_kind)
    if subject_id is not None:
        wanted = wanted.where(AuditEntry.subject_id == subject_id)
    total = session.scalar(wanted.with_only_columns(func.count(AuditEntry.id))) or 0
    lines = session.execute(
        wanted.outerjoin(User, User.id == AuditEntry.user_id)
        .add_columns(User.display_name)
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        .offset((max(page, 1) - 1) * size)
        .limit(size)
    )
    deeds, fields, values, looks = _deeds(), _fields(), _values(), Lookups(session)
    rows = []
    for entry, who in lines:
        register = REGISTERS.get(entry.subject_kind)
        changes = tuple(
            _said_of_register(register, field, before, after, looks)
            or (fields.get(field, field), _text(before, values), _text(after, values))
            for field, (before, after) in entry.changes.items()
        )
        rows.append(
            AuditRow(
                at=entry.at,
                who=who or translate("Dòng lệnh"),
                deed=deeds.get(entry.deed) or _register_deed(entry.deed),
                subject=entry.subject_name,
                changes=changes,
            )
        )
    return tuple(rows), total


def _text(value: object, words: Mapping[object, str]) -> str:
    if value is None:
        return ""
    if isinstance(value, bool | str):
        return words.get(value, str(value))
    if isinstance(value, int | float):
        return number(value, 0 if value == int(value) else 1)
    return str(value)


def _register_deed(deed: str) -> str:
    """What was done with a row or a sheet of a register ("change-sites", "import-sites"); others stand as they are."""
    for beginning, text in REGISTER_DEEDS.items():
        register = REGISTERS.get(deed.removeprefix(beginning))
        if deed.startswith(beginning) and register is not None:
            return translate(text, noun=translate(register.noun), list=translate(register.title))
    return deed


def _said_of_register(
    register: Register | None, field: str, before: object, after: object, looks: Lookups
) -> tuple[str, str, str] | None:
    """A change of a row as its forms and sheets call it; None for what no field of a register says."""
    found = next((one for one in register.fields if one.name == field), None) if register else None
    if found is None:
        return None
    heading = translate(found.heading)
    said = (_reworded(found, value, looks) for value in (before, after))
    return heading[:1].lower() + heading[1:], next(said), next(said)


def _reworded(field: Field, value: object, looks: Lookups) -> str:
    """A value that was logged as a text, in the reader's words."""
    if value is None:
        return ""
    return field.text_of(value, looks) if isinstance(value, bool) else field.reworded(str(value), looks)


def _deeds() -> dict[str, str]:
    return {
        "set-up": translate("Thiết lập hệ thống"),
        "create-plan": translate("Lập kế hoạch"),
        "delete-plan": translate("Xóa bản nháp"),
        "start-run": translate("Bắt đầu xếp lịch"),
        "stop-run": translate("Dừng xếp lịch"),
        "import-plan": translate("Nhập lịch đang dùng thành kế hoạch"),
        "undo-import-plan": translate("Hoàn tác lần nhập lịch"),
        "judge-plan": translate("Kiểm tra lại kế hoạch"),
        "save-plan": translate("Lưu lịch xếp được"),
        "submit-plan": translate("Trình duyệt kế hoạch"),
        "reopen-plan": translate("Trả kế hoạch về bản nháp"),
        "approve-plan": translate("Duyệt kế hoạch"),
        "publish-plan": translate("Công bố kế hoạch"),
        "close-plan": translate("Đóng kế hoạch"),
        "add-user": translate("Thêm tài khoản"),
        "change-user": translate("Đổi tài khoản"),
        "change-own-account": translate("Sửa tài khoản của mình"),
        "change-password": translate("Đổi mật khẩu"),
        "offer-password-reset": translate("Tạo liên kết đặt lại mật khẩu"),
        "reset-password": translate("Đặt mật khẩu mới qua liên kết"),
        "make-token": translate("Tạo mã truy cập"),
        "revoke-token": translate("Thu hồi mã truy cập"),
    }


def _fields() -> dict[str, str]:
    return {
        "state": translate("trạng thái"),
        "days": translate("thời gian"),
        "visits": translate("số buổi"),
        "breaches": translate("chỗ vi phạm"),
        "needs": translate("nhu cầu ghi thêm"),
        "limit_s": translate("giới hạn (giây)"),
        "run": translate("kết quả"),
        "approval": translate("văn bản duyệt"),
        "login": translate("tên đăng nhập"),
        "name": translate("tên"),
        "role": translate("vai trò"),
        "display_name": translate("tên hiển thị"),
        "language": translate("ngôn ngữ"),
        "active": translate("đang dùng"),
        "new": translate("dòng mới"),
        "changed": translate("dòng sửa"),
        "merged": translate("gộp vào"),
        "moved_needs": translate("nhu cầu chuyển sang"),
        "moved_stops": translate("buổi trong kế hoạch chuyển sang"),
        "moved_records": translate("buổi đã phục vụ chuyển sang"),
        "moved_requests": translate("đề nghị chuyển sang"),
        "same_needs": translate("nhu cầu trùng, số buổi"),
        "scopes": translate("quyền"),
        "expires": translate("hết hạn"),
    }


def _values() -> dict[object, str]:
    return {
        "draft": translate("Nháp"),
        "submitted": translate("Đã trình"),
        "approved": translate("Đã duyệt"),
        "published": translate("Đã công bố"),
        "closed": translate("Đã đóng"),
        "keep": translate("giữ lại"),
        "discard": translate("bỏ đi"),
        "admin": translate("Quản trị"),
        "planner": translate("Cán bộ kế hoạch"),
        "office": translate("Văn phòng"),
        "driver": translate("Lái xe, cán bộ theo xe"),
        "read": translate("chỉ đọc"),
        "read, write": translate("đọc và ghi"),
        True: translate("có"),
        False: translate("không"),
    }
