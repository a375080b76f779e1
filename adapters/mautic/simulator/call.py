"""A request as a handler sees it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from adapters.mautic.simulator.php import Nested, entries, nested, whole
from adapters.mautic.simulator.refusals import Refusal

if TYPE_CHECKING:
    from adapters.mautic.simulator.account import Account
    from adapters.mautic.simulator.users import User
    from adapters.simulation.messages import Request

_SENT = ("POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True, kw_only=True)
class Call:
    """What is asked, and by whom."""

    account: Account
    request: Request
    user: User

    @cached_property
    def query(self) -> Nested:
        """The parameters of the address."""
        return nested(self.request.params)

    @cached_property
    def body(self) -> Any:  # noqa: ANN401 - nothing is known of it before somebody looks
        """What was sent, as JSON or as a form; raises Refusal."""
        if not self.request.body or self.request.method not in _SENT:
            return {}
        if "json" not in self.request.headers.get("content-type", ""):
            text = self.request.body.decode(errors="replace")
            return nested(parse_qsl(text, keep_blank_values=True))
        try:
            found = self.request.json
        except ValueError:
            raise Refusal(400, "Invalid json message received") from None
        return found if isinstance(found, dict | list) else {}

    @property
    def sent(self) -> Nested:
        """What was sent, where it is no list."""
        return dict(entries(self.body))

    @property
    def clears(self) -> bool:
        """Whether what a form is not sent is taken for empty."""
        return self.request.method != "PATCH"

    def text(self, name: str, default: str = "") -> str:
        """Return a parameter of the address."""
        found = self.query.get(name, default)
        return found if isinstance(found, str) else default

    def number(self, name: str, default: int) -> int:
        """Return a parameter of the address that is a whole number."""
        return whole(self.query[name]) if name in self.query else default

    def flag(self, name: str) -> bool:
        """Return whether a parameter of the address is set."""
        return self.text(name) not in {"", "0"}

    def words(self, name: str) -> list[str]:
        """Return the texts of a parameter that is an array, or one text with commas."""
        given = self.query.get(name)
        if isinstance(given, str):
            return [each for each in given.split(",") if each]
        return [str(each) for _, each in entries(given)]
