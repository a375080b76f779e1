"""The fields of contacts: those that Mautic comes with, and those that somebody added."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

GROUPS = ("core", "social", "personal", "professional")
TYPES = frozenset(
    [
        "text",
        "textarea",
        "multiselect",
        "select",
        "boolean",
        "lookup",
        "date",
        "datetime",
        "time",
        "timezone",
        "email",
        "html",
        "number",
        "tel",
        "url",
        "country",
        "region",
        "locale",
    ]
)
LIMITED = frozenset({"text", "select", "url", "email"})
"""The types of fields whose letters are counted."""
_SOCIAL = ("facebook", "foursquare", "instagram", "linkedin", "skype", "twitter")
_FIXED: Mapping[str, str] = {
    "title": "lookup",
    "firstname": "text",
    "lastname": "text",
    "company": "text",
    "position": "text",
    "email": "email",
    "mobile": "tel",
    "phone": "tel",
    "points": "number",
    "address1": "text",
    "address2": "text",
    "city": "text",
    "state": "region",
    "zipcode": "text",
    "country": "country",
    "preferred_locale": "locale",
    "timezone": "timezone",
    "last_active": "datetime",
    "attribution_date": "datetime",
    "attribution": "number",
}
MAPPED = frozenset(_FIXED) - {"preferred_locale", "attribution_date", "attribution"}
"""The fields that the code of Mautic names; the columns of all others are known to forms alone."""
_LOOSE: Mapping[str, str] = {"fax": "tel", "website": "url", **dict.fromkeys(_SOCIAL, "text")}


@dataclass(slots=True, kw_only=True, eq=False)
class Field:
    """One field of contacts, which is a column of their table."""

    id: int
    alias: str
    label: str
    type: str = "text"
    group: str = "core"
    is_fixed: bool = False
    is_unique: bool = False
    is_published: bool = True
    is_required: bool = False
    default: str | None = None
    letters: int | None = None
    """How many it takes; None: what fits into a column."""
    properties: dict[str, Any] = field(default_factory=dict)
    added_at: datetime | None = None
    column_from: datetime | None = None
    """When its column is there; None: it always was."""

    @property
    def scale(self) -> int:
        """Return how many decimals a number is shown with."""
        return int(self.properties.get("scale") or 0)

    def options(self) -> list[str] | None:
        """Return the values that a select takes; None: any."""
        listed = self.properties.get("list")
        if self.type not in {"select", "multiselect"} or not listed:
            return None
        if isinstance(listed, str):
            return listed.split("|")
        rows = listed.values() if isinstance(listed, dict) else listed
        return [str(each["value"] if isinstance(each, dict) else each) for each in rows]


class Fields:
    """The fields of contacts of one instance."""

    def __init__(self, letters: int | None = None) -> None:
        """`letters` is how many a field takes unless it says otherwise."""
        self._ids = count(1)
        self.letters = letters
        self.by_id: dict[int, Field] = {}
        self.by_alias: dict[str, Field] = {}
        for alias, kind in _FIXED.items():
            made = self.add(alias, kind, is_fixed=True)
            made.is_unique = alias == "email"
        for alias, kind in _LOOSE.items():
            self.add(alias, kind, group="social" if alias in _SOCIAL else "core")
        for each in self.by_id.values():
            each.letters = letters
        self.by_alias["points"].default = "0"
        self.by_alias["attribution"].properties = {"roundmode": 4, "scale": 2}

    def add(self, alias: str, kind: str = "text", **more: Any) -> Field:  # noqa: ANN401
        """Make a field, and put it behind all others."""
        letters = self.letters if kind in LIMITED else None
        named = {"label": alias.replace("_", " ").capitalize(), "letters": letters, **more}
        made = Field(id=next(self._ids), alias=alias, type=kind, **named)
        self.by_id[made.id] = self.by_alias[alias] = made
        return made

    def remove(self, found: Field) -> None:
        """Drop a field."""
        del self.by_id[found.id], self.by_alias[found.alias]

    def published(self, at: datetime) -> Iterator[Field]:
        """Yield the fields that forms have, in order."""
        return (each for each in self.there(at) if each.is_published)

    def there(self, at: datetime) -> Iterator[Field]:
        """Yield the fields whose columns are there."""
        return (
            each
            for each in self.by_alias.values()
            if each.column_from is None or each.column_from <= at
        )

    def unique(self, at: datetime) -> list[str]:
        """Return the aliases of the fields that no two contacts may share a value of."""
        return [each.alias for each in self.published(at) if each.is_unique]
