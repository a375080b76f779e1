"""What a simulation cannot know, told beside its answer; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connector.config.configuration import Configuration


def notes(present: Configuration, draft: Configuration) -> Sequence[Problem]:
    """Return what the stored history lacks for `draft`, and what `draft` alone warns of."""
    known = {(each.path, each.message) for each in present.warnings}
    own = [each for each in draft.warnings if (each.path, each.message) not in known]
    return [
        *_unknown_platforms(present, draft),
        *_unknown_attributes(present, draft),
        *_unknown_lists(present, draft),
        *own,
    ]


def _unknown_platforms(present: Configuration, draft: Configuration) -> Iterator[Problem]:
    known = {each.name for each in present.platforms}
    for entry in draft.platforms:
        if entry.name not in known:
            message = "is new: nobody has a record there before the next pull"
            yield Problem(path=f"platforms.{entry.name}", message=message)


def _unknown_attributes(present: Configuration, draft: Configuration) -> Iterator[Problem]:
    for name, attribute in draft.attributes.items():
        known = present.attributes.get(name)
        if known is None:
            message = "is new: nobody has a value before the next pull, so it is NULL here"
        elif known.sources != attribute.sources or known.prefer != attribute.prefer:
            message = "comes from elsewhere in the draft: here it has the values of now"
        else:
            continue
        yield Problem(path=f"attributes.{name}", message=message)


def _unknown_lists(present: Configuration, draft: Configuration) -> Iterator[Problem]:
    for platform, name in sorted(draft.model.lists - present.watched_lists):
        yield Problem(
            path=f"in_list('{platform}', '{name}')",
            message="its members are not pulled yet: here nobody is in it",
        )
