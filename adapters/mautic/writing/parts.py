"""The parts that write to one instance, and what they share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.mautic.definitions import Definitions
from adapters.mautic.fields import MauticFields
from adapters.mautic.groups import PointGroups
from adapters.mautic.lists import MauticSegments
from adapters.mautic.writing.actions import MauticActions
from adapters.mautic.writing.attributes import MauticAttributes
from adapters.mautic.writing.creator import MauticCreator
from adapters.mautic.writing.editor import Editor
from adapters.mautic.writing.members import MauticListWriter
from adapters.mautic.writing.numbers import DEFAULT
from adapters.mautic.writing.points import Points
from adapters.mautic.writing.stages import MauticStages
from adapters.mautic.writing.tags import MauticTags

if TYPE_CHECKING:
    from adapters.mautic.account import Account
    from adapters.mautic.config import MauticConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class WritingParts:
    """What writes to an instance and sets it up."""

    fields: MauticFields
    lists: MauticSegments
    attribute_writer: MauticAttributes
    list_writer: MauticListWriter
    tag_writer: MauticTags
    stage_writer: MauticStages
    actions: MauticActions
    contact_creator: MauticCreator

    @classmethod
    def of(cls, account: Account, config: MauticConfig) -> WritingParts:
        """Return the parts for an instance, which share what they know of it."""
        definitions, groups = Definitions(account), PointGroups(account)
        editor, segments = Editor(account), MauticSegments(account)
        return cls(
            fields=MauticFields(account=account, definitions=definitions, groups=groups),
            lists=segments,
            attribute_writer=MauticAttributes(
                account=account,
                definitions=definitions,
                groups=groups,
                editor=editor,
                points=Points(account=account, groups=groups),
                zero=config.zero or DEFAULT,
            ),
            list_writer=MauticListWriter(account=account, segments=segments),
            tag_writer=MauticTags(account=account, editor=editor),
            stage_writer=MauticStages(account, editor),
            actions=MauticActions(account),
            contact_creator=MauticCreator(account=account),
        )
