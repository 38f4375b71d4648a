"""An applied intake taken back: new rows are deleted, changed ones get their values again, or nothing happens."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from outreach.domain.errors import InvalidValue, WrongState
from outreach.domain.visits import IntakeState
from outreach.services import audit
from outreach.services.intake.applying import AT_ONCE, versions_of
from outreach.services.intake.kinds import TIMETABLE, kind_called
from outreach.services.intake.plans import take_plan_back
from outreach.services.intake.steps import Claim, held, lead_to
from outreach.services.intake.values import CellReader
from outreach.services.registers.lookups import Lookups
from outreach.services.registers.register import Record, Register, Values
from outreach.store.base import utc_now
from outreach.store.intakes import IntakeChange

NAMED_MOST = 20  # rows in the way that are told by name
CHANGED_SINCE = "đã được sửa sau lần nhập này"
GONE = "đã bị xóa sau lần nhập này"
UNREADABLE = "giá trị cũ không còn dùng được: {why}"

Obstacle = tuple[str, str, dict[str, object]]  # subject, source text, values


class InTheWay(WrongState):
    """Rows that cannot be taken back; nothing was."""

    def __init__(self, obstacles: Sequence[Obstacle], count: int) -> None:
        super().__init__("Chưa hoàn tác được vì {count} dòng đã đổi hoặc đang được dùng. Chưa có gì thay đổi.",
                         count=count)  # fmt: skip
        self.obstacles = list(obstacles)[:NAMED_MOST]


class _Undo:
    """One intake on its way back."""

    def __init__(self, session: Session, register: Register) -> None:
        self.session, self.register = session, register
        self.looks = Lookups(session)
        self.cells = CellReader(register, self.looks)
        self.obstacles: list[Obstacle] = []
        self.count = 0
        self.new: list[int] = []
        self.old: list[tuple[int, Values]] = []

    def plan(self, changes: Sequence[IntakeChange]) -> None:
        """What is to be done for some rows, or what stands in the way."""
        versions = versions_of(self.session, self.register, [change.record_id for change in changes])
        fresh = [change.record_id for change in changes if change.before is None]
        used = self.register.in_use(self.session, fresh) if fresh else {}
        touched = [
            change.record_id
            for change in changes
            if change.record_id in used or versions.get(change.record_id) != change.after["version"]
        ]
        records = self.register.load(self.session, touched) if touched else {}  # few; all would be slow
        for change in changes:
            self._plan(change, records, versions, used)
        self.session.expunge_all()

    def _plan(
        self, change: IntakeChange, records: Mapping[int, Record], versions: Mapping[int, int], used: Mapping[int, str]
    ) -> None:
        number = change.record_id
        if number not in versions:
            self._stop(change.after["texts"].get(self.register.key[0], str(number)), GONE)
        elif number in records and not self._untouched(records[number], change):
            self._stop(self._subject(records[number]), CHANGED_SINCE)
        elif number in used:
            self._stop(self._subject(records[number]), used[number])
        elif change.before is None:
            self.new.append(number)
        else:
            self._give_back(number, change.before["texts"])

    def _give_back(self, number: int, before: dict[str, str]) -> None:
        try:
            self.old.append((number, self.cells.values(before)))
        except InvalidValue as error:
            record = self.register.load(self.session, [number])[number]
            self._stop(self._subject(record), UNREADABLE, why=str(error))

    def _untouched(self, record: Record, change: IntakeChange) -> bool:
        """Whether nobody changed the row since; one that was changed and changed back counts as untouched."""
        if record.version == change.after["version"]:
            return True
        now = self.register.texts_of(record.values, self.looks)
        return all(now.get(name) == text for name, text in change.after["texts"].items())

    def _subject(self, record: Record) -> str:
        return self.register.subject(record.values, self.looks)

    def _stop(self, subject: str, text: str, **values: object) -> None:
        self.count += 1
        if len(self.obstacles) < NAMED_MOST:
            self.obstacles.append((subject, text, values))

    def do(self) -> None:
        """Write it."""
        for start in range(0, len(self.old), AT_ONCE):
            self.register.update(self.session, self.old[start : start + AT_ONCE])
        for start in range(0, len(self.new), AT_ONCE):
            self.register.delete(self.session, self.new[start : start + AT_ONCE])


def undo_rows(session: Session, claim: Claim) -> bool:
    """Take an intake back; False: the worker no longer has it.

    Raises InTheWay when rows changed since or new ones are in use; then nothing may be committed.
    """
    intake = held(session, claim)
    if intake is None or intake.state is not IntakeState.UNDOING:
        return False
    register = kind_called(claim.register)
    if claim.register == TIMETABLE and (obstacle := take_plan_back(session, claim, intake.plan_id)) is not None:
        raise InTheWay([obstacle], 1)
    undo = _Undo(session, register)
    last = 0
    while changes := _after(session, intake.id, last):
        last = changes[-1].id
        undo.plan(changes)
    if undo.count:
        raise InTheWay(undo.obstacles, undo.count)
    try:
        undo.do()
    except IntegrityError as error:
        raise InTheWay([], 1) from error
    counts = {"new": [len(undo.new), 0], "changed": [len(undo.old), 0]}
    if claim.register != TIMETABLE:  # told with its plan
        audit.record(session, claim.actor, f"undo-import-{register.name}", "intake", claim.intake_id, claim.file_name,
                     counts)  # fmt: skip
    intake = held(session, claim)
    assert intake is not None
    intake.undone_at, intake.error = utc_now(), ""
    intake.facts = {name: value for name, value in intake.facts.items() if name != "obstacles"}
    lead_to(session, claim, intake, IntakeState.UNDONE)
    return True


def keep_obstacles(session: Session, claim: Claim, error: InTheWay) -> None:
    """Which rows stood in the way, for the page."""
    intake = held(session, claim)
    if intake is not None:
        intake.facts = {**intake.facts, "obstacles": [list(one) for one in error.obstacles]}
        session.flush()


def _after(session: Session, intake_id: int, last: int) -> Sequence[IntakeChange]:
    asked = select(IntakeChange).where(IntakeChange.intake_id == intake_id, IntakeChange.id > last)
    return session.scalars(asked.order_by(IntakeChange.id).limit(AT_ONCE)).all()
