"""What is proven of a plan, in sentences: how far from the best possible it is at most."""

from math import ceil

from outreach.domain.sheets import PlanFigures
from outreach.i18n import number, translate


def served_text(visits: int, bound: int) -> str:
    """How many visits are planned of so many there can be."""
    return translate("đã xếp {n} trong nhiều nhất {m} buổi có thể", n=number(visits), m=number(bound))


def driving_text(drive_s: int, bound_s: int) -> str:
    """By how much the driving is above the least there can be; rounded up, so that it stays true."""
    tenths = max(ceil(1000 * (drive_s - bound_s) / bound_s - 1e-9), 0)
    return translate("nhiều nhất {x} % trên mức tốt nhất có thể", x=number(tenths / 10, 1))


def proofs_of(figures: PlanFigures) -> tuple[str, ...]:
    """Each thing that is proven of a plan as one sentence; nothing where nothing is."""
    found = []
    if figures.served_bound is not None and figures.visits:
        found.append(translate("Buổi phục vụ: {what}.", what=served_text(figures.visits, figures.served_bound)))
    if figures.driving_bound_s:
        found.append(translate("Giờ lái: {what}.", what=driving_text(figures.drive_s, figures.driving_bound_s)))
    return tuple(found)
