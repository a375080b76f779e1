"""How tests are dealt out to the workers of pytest-xdist."""

from __future__ import annotations

import pytest

_LONGEST_FIRST = ("system", "reference", "properties", "integration")
"""Folders of tests that take seconds; what takes moments fills the gap at the end."""


def with_their_group(items: list[pytest.Item]) -> None:
    """Name each test with its `xdist_group` behind an @, by which a scheduler goes.

    That is what pytest-xdist 3.8 does, but pytest 9.2 keeps the name somewhere else
    (https://github.com/pytest-dev/pytest-xdist/issues/1386).
    """
    for item in items:
        mark = item.get_closest_marker("xdist_group")
        if mark is not None and "@" not in item.nodeid.rpartition("]")[2]:
            item._id = type(item._id).parse(f"{item.nodeid}@{mark.args[0]}")


def longest_first(items: list[pytest.Item]) -> None:
    """Put those first of which one could hold up the end."""
    items.sort(
        key=lambda item: item.path.relative_to(item.config.rootpath).parts[1] not in _LONGEST_FIRST
    )
