"""Sheets brought in without a browser: sent, and the worker's steps done here and now."""

import threading

from outreach.domain.roles import Actor
from outreach.jobs.intakes import run_intake
from outreach.services.intake import folders, intakes, pages
from outreach.services.intake.folders import Folder
from outreach.services.intake.pages import IntakeView
from outreach.services.registers.catalogue import register_called
from outreach.wiring import House

# a new row, a wrong one, and one whose commune nobody knows
SITES = """Mã điểm;Tên điểm;Loại điểm;Xã, phường;Vĩ độ;Kinh độ;STT
S1;Trường Tiểu học Một;Trường tiểu học;Xã Diên Khánh;12,2612;109,1013;1
S2;Trường Tiểu học Hai;Trường mẫu;Xã Diên Khánh;12,2722;109,1123;2
S3;Trường Tiểu học Ba;Trường tiểu học;Xã Suối Hiệp Mới;12,2833;109,1233;3
"""


def send(house: House, actor: Actor, content: str | bytes, *, register: str = "sites", name: str = "bảng.csv") -> int:
    """A file taken in and read as far as nobody is asked; the number of the intake."""
    folder = folders.new_folder(house.settings)
    folder.source.write_bytes(content.encode() if isinstance(content, str) else content)
    with house.session(organisation_id=actor.organisation_id) as session:
        found = register_called(register)
        intake = intakes.start_intake(session, actor, found, file_name=name, folder=folder.path.name)
    work(house, actor, intake.job_id)
    return intake.id


def work(house: House, actor: Actor, job_id: int | None) -> None:
    """What a worker does with the job."""
    assert job_id is not None
    run_intake(house, job_id, organisation_id=actor.organisation_id, closing=threading.Event())


def view(house: House, actor: Actor, intake_id: int) -> IntakeView:
    """The intake as pages show it."""
    with house.session(organisation_id=actor.organisation_id, write=False) as session:
        return pages.view_of(session, actor, intake_id)


def write(house: House, actor: Actor, intake_id: int) -> IntakeView:
    """Have the rows written."""
    with house.session(organisation_id=actor.organisation_id) as session:
        job_id = intakes.ask_to_write(session, actor, intake_id).job_id
    work(house, actor, job_id)
    return view(house, actor, intake_id)


def undo(house: House, actor: Actor, intake_id: int) -> IntakeView:
    """Have the intake taken back."""
    with house.session(organisation_id=actor.organisation_id) as session:
        job_id = intakes.ask_to_undo(session, actor, intake_id).job_id
    work(house, actor, job_id)
    return view(house, actor, intake_id)


def files_of(house: House, seen: IntakeView) -> Folder:
    """Where the files of an intake lie."""
    return folders.folder_called(house.settings, seen.folder)
