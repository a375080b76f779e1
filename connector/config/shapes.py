"""Which model stands where in the language, found from the models themselves."""

from __future__ import annotations

from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, Tag

from connector.mapping.base import TAG_PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterable

Segment = str | int


def model_at(root: type[BaseModel], place: Iterable[Segment]) -> type[BaseModel] | None:
    """Return the model that stands at the place of a pydantic error, None when none does."""
    here: Any = root
    for segment in place:
        here = _step(here, segment)
    here = _inner(here)
    return here if isinstance(here, type) and issubclass(here, BaseModel) else None


def keys_of(model: type[BaseModel]) -> tuple[str, ...]:
    """Return the keys of `model` as they are written."""
    return tuple(field.alias or name for name, field in model.model_fields.items())


def written_path(place: Iterable[Segment]) -> tuple[Segment, ...]:
    """Return the place of a pydantic error without what only pydantic knows of."""
    return tuple(
        each
        for each in place
        if not (isinstance(each, str) and (each.startswith(TAG_PREFIX) or each == "[key]"))
    )


def _step(annotation: Any, segment: Segment) -> Any:  # noqa: ANN401 - annotations have no type
    here = _inner(annotation)
    if isinstance(here, type) and issubclass(here, BaseModel):
        return _field(here, segment)
    origin, arguments = get_origin(here), get_args(here)
    if origin in (Union, UnionType):
        return _member(arguments, segment)
    if origin is dict:
        return arguments[1]
    return arguments[0] if origin in (tuple, list) else None


def _inner(annotation: Any) -> Any:  # noqa: ANN401 - annotations have no type
    """Return `annotation` without metadata, and without the None of an optional value."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in (Union, UnionType):
        members = [each for each in get_args(annotation) if each is not NoneType]
        return _inner(members[0]) if len(members) == 1 else annotation
    return annotation


def _field(model: type[BaseModel], segment: Segment) -> Any:  # noqa: ANN401 - as above
    for name, field in model.model_fields.items():
        if segment == (field.alias or name):
            return field.annotation
    return None


def _member(members: tuple[Any, ...], segment: Segment) -> Any:  # noqa: ANN401 - as above
    for member in members:
        if get_origin(member) is Annotated and Tag(str(segment)) in get_args(member)[1:]:
            return member
        nested = _inner(member)
        if get_origin(nested) in (Union, UnionType):
            found = _member(get_args(nested), segment)
            if found is not None:
                return found
    return None
