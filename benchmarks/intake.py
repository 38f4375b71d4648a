"""A hundred thousand sites as a spreadsheet: seconds and peak memory to read, check, write, compare again, undo.

    python -m benchmarks.intake --rows 100000
    python -m benchmarks.intake --rows 100000 --csv

Runs on a new SQLite database in a folder of its own, in one process, as the worker does it. "locked" is how long
the one writing transaction keeps other writers of SQLite waiting; "processor" is what a quiet machine would take,
without the process that reads the file.
"""

import argparse
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from outreach.domain.roles import Actor, Role
from outreach.exchange.writing import write_csv, write_xlsx
from outreach.jobs.intakes import run_intake
from outreach.services.intake import applying, folders, intakes, undoing
from outreach.services.registers.catalogue import register_called
from outreach.settings import Settings
from outreach.store import schema
from outreach.store.fleet import Base
from outreach.store.organisations import Organisation
from outreach.wiring import House, open_house

if sys.platform != "win32":  # which keeps no such account
    import resource

HEADINGS = ("STT", "Mã trường", "Tên trường", "Loại hình", "Xã/Phường", "Huyện cũ", "Vĩ độ", "Kinh độ", "Giờ nhận xe",
            "Số học sinh", "Ngày không nhận", "Đầu mối")  # fmt: skip
KINDS = ("Trường tiểu học", "THCS", "Thư viện xã", "Trường liên cấp")
COMMUNES = 200


def rows(count: int, *, pupils: int) -> Iterator[list[str]]:
    """Sites on a grid, 60 m apart and more, in communes that are new."""
    for at in range(count):
        yield [
            str(at + 1), f"T{at:06d}", f"Trường Tiểu học Nguyễn Huệ số {at}", KINDS[at % 4], f"Xã Thử {at % COMMUNES}",
            "Huyện Thử", f"{11.6 + at // 400 * 0.0011:.6f}".replace(".", ","),
            f"{108.7 + at % 400 * 0.0011:.6f}".replace(".", ","), "T2-T6 07:30-10:30; T2-T6 13:30-16:30",
            str(pupils + at % 400), "20/11/2027" if at % 5 == 0 else "", "Nhân viên thư viện",
        ]  # fmt: skip


def furnished(folder: str) -> tuple[House, Actor]:
    """An empty library with one base."""
    house = open_house(Settings(instance=folder))
    schema.upgrade(house.engine)
    with house.session(everywhere=True) as session:
        library = Organisation(name="Thư viện đo", abbreviation="TVĐ", place_name="Đo")
        session.add(library)
        session.flush()
        session.add(Base(organisation_id=library.id, name="Cơ sở", short_name="Cơ sở", lat=12.25, lon=109.19))
        return house, Actor(None, library.id, Role.ADMIN, "")


class Stopwatch:
    """Steps and how long each took; `locked` adds the time inside the writing transactions."""

    def __init__(self) -> None:
        self.locked = 0.0

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Print what the block took."""
        began, worked, self.locked = time.perf_counter(), time.process_time(), 0.0
        yield
        took, worked = time.perf_counter() - began, time.process_time() - worked
        locked = f", locked {self.locked:.1f} s" if self.locked else ""
        print(f"{name:<28}{took:>7.1f} s, processor {worked:.1f} s{locked}", flush=True)

    def watch(self, module: object, name: str) -> None:
        """Count the time of a function that writes."""
        inner = getattr(module, name)

        def timed(*given: object, **named: object) -> object:
            began = time.perf_counter()
            try:
                return inner(*given, **named)
            finally:
                self.locked += time.perf_counter() - began

        setattr(module, name, timed)


def bring_in(house: House, actor: Actor, source: Path, *, name: str) -> int:
    """Send the file and do what the worker does; the number of the intake."""
    folder = folders.new_folder(house.settings)
    shutil.copy(source, folder.source)
    with house.session(organisation_id=actor.organisation_id) as session:
        intake = intakes.start_intake(session, actor, register_called("sites"), file_name=name, folder=folder.path.name)
    work(house, actor, intake.job_id)
    return intake.id


def work(house: House, actor: Actor, job_id: int | None) -> None:
    """What the worker does."""
    assert job_id
    run_intake(house, job_id, organisation_id=actor.organisation_id, closing=threading.Event())


def said(house: House, actor: Actor, intake_id: int) -> str:
    """State and counts."""
    with house.session(organisation_id=actor.organisation_id, write=False) as session:
        intake, _ = intakes.intake_row(session, actor, intake_id)
        return f"{intake.state.value} {intake.counts} {intake.error}"


def main() -> None:
    """Make the files and bring them in."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--csv", action="store_true", help="CSV instead of a workbook")
    options = parser.parse_args()
    watch = Stopwatch()
    watch.watch(applying, "write_rows")
    watch.watch(undoing, "undo_rows")
    with tempfile.TemporaryDirectory() as folder:
        house, actor = furnished(folder)
        first, second = Path(folder) / "first", Path(folder) / "second"
        for path, pupils in ((first, 100), (second, 101)):
            made = rows(options.rows, pupils=pupils)
            path.write_bytes(
                b"".join(write_csv(HEADINGS, made)) if options.csv else write_xlsx(HEADINGS, made, title="Sites")
            )
        before = peak_mb()
        with watch.step("read and check, all new"):
            one = bring_in(house, actor, first, name="first")
        print(said(house, actor, one))
        with watch.step("write, all new"):
            write(house, actor, one)
        print(said(house, actor, one))
        with watch.step("read and check, all changed"):
            two = bring_in(house, actor, second, name="second")
        with watch.step("write, all changed"):
            write(house, actor, two)
        print(said(house, actor, two))
        for number_ in (two, one):
            with watch.step("undo"):
                with house.session(organisation_id=actor.organisation_id) as session:
                    job = intakes.ask_to_undo(session, actor, number_).job_id
                work(house, actor, job)
            print(said(house, actor, number_))
        print(f"peak memory {peak_mb():.0f} MB (before the first sheet {before:.0f} MB), "
              f"reader {peak_mb(children=True):.0f} MB")  # fmt: skip


def write(house: House, actor: Actor, intake_id: int) -> None:
    """Have the rows written."""
    with house.session(organisation_id=actor.organisation_id) as session:
        job = intakes.ask_to_write(session, actor, intake_id).job_id
    work(house, actor, job)


def peak_mb(*, children: bool = False) -> float:
    """The most memory this process (or the largest of its children) has held, in MB."""
    if sys.platform == "win32":
        return float("nan")
    units = 2**20 if sys.platform == "darwin" else 2**10  # macOS counts bytes, Linux kilobytes
    return resource.getrusage(resource.RUSAGE_CHILDREN if children else resource.RUSAGE_SELF).ru_maxrss / units


if __name__ == "__main__":
    main()
