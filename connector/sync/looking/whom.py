"""Who is meant by what somebody typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.errors import NotFound

if TYPE_CHECKING:
    from connector.domain.records import Person
    from connector.ports.store import Transaction


async def person_named(tx: Transaction, text: str) -> Person:
    """Return the person named by an e-mail address, our id, or ``<platform>:<id>``.

    Raises NotFound, which does not repeat the text: pages write to the log why they failed.
    """
    person = await tx.contacts.find(text)
    if person is None:
        msg = "nobody is known by that (give an e-mail address, our id, or platform:id)"
        raise NotFound(msg)
    return person
