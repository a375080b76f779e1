"""What the configuration says about an item: where in it our things are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from adapters.mapped.expressions import Expression

if TYPE_CHECKING:
    from pydantic import GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema

ONE_OR_MORE = "One such mapping, or a list of them."
"""Says of a key what it takes."""


class _Mapping(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    when: Expression | None = Field(
        default=None,
        description="Which items it is for, such as `type == 'order.paid'`; default: all.",
    )


class ContactMapping(_Mapping):
    """How an item tells a contact, be it in part: what it does not tell stays as it is known."""

    id: Expression | None = Field(
        default=None, description="The contact's id in that tool; default: its e-mail address."
    )
    email: Expression | None = Field(default=None, description="Its e-mail address.")
    created_at: Expression | None = Field(default=None, description="When it was created.")
    modified_at: Expression | None = Field(
        default=None,
        description="When it was changed: what is older than what is known changes nothing. "
        "Default: when the call reached us.",
    )
    opted_out: Expression | None = Field(
        default=None, description="Whether it wants no more marketing: true or false."
    )
    attributes: dict[str, Expression] = Field(
        default_factory=dict,
        description="Its fields by name, as `attributes` names them for this platform.",
    )
    fields: Expression | None = Field(
        default=None,
        description="An object that has further fields under their own names, such as `custom`, "
        "or a list of `{name, value}`.",
    )

    @model_validator(mode="after")
    def _is_somebody(self) -> ContactMapping:
        if self.id is None and self.email is None:
            msg = "`id` or `email` is missing: who is it?"
            raise ValueError(msg)
        return self


class EventMapping(_Mapping):
    """How an item tells that something happened."""

    type: Expression = Field(
        description="The type of the event, such as `'order.placed'`: a fixed text is in quotes."
    )
    contact: Expression = Field(
        description="Whom it happened to: the contact's id in that tool, or an e-mail address."
    )
    occurred_at: Expression | None = Field(
        default=None,
        description="When it happened. Default: when the call reached us.",
    )
    id: Expression | None = Field(
        default=None, description="The event's id in that tool; default: made of its content."
    )
    fields: dict[str, Expression] = Field(
        default_factory=dict, description="Its columns and further properties, by our names."
    )


class RemovalMapping(_Mapping):
    """How an item tells that a contact is gone."""

    contact: Expression = Field(description="The contact's id in that tool.")
    erased: Expression | None = Field(
        default=None, description="Whether the person asked to be erased: true or false."
    )


class ListMapping(_Mapping):
    """How an item tells that a contact came into a list, or went out of it."""

    contact: Expression = Field(description="The contact's id in that tool.")
    list: Expression = Field(description="The list, as conditions name it: `in_list`.")
    is_member: Expression | None = Field(
        default=None, description="Whether it is in the list now: true or false; default: true."
    )


def listed(value: object) -> object:
    """Return a list of one for a mapping; anything else as it is, a list as a tuple."""
    # A list that went through here counts as one of Python's, which is no tuple.
    return (
        (value,) if isinstance(value, dict) else tuple(value) if isinstance(value, list) else value
    )


class OneOrMore:
    """Tells editors that one mapping will do for a list of one."""

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Return the schema of either."""
        many = handler(schema)
        return {"anyOf": [many["items"], many]}


Contacts: TypeAlias = Annotated[tuple[ContactMapping, ...], BeforeValidator(listed), OneOrMore()]
Events: TypeAlias = Annotated[tuple[EventMapping, ...], BeforeValidator(listed), OneOrMore()]
Lists: TypeAlias = Annotated[tuple[ListMapping, ...], BeforeValidator(listed), OneOrMore()]
Removals: TypeAlias = Annotated[tuple[RemovalMapping, ...], BeforeValidator(listed), OneOrMore()]
