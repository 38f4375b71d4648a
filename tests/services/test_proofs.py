"""What is proven of a plan, as people read it: never more than is true."""

from dataclasses import replace

import pytest

from outreach.domain.sheets import PlanFigures
from outreach.i18n import use_language
from outreach.services.proofs import driving_text, proofs_of, served_text

FIGURES = PlanFigures(98, 100, 90, 90, 40, 0, 40, 1_000_000, 10_500, 700_000, 30_000, ())


@pytest.mark.parametrize(
    ("drive_s", "bound_s", "percent"), [(1_000, 1_000, "0,0"), (10_001, 10_000, "0,1"), (10_161, 10_000, "1,7")]
)
def test_share_above_the_best_is_rounded_up(drive_s, bound_s, percent):
    assert driving_text(drive_s, bound_s) == f"nhiều nhất {percent} % trên mức tốt nhất có thể"


def test_both_proofs_are_sentences():
    proven = replace(FIGURES, served_bound=1_200, driving_bound_s=10_000)
    assert proofs_of(proven) == (
        "Buổi phục vụ: đã xếp 98 trong nhiều nhất 1.200 buổi có thể.",
        "Giờ lái: nhiều nhất 5,0 % trên mức tốt nhất có thể.",
    )


def test_nothing_is_said_where_nothing_is_proven():
    assert proofs_of(FIGURES) == ()
    assert proofs_of(replace(FIGURES, visits=0, served_bound=0)) == ()


def test_english_says_the_same():
    with use_language("en"):
        assert served_text(98, 100) == "98 planned of at most 100 visits there can be"
        assert driving_text(105, 100) == "at most 5.0 % above the best possible"
