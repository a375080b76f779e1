"""GET /contacts: filters, order, pages, and how many there are."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from adapters.mautic.simulator.contacts import ContactColumns
from adapters.mautic.simulator.php import entries, whole
from adapters.mautic.simulator.refusals import DatabaseError, denied, encountered
from adapters.mautic.simulator.rendering import contact_told
from adapters.mautic.simulator.searching import Search
from adapters.mautic.simulator.where import BadClause, Test, filters_of, name_of, ordered, orders_of
from adapters.simulation.messages import json_reply

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from adapters.mautic.simulator.account import Account
    from adapters.mautic.simulator.call import Call
    from adapters.mautic.simulator.contacts import Contact
    from adapters.simulation.messages import Reply

BASE = "lead:leads"
_COUNT_LASTS = timedelta(seconds=5)
_FAR = 2**62


class Listing:
    """Pages of contacts."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._counts: dict[tuple[object, ...], tuple[datetime, int]] = {}

    def contacts(self, call: Call) -> Reply:
        """Return a page of contacts, by id."""
        if not call.user.may(BASE, "view"):
            raise denied()
        selected = call.words("select") or None
        if selected is not None and "id" not in selected:
            # The rows have no ids then, and the statement that reads them on is broken.
            raise encountered()
        try:
            passing = self._passing(call)
            found = self._sorted(call, passing)
        except (BadClause, DatabaseError):
            raise encountered() from None
        total = self._total(call, len(passing))
        # Where there was nobody five seconds ago, nobody is looked for.
        page = self._page(call, found) if int(total) else []
        told = {
            str(each.id): contact_told(
                self._account,
                each,
                in_list=True,
                minimal=call.flag("minimal"),
                selected=selected,
            )
            for each in page
        }
        content: dict[str, Any] = {"total": total, "contacts": told}
        return json_reply(content, size=len(page))

    def _passing(self, call: Call) -> list[Contact]:
        """Return the contacts that pass the filters, in the order of their ids."""
        where = call.query.get("where")
        columns = ContactColumns(self._account.fields)
        # Names of properties are turned into columns at the top alone.
        inner = ContactColumns(self._account.fields, converts=False)
        tests: list[Test] = [*filters_of(where, columns, inner)]
        tests += Search(self._account, call.user).filters_of(call.text("search"))
        if not where or not self._account.quirks.wheres_lift_ownership:
            tests += _of_own(call)
        by_id = self._account.contacts.by_id
        candidates = (by_id[each] for each in self._candidates(where))
        return [each for each in candidates if all(test(each) for test in tests)]

    def _candidates(self, where: object) -> Sequence[int]:
        """Return the ids that a clause about ids leaves: an index spares the other rows."""
        above, below = 0, _FAR
        for _, clause in entries(where):
            if not isinstance(clause, dict) or name_of(str(clause.get("col"))) not in {
                "id",
                "l.id",
            }:
                continue
            bound = whole(clause.get("val"))
            match clause.get("expr"):
                case "gt":
                    above = max(above, bound)
                case "gte":
                    above = max(above, bound - 1)
                case "lt":
                    below = min(below, bound)
                case "lte":
                    below = min(below, bound + 1)
                case "in":
                    wanted = {whole(each) for each in str(clause.get("val")).split(",")}
                    known = self._account.contacts.by_id
                    return sorted(each for each in wanted if each in known)
        return self._account.contacts.between(above, below)

    def _sorted(self, call: Call, found: list[Contact]) -> list[Contact]:
        # Neither `orderBy` nor `order` knows the names of properties, but columns alone.
        columns = ContactColumns(self._account.fields, converts=False)
        descends = call.text("orderByDir").upper() == "DESC"
        given = call.text("orderBy")
        orders = orders_of(call.query.get("order"))
        if not orders and given:
            orders = [(name_of(each.strip()), descends) for each in given.split(",")]
        if not orders:
            orders = [("last_active", True)]
        if orders[0] == ("id", False):
            return found
        getters = [(columns.getter(name), backwards) for name, backwards in orders]
        return ordered(found, getters, self._tie(call))

    def _tie(self, call: Call) -> Any:  # noqa: ANN401 - a function of a contact
        if not self._account.quirks.ties_are_unordered:
            return lambda each: each.id
        salt = call.number("start", 0)
        return lambda each: (each.id ^ salt) * 2654435761 % 2**32

    def _page(self, call: Call, found: list[Contact]) -> list[Contact]:
        start = max(0, call.number("start", 0))
        limit = call.number("limit", self._account.page_limit)
        # A limit of 0 is no limit, and takes no notice of the start.
        return found[start : start + limit] if limit > 0 else found

    def _total(self, call: Call, number: int) -> int | str:
        quirks = self._account.quirks
        if quirks.counts_are_cached:
            key = (str(call.query.get("where")), call.text("search"), call.user.id)
            now = self._account.now()
            at, known = self._counts.get(key, (now, number))
            number = known if now - at < _COUNT_LASTS else number
            if key not in self._counts or now - at >= _COUNT_LASTS:
                self._counts[key] = (now, number)
        return str(number) if quirks.totals_are_texts else number


def _of_own(call: Call) -> list[Test]:
    """Return the restriction of somebody who sees no contacts of others: who made it counts."""
    if call.user.may_with(BASE, "view", None):
        return []
    return [lambda each: each.created_by == call.user.id]
