"""What is kept beside contacts: segments, stages, fields and the like, by the same ten routes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.mautic.simulator.php import array_of, entries, whole
from adapters.mautic.simulator.refusals import (
    DatabaseError,
    Refusal,
    denied,
    encountered,
    invalid,
    not_found,
    unknown_column,
)
from adapters.mautic.simulator.values import at_text
from adapters.mautic.simulator.where import BadClause, filters_of, ordered, orders_of
from adapters.simulation.messages import json_reply
from adapters.simulation.routes import Route

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from adapters.mautic.simulator.account import Account
    from adapters.mautic.simulator.call import Call
    from adapters.simulation.messages import Reply

Entity = dict[str, Any]
_TEXTS = ("name", "alias", "label", "tag", "text")
"""What a search looks through."""


class EntityCalls:
    """One kind of things."""

    path = ""
    one = ""
    many = ""
    base = ""
    """What rights to it begin with."""
    required = "name"
    told_names: tuple[str, ...] = ("name", "description", "category")
    is_reached = True
    """Whether this version of Mautic has it."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def routes(self) -> Iterator[Route]:
        """Yield what is answered here."""
        if not self.is_reached:
            return
        yield Route("GET", self.path, self.all)
        yield Route("POST", f"{self.path}/new", self.create)
        yield Route("POST", f"{self.path}/batch/new", self.create_many)
        yield Route("PATCH", f"{self.path}/batch/edit", self.edit_many)
        yield Route("PUT", f"{self.path}/batch/edit", self.edit_many)
        yield Route("DELETE", f"{self.path}/batch/delete", self.delete_many)
        yield Route("GET", f"{self.path}/{{key}}", self.show)
        yield Route("PATCH", f"{self.path}/{{key}}/edit", self.edit)
        yield Route("PUT", f"{self.path}/{{key}}/edit", self.edit)
        yield Route("DELETE", f"{self.path}/{{key}}/delete", self.delete)

    def store(self) -> dict[int, Entity]:
        """Return all of them by id."""
        return self.account.entities[self.many]

    def told(self, entity: Entity) -> Entity:
        """Return one as answers have it."""
        return published(entity) | {name: entity.get(name) for name in ("id", *self.told_names)}

    def make(self, call: Call, sent: Mapping[str, Any]) -> tuple[Entity, int]:
        """Make one; return it and the status of the answer; raises Refusal."""
        if not sent.get(self.required):
            raise invalid(self.required, "A value is required.")
        made = self.account.add_entity(self.many)
        self.change(call, made, sent)
        made["dateModified"] = None
        return made, 201

    def change(self, call: Call, entity: Entity, sent: Mapping[str, Any]) -> None:
        """Write what was sent; what a PUT leaves out is emptied, except what has to be there."""
        for name in self.told_names:
            if name in sent:
                entity[name] = sent[name]
            elif call.request.method == "PUT" and name != self.required:
                entity[name] = None
        if "isPublished" in sent:
            entity["isPublished"] = sent["isPublished"] not in (0, "0", False, "false", "")
        entity["dateModified"] = self.account.now()

    def drop(self, entity: Entity) -> None:
        """Remove one."""
        del self.store()[entity["id"]]

    def all(self, call: Call) -> Reply:
        """Return a page of them."""
        self._allow(call, "view")
        rows = [self.told(each) for each in self.store().values()]
        columns = _Properties(rows)
        try:
            tests = filters_of(call.query.get("where"), columns)
            orders = orders_of(call.query.get("order"))
            if not orders and call.text("orderBy"):
                name = call.text("orderBy").rpartition(".")[2]
                orders = [(name, call.text("orderByDir").upper() == "DESC")]
            getters = [(columns.getter(name), descends) for name, descends in orders]
        except (BadClause, DatabaseError):
            raise encountered() from None
        found = [row for row in rows if all(test(row) for test in tests)]
        found = [row for row in found if _is_found(row, call.text("search"))]
        found = ordered(found, getters, lambda row: int(row["id"]))
        start = max(0, call.number("start", 0))
        limit = call.number("limit", self.account.page_limit) or len(found)
        page = found[start : start + limit]
        told: object = {str(row["id"]): row for row in page} or []
        return json_reply({"total": len(found), self.many: told}, size=len(page))

    def show(self, call: Call, key: str) -> Reply:
        """Return one."""
        self._allow(call, "view")
        return json_reply({self.one: self.told(self._found(key))})

    def create(self, call: Call) -> Reply:
        """Make one."""
        self._allow(call, "create")
        made, status = self.make(call, call.sent)
        return json_reply({self.one: self.told(made)}, status)

    def edit(self, call: Call, key: str) -> Reply:
        """Change one; PUT makes it where there is none."""
        self._allow(call, "edit")
        if call.request.method == "PUT" and whole(key) not in self.store():
            return self.create(call)
        found = self._found(key)
        self.change(call, found, call.sent)
        return json_reply({self.one: self.told(found)})

    def delete(self, call: Call, key: str) -> Reply:
        """Remove one."""
        self._allow(call, "delete")
        found = self._found(key)
        told = self.told(found) | {"id": None}
        self.drop(found)
        return json_reply({self.one: told})

    def create_many(self, call: Call) -> Reply:
        """Make many."""
        self._allow(call, "create")
        return self._batch(call, 201, lambda sent: self.make(call, sent))

    def edit_many(self, call: Call) -> Reply:
        """Change many."""
        self._allow(call, "edit")

        def edit(sent: Mapping[str, Any]) -> tuple[Entity, int]:
            found = self._found(sent.get("id"))
            self.change(call, found, sent)
            return found, 200

        return self._batch(call, 200, edit)

    def delete_many(self, call: Call) -> Reply:
        """Remove many."""
        self._allow(call, "delete")
        found = [self.store().get(whole(each)) for each in call.words("ids")]
        told = {key: self.told(each) for key, each in enumerate(found) if each is not None}
        for each in found:
            if each is not None:
                self.drop(each)
        return json_reply({self.many: array_of(told)}, size=len(told))

    def _batch(
        self, call: Call, status: int, work: Callable[[Mapping[str, Any]], tuple[Entity, int]]
    ) -> Reply:
        told, statuses, errors = {}, {}, {}
        for key, sent in entries(call.body):
            try:
                made, statuses[key] = work(dict(entries(sent)))
            except Refusal as refusal:
                statuses[key], errors[key] = refusal.status, refusal.row()
            else:
                told[key] = self.told(made)
        content: dict[str, Any] = {self.many: array_of(told), "statusCodes": array_of(statuses)}
        if errors:
            content["errors"] = array_of(errors)
        return json_reply(content, status, size=len(told))

    def _found(self, key: object) -> Entity:
        found = self.store().get(whole(key))
        if found is None:
            raise not_found()
        return found

    def _allow(self, call: Call, action: str) -> None:
        if not call.user.may(self.base, action):
            raise denied()


class _Properties:
    """What things are filtered by: what answers tell of them."""

    def __init__(self, rows: list[Entity]) -> None:
        self._names = set().union(*rows) if rows else None

    def getter(self, name: str) -> Callable[[Entity], object]:
        """Return what reads a property; raises DatabaseError for none of that name."""
        key = name.rpartition(".")[2]
        if self._names is not None and key not in self._names:
            raise unknown_column(name)
        return lambda row: row.get(key)


def published(entity: Entity) -> Entity:
    """Return what everything tells of itself."""
    added: datetime = entity["dateAdded"]
    return {
        "isPublished": entity["isPublished"],
        "dateAdded": at_text(added),
        "dateModified": at_text(entity["dateModified"]),
        "createdBy": 1,
        "createdByUser": None,
        "modifiedBy": None,
        "modifiedByUser": None,
    }


def _is_found(row: Entity, search: str) -> bool:
    if search.startswith("ids:"):
        return str(row["id"]) in search[len("ids:") :].split(",")
    wanted = search.casefold()
    return any(wanted in str(row.get(name) or "").casefold() for name in _TEXTS)
