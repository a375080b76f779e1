"""What should be written to a platform, item by item, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from connector.domain.values import Written
    from connector.errors import NotSetUp, PlatformError


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """A contact as its platform names it."""

    remote_id: str
    email: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeChange:
    """Fields of one contact that shall have these values."""

    to: Addressee
    values: Mapping[str, Written] = field(repr=False)
    before: Mapping[str, Written] = field(default_factory=dict, repr=False)
    """What we were seen to write last to those of the fields that the platform guards.

    Whether a value that stands there now is ours is told by comparing it with this.
    """
    copied: frozenset[str] = frozenset()
    """Fields whose values are copies: what stands there comes back, and is news if it is another.

    So nothing may stand for such a value but itself.
    """
    key: str = field(default="", compare=False)
    """The same at each attempt to write this, and another one once something else is desired."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListChange:
    """That one contact shall be in a list, or not."""

    to: Addressee
    list_name: str
    is_member: bool
    key: str = field(default="", compare=False)
    """The same at each attempt to write this, and another one once something else is desired."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TagChange:
    """That one contact shall carry a tag, or not."""

    to: Addressee
    tag: str
    is_set: bool
    key: str = field(default="", compare=False)
    """The same at each attempt to write this, and another one once something else is desired."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageChange:
    """The platform's own stage that one contact shall be in."""

    to: Addressee
    stage: str
    """Empty: in none any more; only where nothing stands but what we write."""
    key: str = field(default="", compare=False)
    """The same at each attempt to write this, and another one once something else is desired."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something done once for a contact because a trigger fired."""

    key: str
    """Idempotency key: the same key is the same effect."""
    trigger: str
    kind: str
    """``email``, ``campaign``, ``push``, ``notify``, ``task`` or ``note``."""
    to: Addressee
    at: datetime
    params: Mapping[str, Written] = field(default_factory=dict)
    """What fills a template; of a campaign its ``id``.

    A task has its ``title`` and, where there is one, the instant ``due_at``; a note its ``text``.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one change: `error` is None when the platform was seen to take it."""

    error: PlatformError | None = None
    is_unchanged: bool | None = False
    """Whether the platform had this value already; None: it may be an earlier attempt's."""
    kept: frozenset[str] = frozenset()
    """Fields of the change that the platform goes on showing otherwise, by a rule of its own.

    There is nothing to write again until our value changes, and no drift to repair.
    """
    paused: Mapping[str, NotSetUp] = field(default_factory=dict)
    """Fields of the change that were left out as the account lacks them, each with what is amiss.

    All others were taken.
    """
    remark: str | None = None
    """What else was done on the platform that a person has to know."""
