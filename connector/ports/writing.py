"""The parts of a platform that write to it; `connector.ports.platform` has the whole contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.domain.changes import (
        Action,
        Addressee,
        AttributeChange,
        ListChange,
        Outcome,
        StageChange,
        TagChange,
    )
    from connector.domain.contacts import Contact
    from connector.ports.platform import NewContact


class AttributeWriter(Protocol):
    """Writes values of fields."""

    async def write_attributes(self, changes: Sequence[AttributeChange]) -> Sequence[Outcome]:
        """Write at most `attribute_batch` changes; return an outcome for each, in order.

        Fields that the account lacks, or has otherwise, are left out and `paused`.
        """
        ...

    async def read_attributes(
        self, remote_ids: Sequence[str], names: Sequence[str]
    ) -> Mapping[str, Mapping[str, object]]:
        """Return, per record that exists, the present raw values of the named fields."""
        ...


class ContactCreator(Protocol):
    """Creates contacts."""

    async def create_contacts(self, wanted: Sequence[NewContact]) -> Sequence[Contact | Outcome]:
        """Return, per item and in order, the record (made or found by e-mail) or why not."""
        ...


class ListWriter(Protocol):
    """Adds contacts to lists and takes them out."""

    async def write_lists(self, changes: Sequence[ListChange]) -> Sequence[Outcome]:
        """Write at most `list_batch` changes of one list and one direction.

        Where there is no such list, or nobody can be put in it, that is NotSetUp.
        """
        ...


class TagWriter(Protocol):
    """Sets and clears tags."""

    async def write_tags(self, changes: Sequence[TagChange]) -> Sequence[Outcome]:
        """Write changes of tags."""
        ...


class StageWriter(Protocol):
    """Moves contacts between the platform's own stages."""

    async def stages(self) -> Sequence[str] | None:
        """Return the names of the stages that contacts can be in; None: any, there is no list."""
        ...

    async def write_stages(self, changes: Sequence[StageChange]) -> Sequence[Outcome]:
        """Write changes of stages."""
        ...


class Actions(Protocol):
    """Does what triggers ask for."""

    async def perform(self, actions: Sequence[Action]) -> Sequence[Outcome]:
        """Do at most `action_batch` actions, each once; return an outcome for each, in order.

        A key done before is done again only if that is harmless. What is raised is said of all of
        them, and all are asked for again: once one was seen to be done, nothing is raised.
        """
        ...


class Eraser(Protocol):
    """Takes people out of what we wrote, where that is ours alone."""

    async def erase(self, people: Sequence[Addressee]) -> int:
        """Leave nothing that has the id or the address of one of these; return how many rows."""
        ...
