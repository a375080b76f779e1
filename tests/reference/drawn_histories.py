"""Contacts and what they did, full of ties, NULLs and repeated values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import product
from typing import Any

from hypothesis import strategies as st
from hypothesis.vendor.pretty import RepresentationPrinter

from tests.reference.drawing import pick
from tests.reference.drawn_conditions import LISTS
from tests.reference.drawn_documents import documents
from tests.reference.drawn_rules import KINDS, TYPES
from tests.reference.drawn_times import DAY, Times, times
from tests.reference.history import Document, Happening
from tests.reference.scorer import Person
from tests.reference.telling import told

COLUMNS = (
    *("url", "title", "campaign_id", "campaign_name", "message_id", "form_id", "form_name"),
    *("list_id", "list_name", "asset", "product", "quantity", "amount", "currency", "phase"),
    *("kind", "message_kind", "is_machine", "price", "sku"),
)

_SHARED: Sequence[Mapping[str, Any]] = tuple(
    {"url": url, "message_id": message, "amount": amount}
    for url, message, amount in product(
        ("/a", "/b", None), ("m1", None, "m2"), (2.5, None, 0.0, -3.0, 0.1, 2.5)
    )
)
_REST: Sequence[Mapping[str, Any]] = tuple(
    {"quantity": many, "phase": own, "kind": own, "is_machine": machine, "price": price, "sku": sku}
    for many, own, machine, (price, sku) in product(
        (1.0, 0.0, None, 2.0),
        (None, "own"),
        (False, None, True),
        ((1.0, "s1"), (None, None), (2.5, "s2")),
    )
)
_HABITS: Sequence[Sequence[str]] = (
    *(TYPES, ("page.viewed", "email.opened"), (*TYPES[:3], *TYPES)),
    *(("email.sent", "email.opened", "email.clicked"), ("email.sent", "email.sent", "custom.foo")),
)
"""What single contacts do, over and over."""

# Texts are ordered by their UTF-8 bytes: "b" < "é" < "\uffee" < "𝄞", unlike in UTF-16.
_IDS = ("b", "é", "\uffee", "𝄞", "B", "~")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One model, a few contacts, and the instant of scoring."""

    document: Document
    people: Sequence[Person]
    at: datetime
    keep: timedelta | None

    def _repr_pretty_(self, printer: RepresentationPrinter, cycle: bool) -> None:
        printer.text(told(self))


@st.composite
def cases(draw: st.DrawFn, kinds: Sequence[str] = KINDS) -> Case:
    """Draw a case whose rules are of `kinds`."""
    drawn = draw(times())
    return Case(
        document=draw(documents(drawn, kinds)),
        people=draw(st.lists(_people(drawn), min_size=2, max_size=4)),
        at=drawn.at,
        keep=pick(draw, (None, None, None, None, 2 * DAY, 7 * DAY)),
    )


@st.composite
def _people(draw: st.DrawFn, times: Times) -> Person:
    scores = ("lead", "ambassador", "score")
    events = _events(times, pick(draw, _HABITS))
    held = pick(draw, (None, "cold", "warm", "hot", "gone"))
    return Person(
        attributes={
            "country": pick(draw, ("FR", None, "DE")),
            "age": pick(draw, (40.0, None, 18.0)),
            "is_customer": pick(draw, (True, None, False)),
        },
        created_at=pick(draw, (None, *times.instants)),
        lists=frozenset(pick(draw, ((), LISTS[:1], LISTS[1:], LISTS))),
        events=_numbered(draw(st.lists(events, min_size=4, max_size=14))),
        held=dict.fromkeys(scores, held),
        overrides=dict.fromkeys(scores[:1], pick(draw, (None, None, None, None, 4.5, -1.0))),
    )


@st.composite
def _events(draw: st.DrawFn, times: Times, types: Sequence[str]) -> Happening:
    columns: Mapping[str, Any] = {
        **dict.fromkeys(COLUMNS),
        "type": pick(draw, types),
        "platform": pick(draw, ("crm", "mail")),
        **pick(draw, _SHARED),
        **pick(draw, _REST),
    }
    return Happening(at=pick(draw, times.instants), id=pick(draw, _IDS), columns=columns)


def _numbered(events: Sequence[Happening]) -> tuple[Happening, ...]:
    """Return `events` with ids that no platform has twice, though both may have the same."""
    seen: dict[tuple[str, str], int] = {}
    numbered = []
    for each in events:
        key = (each.columns["platform"], each.id)
        seen[key] = seen.get(key, 0) + 1
        number = seen[key] if seen[key] > 1 else ""
        numbered.append(replace(each, id=f"{each.id}{number}"))
    return tuple(numbered)
