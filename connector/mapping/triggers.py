"""What is done once when a condition becomes true, as it is written."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import Discriminator, Field

from connector.mapping.base import (
    BY_SHAPE,
    NUMBER,
    TAG_PREFIX,
    TEXT,
    Condition,
    Duration,
    FromList,
    Language,
    Text,
    Whole,
    kind_tag,
)
from connector.mapping.rules import Per

RemoteId: TypeAlias = Annotated[Annotated[Text, TEXT] | Annotated[Whole, NUMBER], BY_SHAPE]
"""An id on a platform: a number or a text, passed on as it is."""

EnvironmentName: TypeAlias = Annotated[
    Text, Field(pattern=r"^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$", max_length=64)
]
"""The last part of an environment variable."""


class EmailParts(Language):
    """An e-mail to the contact."""

    platform: Text = Field(description="The platform that sends it.")
    template: RemoteId = Field(description="The template's id there.")
    params: dict[str, Text] = Field(
        default_factory=dict,
        description="The template's parameters, and the results of ours that fill them.",
    )


class CampaignParts(Language):
    """A campaign that the contact enters."""

    platform: Text = Field(description="The platform that runs it.")
    id: RemoteId = Field(description="The campaign's id there.")


class PushParts(Language):
    """The contact, made on a platform."""

    platform: Text = Field(description="The platform on which the contact is made if absent.")


class TaskParts(Language):
    """A task for whoever looks after the contact."""

    platform: Text = Field(description="The platform on which the task is made.")
    title: Text = Field(
        description="What is to be done; `{name}` stands for an attribute, trait or result."
    )
    due: Duration | None = Field(
        default=None, description="How long after the trigger fired it is due, as `1d`."
    )


class NoteParts(Language):
    """A note on the contact."""

    platform: Text = Field(description="The platform on which the note is left.")
    text: Text = Field(
        description="What it says; `{name}` stands for an attribute, trait or result."
    )


class NotifyDeed(Language):
    """Tell people."""

    notify: EnvironmentName = Field(
        description="The last part of HEATSYNC_NOTIFY__<NAME>, which holds an Apprise address."
    )


class WebhookDeed(Language):
    """Call a URL of somebody else."""

    webhook: EnvironmentName = Field(
        description="The name in HEATSYNC_WEBHOOKS__<NAME>__URL and __SECRET."
    )


class EmailDeed(Language):
    """Send the contact an e-mail."""

    email: EmailParts = Field(description="Which e-mail, and what fills it.")


class CampaignDeed(Language):
    """Let the contact enter a campaign."""

    campaign: CampaignParts = Field(description="Which campaign.")


class PushDeed(Language):
    """Create the contact on a platform if absent."""

    push: PushParts = Field(description="Where.")


class TaskDeed(Language):
    """Make a task about the contact."""

    task: TaskParts = Field(description="Which task.")


class NoteDeed(Language):
    """Leave a note on the contact."""

    note: NoteParts = Field(description="Which note.")


DEEDS = ("notify", "webhook", "email", "campaign", "push", "task", "note")
"""What a trigger can do; each entry of `do` has exactly one of these keys."""


def _only_deed(deed: object) -> str | None:
    if not isinstance(deed, dict):
        found = [kind for kind in DEEDS if kind in getattr(type(deed), "model_fields", {})]
    else:
        found = [kind for kind in DEEDS if kind in deed]
    return f"{TAG_PREFIX}{found[0]}" if len(found) == 1 else None


DeedChoice: TypeAlias = Annotated[
    Annotated[NotifyDeed, kind_tag("notify")]
    | Annotated[WebhookDeed, kind_tag("webhook")]
    | Annotated[EmailDeed, kind_tag("email")]
    | Annotated[CampaignDeed, kind_tag("campaign")]
    | Annotated[PushDeed, kind_tag("push")]
    | Annotated[TaskDeed, kind_tag("task")]
    | Annotated[NoteDeed, kind_tag("note")],
    Discriminator(
        _only_deed, custom_error_type="deed_kind", custom_error_message="is of no single kind"
    ),
]


class LimitEntry(Language):
    """How often a trigger may fire for all contacts together."""

    per: Per = Field(description="The span: hour, day, week, month, or lifetime.")
    of: Annotated[Whole, Field(ge=1)] = Field(description="How often in each span.")


class TriggerEntry(Language):
    """What is done once when a condition becomes true."""

    when: Condition = Field(description="The condition, in SQL.")
    do: Annotated[tuple[DeedChoice, ...], FromList, Field(min_length=1)] = Field(
        description="What is done, each entry with one key."
    )
    again_after: Duration | None = Field(
        default=None,
        description="An entry sooner than this after the last one does nothing; default: each "
        "entry counts.",
    )
    backfill: bool = Field(
        default=False, description="Whether the first scoring of a contact may fire it."
    )
    limit: LimitEntry | None = Field(
        default=None, description="How often it may fire; what is over waits."
    )
