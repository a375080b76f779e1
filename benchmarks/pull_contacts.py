"""Pulling contacts from a platform that is never what one waits for, and a plain load beside it.

The baseline is what any tool has to do: ask for the pages one after the other, and upsert each,
with the cursor behind it, in one transaction. It maps nothing, and knows nobody twice.
"""

from __future__ import annotations

import asyncio
import json
import math
import tempfile
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy.dialects.sqlite import insert
from sqlmodel import Field, SQLModel, create_engine

from benchmarks.measuring import Taken, apart, machine, medians, say
from benchmarks.page_platform import NAME, account, dictated_seconds, limited, served
from connector.runtime.process import spare_the_collector
from connector.sync.pulling.pull import pull

_PAGES = "/crm/objects/2026-03/contacts"
PAGE = 100
_PROPERTIES = "age,company,country,email,firstname,jobtitle,lastmodifieddate"


class Row(SQLModel, table=True):
    """A contact as the baseline keeps it."""

    __tablename__ = "contacts"
    id: int = Field(primary_key=True)
    email: str | None = Field(default=None, index=True)
    properties: str
    updated_at: str


class Place(SQLModel, table=True):
    """Where the baseline would go on."""

    __tablename__ = "cursors"
    stream: str = Field(primary_key=True)
    after: str | None


def pull_contacts(count: int, runs: int) -> dict[str, object]:
    """Return the figures; product and baseline take turns, each run in a process of its own."""
    ours: list[dict[str, Any]] = []
    plain: list[dict[str, Any]] = []
    with served(count) as url:
        for _ in range(runs):
            say("pulling contacts")
            ours.append(apart(pulled, url, count))
            plain.append(apart(loaded, url, count))
        paced = apart(pulled, url, count, True)
    dictated = dictated_seconds(math.ceil(count / PAGE))
    product, baseline = medians(ours), medians(plain)
    return {
        "benchmark": "pull_contacts",
        "contacts": count,
        "pull": {**product, "contacts_per_s": round(count / product["median_s"])},
        "baseline_plain_load": {**baseline, "contacts_per_s": round(count / baseline["median_s"])},
        "speed_to_baseline": round(baseline["median_s"] / product["median_s"], 2),
        "within_limits": paced,
        "dictated_by_limits_s": dictated,
        "ratio_to_dictated": round(paced["median_s"] / dictated, 3) if dictated else None,
        "machine": machine(),
    }


def pulled(url: str, count: int, is_paced: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002 - as JSON hands it over
    """Pull everybody into an empty store of the product."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_pull(url, Path(folder) / "state.db", count, is_paced=is_paced))


def loaded(url: str, count: int) -> dict[str, Any]:
    """Load everybody into two tables."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_load(url, Path(folder) / "plain.db", count))


async def _pull(url: str, path: Path, count: int, *, is_paced: bool) -> dict[str, Any]:
    taken = Taken()
    spare_the_collector()
    budget = await limited() if is_paced else None
    async with account(url, path, budget=budget) as opened:
        with taken.run():
            done = await pull(opened, NAME)
        async with opened.state.read() as tx:
            stored = await tx.contacts.count()
    if done.errors or stored != count:
        msg = f"{stored} contacts are there, not {count}, and {[str(e) for e in done.errors]}"
        raise RuntimeError(msg)
    return taken.figures()


async def _load(url: str, path: Path, count: int) -> dict[str, Any]:
    taken = Taken()
    with taken.run():
        engine = create_engine(f"sqlite:///{path}")
        SQLModel.metadata.create_all(engine)
        after: str | None = "0"
        rows, place, seen = insert(Row), insert(Place), 0
        new = rows.excluded
        rows = rows.on_conflict_do_update(
            index_elements=["id"],
            set_={"email": new.email, "properties": new.properties, "updated_at": new.updated_at},
        )
        place = place.on_conflict_do_update(
            index_elements=["stream"], set_={"after": place.excluded.after}
        )
        async with httpx.AsyncClient(base_url=url) as client:
            while after is not None:
                params = {"limit": "100", "after": after, "properties": _PROPERTIES}
                page = (await client.get(_PAGES, params=params)).json()
                values = [
                    {
                        "id": int(each["id"]),
                        "email": each["properties"]["email"],
                        "properties": json.dumps(each["properties"]),
                        "updated_at": each["updatedAt"],
                    }
                    for each in page["results"]
                ]
                after = page.get("paging", {}).get("next", {}).get("after")
                with engine.begin() as connection:
                    connection.execute(rows, values)
                    connection.execute(place, [{"stream": "contacts", "after": after}])
                seen += len(values)
    if seen != count:
        msg = f"{seen} contacts were loaded, not {count}"
        raise RuntimeError(msg)
    return taken.figures()
