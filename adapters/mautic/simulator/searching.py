"""The words of `search` for contacts."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from adapters.mautic.simulator.where import compare, like

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapters.mautic.simulator.account import Account
    from adapters.mautic.simulator.contacts import Contact
    from adapters.mautic.simulator.users import User

_ANYWHERE = ("firstname", "lastname", "email", "company", "city", "state", "zipcode", "country")

if TYPE_CHECKING:
    Test = Callable[[Contact], bool]


class Search:
    """Reads the words of a search; all of them have to pass."""

    def __init__(self, account: Account, user: User) -> None:
        self._account = account
        self._user = user

    def filters_of(self, text: str) -> list[Test]:
        """Return what contacts have to pass."""
        try:
            words = shlex.split(text)
        except ValueError:
            words = text.split()
        return [self._test(word) for word in words]

    def _test(self, word: str) -> Test:
        if word.startswith("!"):
            test = self._test(word[1:])
            return lambda each: not test(each)
        if word in {"is:anonymous", "is:mine", "is:unowned"}:
            return self._state(word)
        command, colon, value = word.partition(":")
        if not colon:
            return _anywhere(word)
        return self._command(command, value)

    def _state(self, word: str) -> Test:
        match word:
            case "is:anonymous":
                return lambda each: each.identified_at is None
            case "is:mine":
                return lambda each: each.owner == self._user.id
            case _:
                return lambda each: each.owner is None

    def _command(self, command: str, value: str) -> Test:
        match command:
            case "ids":
                ids = {int(each) for each in value.split(",") if each.isdecimal()}
                return lambda each: each.id in ids
            case "segment":
                members = self._members(value)
                return lambda each: each.id in members
            case "common":
                groups = [self._members(alias) for alias in value.split("+")]
                common = set.intersection(*groups)
                return lambda each: each.id in common
            case "tag" | "stage" | "owner" | "name":
                return self._named(command, value)
        if command in self._account.fields.by_alias:
            return _begins(command, value)
        return lambda _: False

    def _named(self, command: str, value: str) -> Test:
        pattern = like(f"{value}%".replace("*", "%"))
        account = self._account

        def passes(each: Contact) -> bool:
            match command:
                case "tag":
                    names = sorted(each.tags)
                case "stage":
                    stage = account.stages.get(each.stage or 0)
                    names = [stage["name"]] if stage else []
                case "owner":
                    names = (account.name_of(each.owner) or "").split()
                case _:
                    names = [
                        str(each.values.get(alias) or "") for alias in ("firstname", "lastname")
                    ]
            return any(pattern.fullmatch(name) for name in names)

        return passes

    def _members(self, alias: str) -> set[int]:
        found: set[int] = set()
        for segment in self._account.segments.by_id.values():
            if compare(segment["alias"], alias) == 0:
                found |= self._account.segments.members(segment["id"])
        return found


def _anywhere(word: str) -> Test:
    pattern = like(f"%{word}%")
    return lambda each: any(
        pattern.fullmatch(str(each.values[alias])) for alias in _ANYWHERE if each.values.get(alias)
    )


def _begins(alias: str, value: str) -> Test:
    pattern = like(f"{value}%".replace("*", "%"))
    return lambda each: pattern.fullmatch(str(each.values.get(alias) or "")) is not None
