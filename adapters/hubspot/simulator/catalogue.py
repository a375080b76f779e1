"""The types of objects an account has from the start, and their properties."""

from __future__ import annotations

from dataclasses import dataclass

from adapters.hubspot.simulator.definitions import Definition, Option, default_field_type


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A type of objects."""

    name: str
    """As paths name it."""
    singular: str
    type_id: str
    modified: str = "hs_lastmodifieddate"
    """The property that tells when an object changed."""
    created: str = "createdate"
    shown: tuple[str, ...] = ()
    """The properties given when none are asked for, beside those every answer has."""
    searched: tuple[str, ...] = ()
    """Where the words of a search's `query` are looked for."""
    to_contact: int | None = None
    """The id of its plain association with a contact."""


CONTACTS = Kind(
    name="contacts",
    singular="contact",
    type_id="0-1",
    modified="lastmodifieddate",
    shown=("email", "firstname", "lastname"),
    searched=("email", "firstname", "lastname", "phone", "company"),
)

KINDS = (
    CONTACTS,
    Kind(
        name="deals",
        singular="deal",
        type_id="0-3",
        shown=("amount", "closedate", "dealname", "dealstage", "pipeline"),
        searched=("dealname",),
        to_contact=3,
    ),
    Kind(
        name="meetings", singular="meeting", type_id="0-47", created="hs_createdate", to_contact=200
    ),
    Kind(name="calls", singular="call", type_id="0-48", created="hs_createdate", to_contact=194),
    Kind(name="notes", singular="note", type_id="0-46", created="hs_createdate", to_contact=202),
    Kind(name="tasks", singular="task", type_id="0-27", created="hs_createdate", to_contact=204),
    Kind(name="emails", singular="email", type_id="0-49", created="hs_createdate", to_contact=198),
    Kind(
        name="communications",
        singular="communication",
        type_id="0-18",
        created="hs_createdate",
        to_contact=81,
    ),
    Kind(name="orders", singular="order", type_id="0-123", created="hs_createdate", to_contact=507),
    Kind(name="carts", singular="cart", type_id="0-142", created="hs_createdate", to_contact=586),
)

LIFECYCLE = (
    "subscriber",
    "lead",
    "marketingqualifiedlead",
    "salesqualifiedlead",
    "opportunity",
    "customer",
    "evangelist",
    "other",
)
"""From the first stage to the last."""

_LEAD_STATUS = (
    "NEW",
    "OPEN",
    "IN_PROGRESS",
    "OPEN_DEAL",
    "UNQUALIFIED",
    "ATTEMPTED_TO_CONTACT",
    "CONNECTED",
    "BAD_TIMING",
)
_OPTIONS = {
    "lifecyclestage": LIFECYCLE,
    "hs_lead_status": _LEAD_STATUS,
    "hs_meeting_outcome": ("SCHEDULED", "COMPLETED", "RESCHEDULED", "NO_SHOW", "CANCELED"),
    "hs_call_direction": ("INBOUND", "OUTBOUND"),
    "hs_call_status": ("BUSY", "CALLING_CRM_USER", "CANCELED", "COMPLETED", "FAILED", "NO_ANSWER"),
    "hs_task_status": ("NOT_STARTED", "IN_PROGRESS", "COMPLETED", "WAITING", "DEFERRED"),
    "hs_task_priority": ("NONE", "LOW", "MEDIUM", "HIGH"),
    "hs_task_type": ("EMAIL", "CALL", "TODO"),
    "hs_communication_channel_type": ("SMS", "WHATS_APP", "LINKEDIN_MESSAGE"),
    "dealstage": ("appointmentscheduled", "qualifiedtobuy", "closedwon", "closedlost"),
    "pipeline": ("default",),
}

# Names alone are text; `:` says another type, `!` that only HubSpot sets it.
_PROPERTIES = {
    "contacts": "email firstname lastname phone mobilephone company jobtitle website address city "
    "state zip country industry salutation annualrevenue numemployees lifecyclestage:enumeration "
    "hs_lead_status:enumeration hubspot_owner_id hs_language date_of_birth "
    "hs_email_optout:bool! hs_additional_emails! hs_merged_object_ids! hs_calculated_merged_vids! "
    "hubspotscore:number! recent_conversion_date:datetime! num_unique_conversion_events:number! "
    "hs_analytics_num_page_views:number! hs_analytics_last_timestamp:datetime! "
    "hs_analytics_last_url! hs_email_last_open_date:datetime!",
    "deals": "dealname amount:number deal_currency_code dealstage:enumeration pipeline:enumeration "
    "closedate:datetime hubspot_owner_id description hs_is_closed:bool! hs_is_closed_won:bool!",
    "meetings": "hs_meeting_title hs_meeting_body hs_meeting_outcome:enumeration "
    "hs_meeting_start_time:datetime hs_meeting_end_time:datetime hs_timestamp:datetime "
    "hs_activity_type hubspot_owner_id",
    "calls": "hs_call_title hs_call_body hs_call_direction:enumeration hs_call_status:enumeration "
    "hs_call_disposition hs_call_duration:number hs_timestamp:datetime hs_activity_type "
    "hubspot_owner_id",
    "notes": "hs_note_body hs_timestamp:datetime hubspot_owner_id",
    "tasks": "hs_task_subject hs_task_body hs_task_status:enumeration hs_task_priority:enumeration "
    "hs_task_type:enumeration hs_timestamp:datetime hubspot_owner_id",
    "emails": "hs_email_subject hs_email_direction hs_email_status hs_timestamp:datetime "
    "hubspot_owner_id",
    "communications": "hs_communication_channel_type:enumeration hs_communication_body "
    "hs_communication_logged_from hs_timestamp:datetime hubspot_owner_id",
    "orders": "hs_order_name hs_external_order_id hs_total_price:number hs_currency_code "
    "hs_fulfillment_status hs_external_created_date:datetime hs_refund_amount:number "
    "hs_pipeline_stage hs_payment_status hs_external_order_status",
    "carts": "hs_cart_name hs_external_cart_id hs_total_price:number hs_currency_code "
    "hs_external_status hs_cart_url hs_external_created_date:datetime",
}


def standard_definitions(kind: Kind) -> dict[str, Definition]:
    """Return the properties that HubSpot itself defines for a type, by name."""
    given = _PROPERTIES[kind.name].split()
    own = ["hs_object_id:number!", f"{kind.created}:datetime!", f"{kind.modified}:datetime!"]
    found = [_definition(text, kind) for text in (*given, *own)]
    return {each.name: each for each in found}


def _definition(text: str, kind: Kind) -> Definition:
    name, _, kind_of_value = text.rstrip("!").partition(":")
    value_type = kind_of_value or "string"
    return Definition(
        name=name,
        label=name.removeprefix("hs_").replace("_", " ").capitalize(),
        type=value_type,
        field_type=default_field_type(value_type),
        group=f"{kind.singular}information",
        options=tuple(Option(label=each.title(), value=each) for each in _OPTIONS.get(name, ())),
        is_unique=name == "email",
        is_read_only=text.endswith("!"),
        is_hubspots=True,
    )
