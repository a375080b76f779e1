"""What the configuration says about an account of any REST API."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field, field_validator, model_validator

from adapters.addresses import account_url
from adapters.mapped.expressions import Expression, ends
from adapters.mapped.mappings import listed
from adapters.rest.cost import Cost
from adapters.rest.language.requests import (
    Duration,
    HeaderName,
    LimitName,
    OfForm,
    PathBelowUrl,
    Statuses,
    Words,
    requests_in,
)
from adapters.rest.language.settings import settings_amiss, texts_of
from adapters.rest.language.streams import (
    ContactStreamConfig,
    EventStreams,
    ListStreamConfig,
    LookupConfig,
    MemberStreamConfig,
    RemovalStreamConfig,
)
from adapters.rest.language.writing import WritesConfig
from adapters.rest.presets import preset, with_preset
from adapters.rest.templates import check_template
from connector.domain.durations import parse_duration
from connector.ports.adapter import PlatformConfig
from connector.ports.platform import Part

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from connector.ports.platform import Capabilities

AuthType = Literal["none", "header", "param", "body", "bearer", "basic", "oauth2"]

SECRETS: Mapping[str, tuple[str, ...]] = {
    "none": (),
    **dict.fromkeys(("header", "param", "body", "bearer"), ("api_key",)),
    "basic": ("username", "password"),
    "oauth2": ("client_id", "client_secret"),
}
"""What each way to prove who asks takes from the environment."""
_NAMED = frozenset({"header", "param", "body"})
_NO_NAME = "is no name of a header, a parameter or a key: letters, digits, `-`, `_`, `.`, `[`, `]`"


class AuthConfig(Words):
    """How requests prove who asks; what is secret comes from the environment."""

    type: AuthType = Field(
        description="`header`, `param` or `body`: a key under a `name`. `bearer`: a token. "
        "`basic`: a user name and a password. `oauth2`: a token that is asked for with the id and "
        "secret of a client. `none`: no proof."
    )
    name: Annotated[str, OfForm(r"[A-Za-z0-9_.\[\]-]{1,100}", _NO_NAME)] | None = Field(
        default=None, description="The header, the parameter or the key of the body."
    )
    prefix: Annotated[str, Field(max_length=50)] = Field(
        default="", description="What stands before the key in its header, as `Key `."
    )
    path: PathBelowUrl | None = Field(
        default=None, description="Where `oauth2` gives tokens, below `url`."
    )
    more: dict[str, str] = Field(
        default_factory=dict, description="What else asking for a token says, such as `scope`."
    )

    @model_validator(mode="after")
    def _fits_its_type(self) -> AuthConfig:
        needs = {"name": self.type in _NAMED, "path": self.type == "oauth2"}
        for key, is_needed in needs.items():
            if is_needed != (getattr(self, key) is not None):
                with_what = "is missing" if is_needed else "does not belong here"
                msg = f"`{key}` {with_what} with `type: {self.type}`"
                raise ValueError(msg)
        for key, wanted in (("prefix", "header"), ("more", "oauth2")):
            if key in self.model_fields_set and self.type != wanted:
                msg = f"`{key}` belongs to `type: {wanted}`"
                raise ValueError(msg)
        return self


class LimitConfig(Words):
    """A limit on the requests of the account."""

    requests: Annotated[int, Field(ge=1, le=1_000_000)] = Field(description="So many requests")
    per: Duration = Field(description="in any such span, as `1s` or `1h`.")
    of: LimitName | None = Field(
        default=None,
        description="The requests that count in it: those whose `limit` says so; default: all.",
    )

    @property
    def bucket(self) -> str:
        """Return the name under which it is counted."""
        return f"{self.of or 'requests'}_per_{self.per}"


class AnswersConfig(Words):
    """What answers say beside what was asked for."""

    wait: HeaderName = Field(
        default="Retry-After",
        description="The header of a refusal that says how long to wait: seconds, or a date.",
    )
    message: Expression | None = Field(
        default=None, description="What the body of an error says, for people."
    )
    retired: Statuses = Field(
        default=(),
        description="Statuses that say of the whole API that it is not served any more, as 410 of "
        "a version that came to its end.",
    )


class RestConfig(PlatformConfig):
    """An entry `{adapter: rest}` under `platforms`."""

    secrets: ClassVar[tuple[str, ...]] = tuple(
        dict.fromkeys(name for names in SECRETS.values() for name in names)
    )

    preset: str | None = Field(
        default=None,
        description="An entry that is shipped with heatsync; what stands beside it comes on top.",
    )
    url: Annotated[str, AfterValidator(account_url)] | None = Field(
        default=None, description="The address that all paths are below, with `https://`."
    )
    auth: AuthConfig = Field(
        default=AuthConfig(type="none"), description="How requests prove who asks."
    )
    settings: dict[str, str | int | float | bool | None] = Field(
        default_factory=dict,
        description="What texts take in as `{{ settings.name }}`; `null`: what has to be filled "
        "in where it is needed.",
    )
    headers: dict[HeaderName, str] = Field(
        default_factory=dict, description="Headers of all requests."
    )
    limits: Annotated[tuple[LimitConfig, ...], BeforeValidator(listed)] = Field(
        default=(), description="The limits on requests that the account has."
    )
    answers: AnswersConfig = Field(
        default=AnswersConfig(), description="What answers say beside what was asked for."
    )
    contacts: ContactStreamConfig | None = Field(
        default=None, description="How contacts are read; without it everybody is only told of."
    )
    lookup: LookupConfig | None = Field(
        default=None, description="How contacts are read by their id."
    )
    walk_every: Duration = Field(
        default="1d", description="How often all contacts are walked for those that are gone."
    )
    removals: RemovalStreamConfig | None = Field(
        default=None, description="How the API tells who is gone."
    )
    events: EventStreams = Field(
        default=(), description="How events are read: one stream, or a list of them."
    )
    lists: ListStreamConfig | None = Field(default=None, description="Which lists there are.")
    members: MemberStreamConfig | None = Field(
        default=None, description="Who is in a list; with `lists`."
    )
    writes: WritesConfig = Field(
        default=WritesConfig(), description="What can be written, and how."
    )
    fixed: Annotated[tuple[str, ...], BeforeValidator(listed)] = Field(
        default=("email",),
        description="Fields that say who somebody is, or what they consented to: never written. "
        "Those at which the paths of `record.email` and `record.opted_out` end always belong to "
        "them.",
    )

    @model_validator(mode="before")
    @classmethod
    def _laid_over_its_preset(cls, values: object) -> object:
        return with_preset(values)

    @field_validator("preset")
    @classmethod
    def _is_shipped(cls, name: str | None) -> str | None:
        if name is not None:
            preset(name)
        return name

    @field_validator("headers")
    @classmethod
    def _takes_in_settings(cls, headers: dict[str, str]) -> dict[str, str]:
        check_template(headers, {"settings"})
        return headers

    @model_validator(mode="after")
    def _is_whole(self) -> RestConfig:
        for wrong, msg in self._amiss():
            if wrong:
                raise ValueError(msg)
        return self

    def _amiss(self) -> Sequence[tuple[bool, str]]:
        reads = self.contacts is not None
        written = self.writes.attributes
        spans = [each.bucket for each in self.limits]
        unknown = self._unknown_limits()
        settings = settings_amiss(
            [self.headers, *texts_of(requests_in(self))], self.settings, self._shipped_settings()
        )
        return [
            (settings is not None, settings or ""),
            (self.url is None, "`url` is missing"),
            (len({*spans}) < len(spans), "`limits` has two limits for the same span"),
            (bool(unknown), f"`limits` has none `of` the name `{', '.join(unknown)}`"),
            (self.members is not None and self.lists is None, "`members` needs `lists`"),
            (
                self.writes.lists is not None and self.lists is None,
                "`writes.lists` needs `lists`: names are found there",
            ),
            (
                not reads and bool(self.lookup or self.removals or self.members),
                "`lookup`, `removals` and `members` need `contacts`",
            ),
            (
                not reads and self.writes.create is not None,
                "`writes.create` needs `contacts`",
            ),
            (
                reads and written is not None and not written.is_shown and self.lookup is None,
                "`writes.attributes` needs `echo` or `lookup`: what counts is what is seen there",
            ),
        ]

    def _shipped_settings(self) -> Collection[str]:
        shipped: Mapping[str, object] = preset(self.preset) if self.preset else {}
        settings = shipped.get("settings")
        return settings if isinstance(settings, dict) else ()

    def _unknown_limits(self) -> Sequence[str]:
        """Return the names that requests say and no limit has."""
        known = {each.of for each in self.limits}
        named = {each.limit for each in requests_in(self) if each.limit is not None}
        return sorted(named - known)

    @property
    def is_sink(self) -> bool:
        """Return whether nobody is read there, so that everybody is told of."""
        return self.contacts is None and bool(self._writers())

    @property
    def account(self) -> str:
        """Return the address that all paths are below."""
        return self.url or ""

    def able(self, capabilities: Capabilities) -> Capabilities:
        """Return what the entry says how to do; whatever it does not say is absent."""
        writes = self.writes
        limits = {each.bucket: each.of for each in self.limits}
        cost = Cost(writes=writes, lookup=self.lookup, limits=limits)
        return replace(
            capabilities,
            parts=frozenset(self._readers() | self._writers()),
            event_types=None if self.events else frozenset(),
            action_kinds=writes.deeds,
            writable_types=capabilities.writable_types if writes.attributes else frozenset(),
            is_fixed=self.unwritable.__contains__,
            attribute_batch=writes.attributes.size if writes.attributes else 1,
            list_batch=cost.list_batch,
            in_flight=cost.in_flight,
            calls_of=cost.calls_of,
            calls_in=cost.calls_in,
            walk_every=parse_duration(self.walk_every) if self.contacts else timedelta(),
            is_ours=self.is_sink,
            is_sink=self.is_sink,
        )

    @property
    def unwritable(self) -> frozenset[str]:
        """Return the fields that are never written."""
        record = self.contacts.record if self.contacts else None
        told = [each for each in (record.email, record.opted_out) if each] if record else []
        named = record.attributes if record else {}
        same = (name for name, expression in named.items() if expression in told)
        return frozenset({*self.fixed, *same}).union(*map(ends, told))

    def missing_secrets(self, given: Collection[str]) -> Sequence[str]:
        """Return what its requests cannot prove themselves without."""
        return [name for name in SECRETS[self.auth.type] if name not in given]

    def _readers(self) -> set[Part]:
        pager = self.contacts.pager if self.contacts else None
        # Rows that were passed over must not be taken for gone.
        is_walked = self.lookup is not None or pager is None or not pager.may_skip
        offered = {
            Part.CONTACTS: self.contacts is not None,
            Part.IDS: self.contacts is not None and is_walked,
            Part.LOOKUP: self.lookup is not None,
            Part.EVENTS: bool(self.events),
            Part.REMOVALS: self.removals is not None,
            Part.MEMBERSHIPS: self.members is not None,
        }
        return {part for part, is_offered in offered.items() if is_offered}

    def _writers(self) -> set[Part]:
        writes = self.writes
        offered = {
            Part.ATTRIBUTE_WRITER: writes.attributes is not None,
            Part.LIST_WRITER: writes.lists is not None,
            Part.LISTS: writes.lists is not None and writes.lists.create is not None,
            Part.TAG_WRITER: writes.tags is not None,
            Part.CONTACT_CREATOR: writes.create is not None,
            Part.ACTIONS: bool(writes.deeds),
        }
        return {part for part, is_offered in offered.items() if is_offered}
