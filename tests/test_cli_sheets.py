"""Lists in and out from the command line."""

from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from outreach.cli import main
from outreach.store.intakes import Intake
from outreach.store.sites import Site
from outreach.wiring import House
from tests.factories import make_base, make_organisation, make_site

GOOD = "Mã điểm;Tên điểm;Loại điểm;Tọa độ\nA1;Trường Một;Trường tiểu học;12,25 109,10\n"


@pytest.fixture
def library(house: House, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setenv("OUTREACH_INSTANCE", str(house.settings.instance_folder))
    with house.session(everywhere=True) as everywhere:
        number = make_organisation(everywhere).id
    with house.session(organisation_id=number) as session:
        make_site(session, base=make_base(session), code="D1", name="Trường Đang Có")
    return number


def codes(house: House, library: int) -> list[str]:
    with house.session(organisation_id=library, write=False) as session:
        return list(session.scalars(select(Site.code).order_by(Site.code)))


def sheet(folder: Path, text: str) -> str:
    path = folder / "diem.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_sheet_comes_in(house, library, tmp_path, capsys):
    assert main(["import", "sites", sheet(tmp_path, GOOD)]) == 0
    assert codes(house, library) == ["A1", "D1"]
    said = capsys.readouterr().out
    assert "1 mới" in said
    assert "Đã nhập 1 dòng" in said


def test_a_dry_run_writes_nothing_and_leaves_nothing(house, library, tmp_path):
    assert main(["import", "sites", sheet(tmp_path, GOOD), "--dry-run"]) == 0
    assert codes(house, library) == ["D1"]
    assert list((house.settings.instance_folder / "intakes").iterdir()) == []


def test_wrong_rows_are_told_and_stop_the_import_unless_they_may_stay_out(house, library, tmp_path, capsys):
    path = sheet(tmp_path, GOOD + "A2;;Chùa;12,25 109,10\n")
    assert main(["import", "sites", path]) == 1
    assert codes(house, library) == ["D1"]
    said = capsys.readouterr().err
    assert "Dòng 3, Tên điểm: chưa điền" in said
    assert "Chùa" in said
    assert main(["import", "sites", path, "--skip-wrong"]) == 1
    assert codes(house, library) == ["A1", "D1"]


def test_columns_nobody_guesses_are_named_by_hand(house, library, tmp_path, capsys):
    path = sheet(tmp_path, GOOD.replace("Mã điểm;Tên điểm;Loại điểm", "Alpha;Beta;Gamma"))
    assert main(["import", "sites", path]) == 2
    assert "--map" in capsys.readouterr().err
    assert main(["import", "sites", path, "--map", "Alpha=code", "--map", "Beta=name", "--map", "Gamma=kind"]) == 0
    assert codes(house, library) == ["A1", "D1"]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["import", "chim", "x.csv"], "chim"),
        (["import", "sites", "khong-co.csv"], "khong-co.csv"),
        (["export", "chim"], "chim"),
        (["export", "needs", "--format", "geojson"], "tọa độ"),
    ],
)
def test_what_is_not_there_is_said_in_one_sentence(library, capsys, command, said):
    assert main(command) == 2
    assert said in capsys.readouterr().err


def test_a_broken_file_is_said_in_one_sentence(house, library, tmp_path, capsys):
    path = tmp_path / "hong.xlsx"
    path.write_bytes(b"PK\x03\x04 broken")
    assert main(["import", "sites", str(path)]) == 2
    assert "hong.xlsx" in capsys.readouterr().err
    with house.session(organisation_id=library, write=False) as session:
        assert session.scalars(select(Intake.id)).all() != []


@pytest.mark.parametrize("form", ["csv", "xlsx", "geojson"])
def test_a_list_goes_out_and_comes_in_unchanged(house, library, tmp_path, capsys, form):
    path = tmp_path / f"diem.{form}"
    assert main(["export", "sites", "-o", str(path)]) == 0
    if form == "geojson":
        assert '"Trường Đang Có"' in path.read_text(encoding="utf-8")
        return
    if form == "xlsx":
        assert load_workbook(path).active.max_row == 2
    capsys.readouterr()
    assert main(["import", "sites", str(path)]) == 0
    assert "0 mới, 0 sửa, 1 giữ nguyên, 0 sai" in capsys.readouterr().out
