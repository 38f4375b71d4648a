"""Sites by the names people write in their lists: long or short, with or without marks."""

import re
from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from outreach.domain.names import search_key
from outreach.services.registers.likeness import Likeness
from outreach.store.organisations import AdminUnit
from outreach.store.sites import Site

_SIGNS = re.compile(r"[^0-9a-z]+")
_UNIT_KIND = re.compile(r"^(xa|phuong|dac khu|thi tran)\s+")
NEAR = 0.75  # how alike a name must be to be offered
OFFERED = 3


# whole words, as search keys; longer ones first
_SHORT = tuple(
    (re.compile(rf"\b{words}\b"), short)
    for words, short in (
        ("pho thong dan toc noi tru", "ptdtnt"), ("ptdt noi tru", "ptdtnt"), ("pho thong dan toc ban tru", "ptdtbt"),
        ("ptdt ban tru", "ptdtbt"), ("dan toc noi tru", "dtnt"), ("trung hoc pho thong", "thpt"),
        ("trung hoc co so", "thcs"), ("tieu hoc", "th"), ("mam non", "mn"), ("mau giao", "mg"),
        ("diem truong", "diem"), ("truong", ""), ("thu vien", "tv"), ("bien phong", "bp"),
        ("khu cong nghiep", "kcn"), ("va", ""),
    )
)  # fmt: skip


def plain(name: str) -> str:
    """A name by which two ways of writing it are the same: "Trường TH Diên Thọ" and "tieu hoc Diên thọ"."""
    key = " ".join(_SIGNS.sub(" ", search_key(name)).split())
    for words, short in _SHORT:
        key = words.sub(short, key)
    return " ".join(key.split())


def _place(commune: str) -> str:
    return _UNIT_KIND.sub("", search_key(commune)).strip()


@dataclass(frozen=True, slots=True)
class NamedSite:
    """A site as it is called; `merged_into` is the site whose duplicate it was."""

    id: int
    code: str
    name: str
    commune: str
    active: bool
    merged_into: int | None

    def __str__(self) -> str:
        return f"{self.code} {self.name}" + (f" ({self.commune})" if self.commune else "")


class NamedSites:
    """All sites of the library, read once for many rows."""

    def __init__(self, session: Session) -> None:
        asked = (
            select(Site.id, Site.code, Site.name, AdminUnit.name, Site.active, Site.merged_into_id)
            .outerjoin(AdminUnit, AdminUnit.id == Site.admin_unit_id)
            .order_by(Site.id)
        )
        self.by_id = {row[0]: NamedSite(row[0], row[1], row[2], row[3] or "", row[4], row[5])
                      for row in session.execute(asked)}  # fmt: skip
        self._by_code = {search_key(site.code): site for site in self.by_id.values()}
        self._by_name: dict[str, list[NamedSite]] = defaultdict(list)
        for site in self.by_id.values():
            self._by_name[plain(site.name)].append(site)
        self._alike = Likeness(self._by_name)

    def find(self, text: str, *, commune: str = "") -> list[NamedSite]:
        """The sites that `text` may mean: one, several of the same name, or none.

        Of several those in use go before the others, and those of `commune` before those of elsewhere.
        """
        found = self._by_name.get(plain(text), [])
        if not found:
            coded = self._by_code.get(search_key(text))
            return [coded] if coded else []
        found = [site for site in found if site.active] or found
        place = _place(commune)
        return [site for site in found if place and _place(site.commune) == place] or found

    def near(self, text: str) -> tuple[NamedSite, ...]:
        """Sites whose names look like a slip of the keyboard in `text`."""
        names = self._alike.near(plain(text[:200]), most=OFFERED, cutoff=NEAR)
        return tuple(site for name in names for site in self._by_name[name])[:OFFERED]
