"""The company on its platforms: a year played quickly, then what happens from now on."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

from connector.demo.company.deeds import Act, Deed
from connector.demo.company.past import year_of
from connector.demo.company.people import found, newcomer
from connector.demo.company.present import Present
from connector.demo.company.seasons import Year
from connector.demo.played.base import ReplayClock
from connector.demo.played.brevo import PlayedBrevo
from connector.demo.played.hubspot import PlayedHubspot
from connector.demo.played.mautic import PlayedMautic

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from connector.demo.company.people import Someone
    from connector.demo.played.base import Played

PLATFORMS: Mapping[str, Callable[[ReplayClock], Played]] = {
    "brevo": PlayedBrevo,
    "hubspot": PlayedHubspot,
    "mautic": PlayedMautic,
}
"""What can be played, by adapter."""
_TOLD_BY: Mapping[Act, Sequence[str]] = {
    Act.VISITED: ("mautic", "brevo"),
    Act.ASKED: ("hubspot", "mautic", "brevo"),
    Act.FILLED_CART: ("brevo", "hubspot"),
    Act.ORDERED: ("brevo", "hubspot"),
    Act.MET: ("hubspot",),
}
"""Who learns of it first; of those who know the person it is the first one."""
_OF_MAIL = ("brevo", "mautic", "hubspot")
_NEWCOMERS = 0.06
"""How many of the things that happen are that somebody is new."""


class Company:
    """The people, the platforms that know them, and what they do."""

    def __init__(self, adapters: Sequence[str], contacts: int, seed: int = 1) -> None:
        """Make so many contacts; with the same seed on the same day they are the same."""
        self.clock = ReplayClock()
        self.platforms = [PLATFORMS[each](self.clock) for each in adapters]
        self._by_adapter = {each.adapter: each for each in self.platforms}
        self._chance = Random(seed)  # noqa: S311 - chance that can be repeated
        self._year = Year(self.clock.now())
        self.people = found(self._chance, contacts, adapters, self._year)
        self._present = Present(self._chance, self.people)

    def play_the_past(self) -> int:
        """Let the year happen; return how many things that were."""
        deeds = year_of(self._chance, self.people, self._year)
        for deed in deeds:
            self.clock.at = deed.at
            for played in self.told(deed):
                played.take(deed, self.people[deed.person])
        self.clock.at = None
        for each in self.platforms:
            each.settle()
        return len(deeds)

    def next(self, at: datetime) -> Deed:
        """Return what happens now; who has to take it is told by `told`."""
        if self._chance.random() < _NEWCOMERS:
            return self._arrival(at)
        while True:
            deed = self._present.step(at)
            if self.told(deed):
                return deed

    def told(self, deed: Deed) -> Sequence[Played]:
        """Return the platforms that learn of something: of a newcomer all that know them."""
        known = self.people[deed.person].on
        if deed.act is Act.ARRIVED:
            return [self._by_adapter[each] for each in known]
        order = _TOLD_BY.get(deed.act, _OF_MAIL)
        return [self._by_adapter[each] for each in order if each in known][:1]

    def _arrival(self, at: datetime) -> Deed:
        adapters = [*self._by_adapter]
        person: Someone = newcomer(self._chance, len(self.people), adapters, self._year)
        person = replace(person, arrived_at=at, is_dead=False)
        self.people.append(person)
        self._present.join(person)
        return Deed(at=at, person=person.number, act=Act.ARRIVED)
