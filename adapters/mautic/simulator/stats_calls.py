"""/stats: the rows of tables, as the database has them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from adapters.mautic.simulator.php import entries, whole
from adapters.mautic.simulator.refusals import DatabaseError
from adapters.mautic.simulator.tables import (
    HIDDEN,
    OTHER_TABLES,
    Row,
    TableColumns,
    columns_of,
    permission_of,
)
from adapters.mautic.simulator.values import column_text
from adapters.mautic.simulator.where import BadClause, filters_of, name_of, ordered, orders_of
from adapters.simulation.messages import json_reply
from adapters.simulation.routes import Route

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from adapters.mautic.simulator.account import Account
    from adapters.mautic.simulator.call import Call
    from adapters.simulation.messages import Reply

_PAGE = 100
_ADMIN = "admin"


class _Denied(Exception):
    """A table that one has no right to."""


class StatsCalls:
    """Tables of statistics. Whatever goes wrong here is told in the body of a 200."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def routes(self) -> Iterator[Route]:
        """Yield what is answered here."""
        yield Route("GET", "/stats", self.tables)
        yield Route("GET", "/stats/{table}", self.rows)

    def tables(self, call: Call) -> Reply:  # noqa: ARG002 - nothing is asked
        """Return which tables there are, and their columns."""
        names = sorted(self._account.tables.rows)
        columns = {
            name: sorted([*columns_of(name), *HIDDEN.get(name, ())])
            for name in names
            if name not in OTHER_TABLES
        }
        return json_reply({"availableTables": names, "tableColumns": columns}, size=len(names))

    def rows(self, call: Call, table: str) -> Reply:
        """Return a page of a table; a table that is not there is answered with those that are."""
        name = table.strip().lower()
        if name not in self._account.tables.rows:
            return self.tables(call)
        try:
            self._refuse(call, name)
            found = self._passing(call, name)
        except (BadClause, DatabaseError, _Denied) as error:
            return json_reply({"errors": [{"message": str(error), "code": 0}]}, size=0)
        start = max(0, call.number("start", 0))
        page = found[start : start + max(0, call.number("limit", _PAGE))]
        told = [_told(row, columns_of(name)) for row in page]
        return json_reply({"total": str(len(found)), "stats": told}, size=len(page))

    def _refuse(self, call: Call, table: str) -> None:
        wanted = permission_of(table)
        if wanted == _ADMIN and self._account.quirks.audit_log_is_open:
            return
        if wanted is None or (call.user.may(wanted, "view") and wanted != _ADMIN):
            return
        if call.user.rights is not None:
            name = "lead" if wanted.startswith("lead") else wanted
            raise _Denied(f"You do not have the view permission to load data from the {name} table")

    def _passing(self, call: Call, table: str) -> list[Row]:
        columns = TableColumns(table)
        where = call.query.get("where")
        tests = filters_of(where, columns)
        orders = orders_of(call.query.get("order"))
        rows = [row for row in self._candidates(table, where) if all(test(row) for test in tests)]
        getters = [(columns.getter(name), descends) for name, descends in orders]
        if not getters or (orders[0] == ("id", False) and "id" in columns_of(table)):
            return rows
        return ordered(rows, getters, lambda _: 0)

    def _candidates(self, table: str, where: object) -> Sequence[Row]:
        """Return the rows that a clause about ids leaves: an index spares the others."""
        if "id" not in columns_of(table) or table == "email_stat_replies":
            return self._account.tables.rows[table]
        clauses = [clause for _, clause in entries(where) if isinstance(clause, dict)]
        for clause in clauses:
            is_owner = name_of(str(clause.get("col"))) == "lead_id"
            if is_owner and clause.get("expr") == "in":
                wanted = {whole(each) for each in str(clause.get("val")).split(",")}
                found = [row for each in wanted for row in self._account.tables.of(table, each)]
                return sorted(found, key=lambda row: row["id"])
        bounds = [
            whole(clause.get("val")) - (clause.get("expr") == "gte")
            for clause in clauses
            if name_of(str(clause.get("col"))) == "id" and clause.get("expr") in {"gt", "gte"}
        ]
        if not bounds:
            return self._account.tables.rows[table]
        return self._account.tables.after(table, max(bounds))


def _told(row: Row, columns: Sequence[str]) -> dict[str, Any]:
    """Return a row as PHP fetches it: everything is a text, and what is null is left out."""
    return {name: _text(row[name]) for name in columns if row[name] is not None}


def _text(cell: object) -> str:
    match cell:
        case bool():
            return str(int(cell))
        case datetime():
            return column_text(cell)
        case _:
            return str(cell)
