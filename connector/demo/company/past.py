"""A year of what people did."""

from __future__ import annotations

from datetime import timedelta
from operator import attrgetter
from typing import TYPE_CHECKING

from connector.demo.company import words
from connector.demo.company.deeds import Act, Deed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from random import Random

    from connector.demo.company.people import Someone
    from connector.demo.company.seasons import Year

_OPENS, _OPENS_IN_SPELL, _CLICKS, _LEAVES = 0.22, 0.75, 0.2, 0.006
_A_SPELL = timedelta(days=21)
_WELCOMED_AFTER = timedelta(minutes=10)
_MOST_VISITS = 11
_FILLS = 0.7
_ASKS, _MEETS, _BUYS = 0.45, 0.6, 0.45


def year_of(chance: Random, people: Sequence[Someone], year: Year) -> list[Deed]:
    """Return all that people did in the year, oldest first: who arrived, and what they did then."""
    found = [Deed(at=each.arrived_at, person=each.number, act=Act.ARRIVED) for each in people]
    mailings = year.mailings()
    for each in people:
        found += _mail(chance, each, _sent(each, year, mailings))
        for start in each.spells:
            found += interest(chance, each, start)
    past = (each for each in found if each.at < year.now)
    return sorted(past, key=attrgetter("at"))


def interest(chance: Random, person: Someone, start: datetime) -> Iterator[Deed]:
    """Yield what somebody does who begins to be interested: they look, ask, and perhaps buy."""
    number, at = person.number, start
    visits = chance.randint(2, _MOST_VISITS)
    pages = chance.choices([*words.PAGES], [*words.PAGES.values()], k=visits)
    for page in pages:
        yield Deed(at=at, person=number, act=Act.VISITED, about=page)
        at += chance.expovariate(visits) * _A_SPELL
    if person.is_shopper:
        yield from _shopping(chance, person, at)
    elif chance.random() < _ASKS:
        yield from _asking(chance, person, at)


def _shopping(chance: Random, person: Someone, at: datetime) -> Iterator[Deed]:
    product, price = chance.choice([*words.PRODUCTS.items()])
    if chance.random() < _FILLS:
        yield Deed(at=at, person=person.number, act=Act.FILLED_CART, about=product)
        if chance.random() < _BUYS:
            at += timedelta(minutes=chance.randint(3, 3000))
            amount = price * chance.choices((1, 2, 6), (8, 3, 1))[0]
            yield Deed(at=at, person=person.number, act=Act.ORDERED, about=product, amount=amount)


def _asking(chance: Random, person: Someone, at: datetime) -> Iterator[Deed]:
    form = chance.choices([*words.FORMS], [*words.FORMS.values()])[0]
    yield Deed(at=at, person=person.number, act=Act.ASKED, about=form)
    if chance.random() < _MEETS:
        at += timedelta(hours=chance.randint(20, 200))
        yield Deed(at=at, person=person.number, act=Act.MET, about=chance.choice(words.MEETINGS))


def _sent(
    person: Someone, year: Year, mailings: Sequence[tuple[datetime, int]]
) -> Iterator[tuple[datetime, str]]:
    """Yield the mails to somebody, each with its subject: a welcome, and what they asked for."""
    welcomed_at = person.arrived_at + _WELCOMED_AFTER
    if welcomed_at > year.start:
        yield welcomed_at, words.WELCOME
    if person.wants_news:
        for sent_at, month in mailings:
            if sent_at > welcomed_at:
                yield sent_at, words.NEWSLETTERS[month - 1]


def _mail(chance: Random, person: Someone, mails: Iterable[tuple[datetime, str]]) -> Iterator[Deed]:
    """Yield what became of each mail, until one comes back or somebody leaves."""
    number = person.number
    for sent_at, subject in mails:
        yield Deed(at=sent_at, person=number, act=Act.MAILED, about=subject)
        at = sent_at + timedelta(seconds=chance.randint(20, 90))
        if person.is_dead:
            yield Deed(at=at, person=number, act=Act.BOUNCED, about=subject)
            return
        if person.is_scanned:
            for act in (Act.OPENED, Act.CLICKED):
                yield Deed(at=at, person=number, act=act, about=subject, by_machine=True)
        is_in_spell = any(each <= at < each + _A_SPELL for each in person.spells)
        if chance.random() < (_OPENS_IN_SPELL if is_in_spell else _OPENS):
            at += timedelta(minutes=chance.randint(2, 2_000))
            yield Deed(at=at, person=number, act=Act.OPENED, about=subject)
            if chance.random() < _CLICKS:
                at += timedelta(seconds=chance.randint(5, 120))
                yield Deed(at=at, person=number, act=Act.CLICKED, about=subject)
        if chance.random() < _LEAVES:
            yield Deed(at=at + timedelta(minutes=1), person=number, act=Act.LEFT, about=subject)
            return
