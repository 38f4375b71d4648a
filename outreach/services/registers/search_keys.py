"""What search and order of sites go by; renewed when the names of their communes change."""

from collections.abc import Sequence
from typing import Any, cast

import sqlalchemy
from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.orm import Session, aliased

from outreach.domain.names import search_key, sort_key
from outreach.services.registers.register import Values, chunks
from outreach.store.organisations import AdminUnit
from outreach.store.sites import Site

Unit, Former = aliased(AdminUnit), aliased(AdminUnit)


def keys_of(values: Values) -> dict[str, str]:
    """The two keys of a site."""
    words = (values["name"], values["code"], values.get("commune"), values.get("former_district"))
    key = search_key(" ".join(word for word in words if word))
    return {"search_key": key[:600], "sort_key": sort_key(values["name"])[:900]}


def renew_sites_of(session: Session, unit_ids: Sequence[int]) -> None:
    """Write the keys of all sites in these units anew."""
    table = cast("sqlalchemy.Table", Site.__table__)
    asked = (
        select(Site.id, Site.name, Site.code, Unit.name.label("commune"), Former.name.label("former_district"))
        .outerjoin(Unit, Unit.id == Site.admin_unit_id)
        .outerjoin(Former, Former.id == Site.former_unit_id)
    )
    for some in chunks(unit_ids):
        inside = or_(Site.admin_unit_id.in_(some), Site.former_unit_id.in_(some))
        rows: list[dict[str, Any]] = [
            {"row_id": row.id, "key": keys_of(dict(row._mapping))["search_key"]}
            for row in session.execute(asked.where(inside))
        ]
        if rows:
            renewing = update(table).where(table.c.id == bindparam("row_id"))
            session.execute(renewing.values(search_key=bindparam("key")), rows)
