"""In which way a job is done, as its words tell it: what else they tell is its work."""

from __future__ import annotations

FORCE = "force"
"""The last word of the subject of a job that passes the guards."""

NOW = "now"
"""The subject of a push of those alone who are written before others."""


def work_of(words: str) -> tuple[str, ...]:
    """Return what is done, in whatever way: a push of a few, or one past the guards, is a push."""
    return tuple(word for word in words.split() if word not in {FORCE, NOW})
