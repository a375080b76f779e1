"""A request as a handler sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from adapters.hubspot.simulator.refusals import invalid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.hubspot.simulator.account import Account
    from adapters.hubspot.simulator.objects import Objects
    from adapters.hubspot.simulator.tricks import Trick
    from adapters.simulation.messages import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What is asked, and of which account."""

    account: Account
    request: Request
    names: Mapping[str, str]
    """What stands at the `{names}` of the path."""
    version: str
    """v3, or the date of a version."""
    base_url: str
    trick: Trick | None = None
    """What goes wrong with this request."""

    @property
    def objects(self) -> Objects:
        """Return the objects of the type that the path names; raises Refusal for none such."""
        return self.objects_of(self.names["objectType"])

    def objects_of(self, text: str) -> Objects:
        """Return the objects of a type that is called by its name or id."""
        for each in self.account.objects.values():
            if text.lower() in {each.kind.name, each.kind.singular, each.kind.type_id}:
                return each
        raise invalid(f"Unable to infer object type from: {text}")

    def body(self) -> dict[str, Any]:
        """Return the JSON object that was sent, or raise Refusal."""
        found = self.json()
        if not isinstance(found, dict):
            raise invalid("Invalid input JSON: an object is expected")
        return found

    def json(self) -> Any:  # noqa: ANN401 - nothing is known of it before somebody looks
        """Return the JSON that was sent, or raise Refusal."""
        try:
            return self.request.json
        except ValueError:
            raise invalid("Invalid input JSON: it cannot be read") from None

    def inputs(self, most: int = 100) -> list[dict[str, Any]]:
        """Return the `inputs` of a batch, or raise Refusal."""
        found = self.body().get("inputs")
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            raise invalid("Some required fields were not set: [inputs]")
        if not 0 < len(found) <= most:
            raise invalid(f"The batch must have between 1 and {most} inputs")
        return found

    def words(self, name: str) -> Sequence[str]:
        """Return a parameter that may be given several times, or with commas."""
        return [word for each in self.request.every(name) for word in each.split(",") if word]

    def whole(self, name: str, default: int, *, least: int = 0, most: int = 10**15) -> int:
        """Return a parameter that is a whole number, or raise Refusal."""
        text = self.request.param(name)
        if not text:
            return default
        number = int(text) if text.isdecimal() else -1
        if not least <= number <= most:
            raise invalid(f"Invalid value for {name}: {text}; between {least} and {most} expected")
        return number

    def flag(self, name: str) -> bool:
        """Return whether a parameter says true."""
        return self.request.param(name).lower() == "true"


def texts(value: object, name: str) -> list[str]:
    """Return a list of texts in a body, or raise Refusal."""
    if not isinstance(value, list):
        raise invalid(f"{name} must be a list")
    return [str(each) for each in value]


def required(body: Mapping[str, Any], *names: str) -> None:
    """Raise Refusal unless a body has all of these."""
    missing = [name for name in names if body.get(name) in (None, "")]
    if missing:
        raise invalid(f"Some required fields were not set: {missing}")
