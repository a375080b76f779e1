"""/contacts/attributes: what can be said of a contact."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, cast, get_args

from adapters.brevo.simulator.attributes import MOST_ATTRIBUTES, Attribute, Category, Type
from adapters.brevo.simulator.reading import object_of
from adapters.brevo.simulator.refusals import Refused, missing, not_found
from adapters.simulation.messages import Reply, json_reply
from adapters.simulation.routes import Route

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapters.brevo.simulator.account import BrevoAccount
    from adapters.simulation.messages import Request

_ONE = "/contacts/attributes/{category}/{name}"


class AttributeCalls:
    """Definitions of attributes."""

    def __init__(self, account: BrevoAccount) -> None:
        self._account = account

    def routes(self) -> Iterator[Route]:
        """Yield what is answered here."""
        yield Route("GET", "/contacts/attributes", self.all)
        yield Route("POST", _ONE, self.create)
        yield Route("PUT", _ONE, self.update)
        yield Route("DELETE", _ONE, self.delete)

    def all(self, request: Request) -> Reply:  # noqa: ARG002 - nothing can be asked
        """Return every definition."""
        told = [each.as_json() for each in self._account.attributes.values()]
        return json_reply({"attributes": told}, size=len(told))

    def create(self, request: Request, category: str, name: str) -> Reply:
        """Define an attribute."""
        body = object_of(request)
        name = name.upper()
        if category not in get_args(Category):
            raise Refused("attributeCategory is not valid")
        if name in self._account.attributes:
            raise Refused("Attribute name must be unique", code="duplicate_parameter")
        if len(self._account.attributes) >= MOST_ATTRIBUTES:
            raise Refused(f"at most {MOST_ATTRIBUTES} attributes", code="out_of_range")
        made = Attribute(
            name=name,
            category=cast("Category", category),
            type=_type_of(category, body),
            labels=_labels_of(body) if category == "category" else {},
            options=list(body.get("multiCategoryOptions") or []),
            formula=str(body.get("value") or ""),
        )
        self._account.attributes[name] = made
        return Reply(status=201)

    def update(self, request: Request, category: str, name: str) -> Reply:
        """Change the options of an attribute."""
        found = self._found(category, name)
        body = object_of(request)
        if category == "category":
            found.labels = _labels_of(body)
        found.options += [
            each for each in body.get("multiCategoryOptions") or [] if each not in found.options
        ]
        found.formula = str(body.get("value") or found.formula)
        return Reply(status=204)

    def delete(self, request: Request, category: str, name: str) -> Reply:  # noqa: ARG002 - path
        """Delete an attribute, and what it says of everybody."""
        found = self._found(category, name)
        del self._account.attributes[found.name]
        people = self._account.people
        for person in [each for each in people if found.name in each.values]:
            people.change(person, partial(person.values.pop, found.name), self._account.now())
        return Reply(status=204)

    def _found(self, category: str, name: str) -> Attribute:
        found = self._account.attributes.get(name.upper())
        if found is None or found.category != category:
            raise not_found("Attribute")
        return found


_ONLY_IN: Mapping[str, str] = {"user": "normal", "multiple-choice": "normal", "id": "transactional"}
"""Types that one category alone has."""


def _type_of(category: str, body: Mapping[str, Any]) -> Type:
    """Return the type of a definition; only normal and transactional ones have one."""
    if category not in {"normal", "transactional"}:
        return "text"
    found = body.get("type")
    if found is None:
        raise missing("type")
    if found not in get_args(Type) or _ONLY_IN.get(found, category) != category:
        raise Refused("type is not valid")
    return cast("Type", found)


def _labels_of(body: Mapping[str, Any]) -> dict[str, str]:
    options = body.get("enumeration")
    if not isinstance(options, list) or not options:
        raise missing("enumeration")
    return {str(each["value"]): str(each["label"]) for each in options}
