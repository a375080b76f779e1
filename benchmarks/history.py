"""Histories of contacts as marketing platforms report them, the same at every run.

Contacts come in blocks of `BLOCK`; a block is made of its number alone, so that the first
thousand contacts are the same people in a store of ten thousand and in one of a million.

A contact gets the newsletters of some weeks and visits the shop. What follows hangs together: a
newsletter is delivered before it is opened, opened before it is clicked; a click leads to a visit,
a visit to a cart, a cart to an order, an order now and then to a refund. Few contacts have
thousands of events and many have a handful; days have their rhythm, and more of them are recent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Integers: TypeAlias = NDArray[np.int64]
    Floats: TypeAlias = NDArray[np.float64]

BLOCK = 10_000
"""Contacts per block."""
AT = datetime(2026, 6, 30, 12, tzinfo=UTC)
"""The instant of scoring: all that happens lies before it."""
DAYS = 548
"""How far back events go."""
TYPES = (
    *("email.sent", "email.delivered", "email.opened", "email.clicked", "page.viewed"),
    *("form.submitted", "cart.item_added", "order.placed", "order.refunded", "list.unsubscribed"),
)
URLS = 400
"""Pages of the shop; the smaller the number, the more often it is looked at."""

_SENT, _DELIVERED, _OPENED, _CLICKED, _VIEWED, _FORM, _CART, _ORDER, _REFUND, _LEFT = range(10)
_SECOND = 1_000_000
_HOUR = 3_600 * _SECOND
_DAY = 24 * _HOUR
_WEEKS = DAYS // 7
_SEED = 20_260_630
_NOW = (AT - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
_BY_HOUR = np.array(
    [1, 1, 1, 1, 1, 2, 4, 7, 10, 12, 12, 11, 10, 11, 11, 11, 10, 10, 9, 9, 9, 7, 4, 2]
)
_BY_WEEKDAY = np.array([10, 11, 11, 10, 9, 5, 6])


@dataclass(frozen=True, slots=True, kw_only=True)
class Happenings:
    """Some events, column by column; -1 stands for NULL."""

    contact: Integers
    at: Integers
    """Microseconds since the epoch."""
    kind: Integers
    """Places in TYPES."""
    campaign: Integers
    url: Integers
    """Places among URLS."""
    amount: Floats
    """NaN stands for NULL."""


def happenings(block: int) -> Happenings:
    """Return everything that happened to the contacts of a block, numbered from 1, in no order."""
    chance = np.random.default_rng([_SEED, block])
    keenness = np.minimum(0.375 * (1 + chance.pareto(1.6, BLOCK)), 1_500.0)
    mails = _mails(chance, keenness)
    clicks = mails[-1]
    visits = _visits(chance, keenness, clicks)
    parts = [*mails, *visits]
    first = 1 + block * BLOCK
    whole = _joined(parts)
    past = whole.at < _NOW
    return Happenings(
        contact=whole.contact[past] + first,
        at=whole.at[past],
        kind=whole.kind[past],
        campaign=whole.campaign[past],
        url=whole.url[past],
        amount=whole.amount[past],
    )


def _mails(chance: np.random.Generator, keenness: Floats) -> list[Happenings]:
    """Return newsletters sent, delivered, opened, left for good, and clicked, in that order."""
    number = chance.poisson(5.2 * np.minimum(0.6 + 0.4 * keenness, 8.0))
    contact = np.repeat(np.arange(BLOCK), number)
    week = (_WEEKS * chance.random(contact.size) ** 1.5).astype(np.int64)
    # Nobody gets one newsletter twice.
    contact, week = np.unique(np.stack([contact, week]), axis=1)
    sent_at = _NOW - (1 + 7 * week) * _DAY - 3 * _HOUR + _spread(chance, week.size, 2 * _HOUR)
    sent = _events(contact, sent_at, _SENT, campaign=week)
    delivered = _share(chance, sent, 0.98)
    delivered = _later(
        delivered, _DELIVERED, _SECOND + _spread(chance, delivered.at.size, 30 * _SECOND)
    )
    likely = np.minimum(0.12 + 0.12 * keenness[delivered.contact], 0.8)
    first = _share(chance, delivered, likely)
    first = _later(first, _OPENED, _waits(chance, first.at.size, 10 * _HOUR))
    again = _share(chance, first, 0.25)
    again = _later(again, _OPENED, _waits(chance, again.at.size, 40 * _HOUR))
    left = _share(chance, first, 0.004)
    left = _later(left, _LEFT, _waits(chance, left.at.size, _HOUR // 30))
    clicked = _share(chance, first, 0.16)
    clicked = _later(clicked, _CLICKED, _waits(chance, clicked.at.size, _HOUR // 60))
    return [sent, delivered, first, again, left, clicked]


def _visits(chance: np.random.Generator, keenness: Floats, clicks: Happenings) -> list[Happenings]:
    """Return what visitors did, those who came by a click of a newsletter among them."""
    number = chance.poisson(3.0 * keenness)
    contact = np.repeat(np.arange(BLOCK), number)
    own = _events(contact, _instants(chance, contact.size), _VIEWED)
    led = _later(clicks, _VIEWED, _SECOND + _spread(chance, clicks.at.size, 9 * _SECOND))
    starts = _joined([own, led])
    pages = chance.geometric(0.42, starts.at.size)
    views = _some(starts, np.repeat(np.arange(starts.at.size), pages))
    place = np.arange(views.at.size) - np.repeat(np.cumsum(pages) - pages, pages)
    views = _later(views, _VIEWED, place * 40 * _SECOND + _spread(chance, place.size, 30 * _SECOND))
    views.url[:] = (URLS * chance.random(views.at.size) ** 4).astype(np.int64)
    form = _later(_share(chance, views, 0.015), _FORM, 35 * _SECOND)
    carts = _share(chance, views, 0.12)
    carts = _later(carts, _CART, 31 * _SECOND + _spread(chance, carts.at.size, 8 * _SECOND))
    orders = _share(chance, carts, 0.4)
    orders = _later(orders, _ORDER, _waits(chance, orders.at.size, _HOUR))
    orders.amount[:] = np.round(np.exp(chance.normal(3.8, 0.8, orders.at.size)), 2)
    refunds = _share(chance, orders, 0.05)
    refunds = _later(refunds, _REFUND, _waits(chance, refunds.at.size, 96 * _HOUR))
    return [views, form, carts, orders, refunds]


def _instants(chance: np.random.Generator, number: int) -> Integers:
    """Return instants of visits: recent days weigh more, and days and hours have their rhythm."""
    ages = np.arange(DAYS)
    weekday = (AT.weekday() - ages) % 7
    weights = (1.0 - ages / (DAYS + 60)) ** 0.5 * _BY_WEEKDAY[weekday]
    age = chance.choice(ages, number, p=weights / weights.sum())
    hour = chance.choice(24, number, p=_BY_HOUR / _BY_HOUR.sum())
    midnight = _NOW - 12 * _HOUR
    return midnight - age * _DAY + hour * _HOUR + _spread(chance, number, _HOUR)


def _events(
    contact: Integers, at: Integers, kind: int, campaign: Integers | None = None
) -> Happenings:
    nothing = np.full(contact.size, -1)
    return Happenings(
        contact=contact,
        at=at,
        kind=np.full(contact.size, kind),
        campaign=nothing if campaign is None else campaign,
        url=nothing.copy(),
        amount=np.full(contact.size, np.nan),
    )


def _some(events: Happenings, which: NDArray[np.bool_] | Integers) -> Happenings:
    """Return the events of a mask, or at these places."""
    return Happenings(
        contact=events.contact[which],
        at=events.at[which],
        kind=events.kind[which],
        campaign=events.campaign[which],
        url=events.url[which],
        amount=events.amount[which],
    )


def _share(chance: np.random.Generator, events: Happenings, likely: Floats | float) -> Happenings:
    """Return the events that luck chooses."""
    return _some(events, chance.random(events.at.size) < likely)


def _later(events: Happenings, kind: int, after: Integers | int) -> Happenings:
    """Return what followed events, `after` microseconds later."""
    return Happenings(
        contact=events.contact,
        at=events.at + after,
        kind=np.full(events.at.size, kind),
        campaign=events.campaign,
        url=events.url.copy(),
        amount=events.amount.copy(),
    )


def _joined(parts: list[Happenings]) -> Happenings:
    return Happenings(
        contact=np.concatenate([part.contact for part in parts]),
        at=np.concatenate([part.at for part in parts]),
        kind=np.concatenate([part.kind for part in parts]),
        campaign=np.concatenate([part.campaign for part in parts]),
        url=np.concatenate([part.url for part in parts]),
        amount=np.concatenate([part.amount for part in parts]),
    )


def _spread(chance: np.random.Generator, number: int, below: int) -> Integers:
    return chance.integers(0, below, number)


def _waits(chance: np.random.Generator, number: int, mean: int) -> Integers:
    """Return how long people take, at least five seconds: soon mostly, now and then much later."""
    return 5 * _SECOND + chance.exponential(mean, number).astype(np.int64)
