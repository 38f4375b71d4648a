"""One step of an intake after the other, until a person must look: the sheet read, checked, written, taken back."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from outreach.domain.errors import OutreachError, StaleEdit, Unavailable
from outreach.domain.visits import IntakeState
from outreach.exchange.reading import read_rows, read_sheet
from outreach.i18n import use_language
from outreach.services.intake import applying, columns, plans, remembering, steps, undoing
from outreach.services.intake.applying import in_parts
from outreach.services.intake.checking import Checker
from outreach.services.intake.folders import Folder, folder_called
from outreach.services.intake.kinds import TIMETABLE, kind_called
from outreach.services.intake.steps import Claim
from outreach.services.intake.verdicts import VerdictWriter
from outreach.services.registers.lookups import Lookups
from outreach.wiring import House

log = logging.getLogger(__name__)

BEAT_EVERY_S = 2.0
TELL_EVERY_S = 0.5
ROWS_AT_ONCE = 1_000
UNEXPECTED = "Có lỗi ngoài dự kiến. Dữ liệu còn nguyên; người quản trị xem nhật ký máy chủ."


class Lost(Exception):
    """This worker no longer holds the intake."""


class Closing(Exception):
    """The server is closing down; the step goes back to the queue."""


def run_intake(house: House, job_id: int, *, organisation_id: int, closing: threading.Event) -> None:
    """Do the steps of an intake, if nobody else has it. When `closing` is set the step goes back to the queue."""
    with house.session(organisation_id=organisation_id) as session:
        claim = steps.claim_intake(session, job_id)
    if claim is not None:
        follow(house, claim, closing=closing)


def follow(house: House, claim: Claim, *, closing: threading.Event) -> None:
    """From a claim to where a person goes on."""
    folder = folder_called(house.settings, claim.folder)
    following: Claim | None = claim
    with _beating(house, claim):
        while following is not None:
            following = _Step(house, following, folder, closing).go()
    with house.session(organisation_id=claim.organisation_id, write=False) as session:
        ended = steps.has_ended(session, claim.intake_id)
    if ended:
        folder.remove()


@contextmanager
def _beating(house: House, claim: Claim) -> Iterator[None]:
    """Beat as long as the block lasts: a long statement must not look like a dead worker."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(BEAT_EVERY_S):
            try:
                with house.session(organisation_id=claim.organisation_id) as session:
                    steps.beat(session, claim)
            except Unavailable:  # our own step is writing just now
                continue

    thread = threading.Thread(target=beat, name=f"beat-{claim.job_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(timeout=BEAT_EVERY_S)


class _Step:
    """One step: `go` does it and returns the claim of the next one."""

    def __init__(self, house: House, claim: Claim, folder: Folder, closing: threading.Event) -> None:
        self.house, self.claim, self.folder, self.closing = house, claim, folder, closing
        self.register = kind_called(claim.register)
        self.told_at = 0.0

    def go(self) -> Claim | None:
        """Do it; whatever goes wrong, the person who waits hears of it."""
        deeds = {
            IntakeState.READING: self._read,
            IntakeState.CHECKING: self._check,
            IntakeState.WRITING: self._write,
            IntakeState.UNDOING: self._undo,
        }
        try:
            with use_language(self.claim.language):
                return deeds[self.claim.state]()
        except Lost:
            log.info("intake %s: taken over or left", self.claim.intake_id)
        except Closing:
            with self._session() as session:
                steps.release(session, self.claim)
            log.info("intake %s: put back, the server is closing", self.claim.intake_id)
        except OutreachError as error:
            log.info("intake %s: %s", self.claim.intake_id, error)
            self._fail(error)
        except Exception:
            log.exception("intake %s", self.claim.intake_id)
            self._fail(OutreachError(UNEXPECTED))
        return None

    def _session(self, *, write: bool = True) -> AbstractContextManager[Any]:
        return self.house.session(organisation_id=self.claim.organisation_id, write=write)

    def _fail(self, error: OutreachError) -> None:
        with self._session() as session:
            steps.fail(session, self.claim, error)

    def _tell(self, done: int, of: int) -> None:
        """Write how far it has come, now and then."""
        if self.closing.is_set():
            raise Closing
        now = time.monotonic()
        if now - self.told_at < TELL_EVERY_S:
            return
        self.told_at = now
        with self._session() as session:
            if not steps.take_progress(session, self.claim, done=done, of=of):
                raise Lost

    def _read(self) -> Claim | None:
        sheet = read_sheet(
            self.folder.source, self.folder.rows, file_name=self.claim.file_name, told=lambda rows: self._tell(rows, 0)
        )
        found = columns.columns_in(sheet.headings, self.folder)
        with self._session(write=False) as session:
            known = remembering.last_choice(session, self.register, sheet.headings)
            mapping = known.mapping if known else columns.guess(self.register, found, Lookups(session))
        asks = known is None and bool(columns.missing(self.register, mapping))
        with self._session() as session:
            return steps.keep_sheet(
                session, self.claim, sheet, mapping=mapping, clear=known.clear if known else False, asks=asks
            )

    def _check(self) -> Claim | None:
        checker = Checker(self.register, self.claim.mapping, clear=bool(self.claim.facts.get("clear")))
        of = int(self.claim.facts["rows"])
        for done, part in self._parts():
            with self._session(write=False) as session:
                checker.look(session, part)
            self._tell(done // 10, of)  # looking for doubles is a tenth of the work
        with VerdictWriter(self.folder) as writer:
            for done, part in self._parts():
                with self._session(write=False) as session:
                    found = checker.check(session, part)
                for verdict in found:
                    writer.write(verdict)
                self._tell(of // 10 + done * 9 // 10, of)
        plan = None
        if self.claim.register == TIMETABLE:
            with self._session(write=False) as session:
                plan = plans.outline(session, self.folder)
        with self._session() as session:
            steps.keep_counts(session, self.claim, writer.counts, plan=plan)
        return None

    def _parts(self) -> Iterator[tuple[int, list[tuple[int, list[str]]]]]:
        done = 0
        for part in in_parts(read_rows(self.folder.rows), ROWS_AT_ONCE):
            done += len(part)
            yield done, part

    def _write(self) -> Claim | None:
        try:
            drawn = None
            if self.claim.register == TIMETABLE:
                with self._session(write=False) as session:
                    drawn = plans.drawn_of(session, self.claim, self.folder)
            with self._session() as session:
                applying.write_rows(session, self.claim, self.folder, drawn=drawn)
        except StaleEdit as error:
            with self._session() as session:
                return steps.check_again(session, self.claim, error)
        return None

    def _undo(self) -> Claim | None:
        try:
            with self._session() as session:
                undoing.undo_rows(session, self.claim)
        except undoing.InTheWay as error:
            with self._session() as session:
                undoing.keep_obstacles(session, self.claim, error)
            raise
        return None
