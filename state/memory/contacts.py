"""Records, persons and subjects in dicts."""

from __future__ import annotations

from state.memory.persons import MemoryPersons
from state.memory.records import MemoryRecords
from state.memory.subjects import MemorySubjects


class MemoryContacts(MemoryRecords, MemoryPersons, MemorySubjects):
    """Keeps the contract of ContactStore."""
