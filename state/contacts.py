"""Records, persons and subjects in the database."""

from __future__ import annotations

from state.persons import Persons
from state.records import Records
from state.subjects import Subjects


class Contacts(Records, Persons, Subjects):
    """Keeps the contract of ContactStore."""
