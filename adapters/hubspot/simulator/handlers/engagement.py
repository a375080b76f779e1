"""What contacts did: marketing e-mail, forms, events of objects, webinars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.hubspot.simulator.call import required
from adapters.hubspot.simulator.engagement import Log
from adapters.hubspot.simulator.handlers.records import paging
from adapters.hubspot.simulator.refusals import Refusal, invalid, missing_scopes, not_found
from adapters.hubspot.simulator.times import read_ms
from adapters.simulation.messages import Reply, json_reply

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.hubspot.simulator.call import Call

MAIL_EVENTS = (
    "SENT",
    "PROCESSED",
    "DELIVERED",
    "OPEN",
    "CLICK",
    "PRINT",
    "FORWARD",
    "BOUNCE",
    "DEFERRED",
    "DROPPED",
    "STATUSCHANGE",
    "SPAMREPORT",
    "SUPPRESSED",
    "UNBOUNCE",
)
_FOREVER = 10**15


def read_mail_events(call: Call) -> Reply:
    """Answer a page of events of marketing e-mail, newest first, of one type or of all."""
    kinds = call.request.every("eventType")
    if len(kinds) > 1 or (kinds and kinds[0] not in MAIL_EVENTS):
        raise invalid(f"Unknown event type: {','.join(kinds)}")
    least, most = call.whole("startTimestamp", 0), call.whole("endTimestamp", _FOREVER)
    limit = call.whole("limit", 10, least=1, most=1000)
    start = _offset(call)
    wanted = {
        "type": kinds[0] if kinds else "",
        "recipient": call.request.param("recipient"),
        "emailCampaignId": call.request.param("campaignId"),
        "appId": call.request.param("appId"),
    }
    rows = [
        row
        for row in call.account.engagement.mail.newest_first(least, most)
        if all(not value or str(row[name]) == value for name, value in wanted.items())
        and not (call.flag("excludeFilteredEvents") and row["filteredEvent"])
    ]
    page = rows[start : start + limit]
    end = start + len(page)
    content: dict[str, Any] = {"hasMore": end < len(rows), "events": page}
    if end < len(rows):
        content["offset"] = f"o{end}"
    return json_reply(content, size=len(page))


def read_campaign(call: Call) -> Reply:
    """Answer which e-mail a campaign of the old interface sent."""
    number = call.names["campaignId"]
    content = {"id": int(number), "appId": 113, "name": f"Mail {number}", "subject": "News"}
    return json_reply(content)


def list_forms(call: Call) -> Reply:
    """Answer a page of all forms."""
    names = list(call.account.engagement.form_names.items())
    start, limit = call.whole("after", 0), call.whole("limit", 20, least=1, most=500)
    rows = [
        {"id": form_id, "name": name, "formType": "hubspot", "archived": False}
        for form_id, name in names[start : start + limit]
    ]
    return _page(call, rows, start + limit, len(names))


def read_submissions(call: Call) -> Reply:
    """Answer a page of what people sent with a form, newest first."""
    form_id = call.names["formId"]
    log = call.account.engagement.forms.get(form_id)
    if log is None:
        raise not_found(f"No form found for guid {form_id}")
    start, limit = call.whole("after", 0), call.whole("limit", 20, least=1, most=50)
    rows = log.newest_first()
    return _page(call, rows[start : start + limit], start + limit, len(rows))


def read_occurrences(call: Call) -> Reply:
    """Answer a page of the events of one object."""
    _refuse_without_events(call)
    param = call.request.param
    object_type, object_id = param("objectType", "contact"), param("objectId")
    if address := param("objectProperty.email"):
        found = call.account.contacts.records.find("email", address)
        object_id = str(found.id) if found else "0"
    if not object_id:
        raise invalid("objectId or an object property is needed")
    least, most = _instant(param("occurredAfter"), 0), _instant(param("occurredBefore"), _FOREVER)
    kind, ids = param("eventType"), set(call.words("id"))
    kind_of = call.objects_of(object_type).kind.singular
    log = call.account.engagement.occurrences.get((kind_of, object_id), Log())
    rows = [
        row
        for row in log.newest_first(least, most)
        if (not kind or row["eventType"] == kind) and (not ids or row["id"] in ids)
    ]
    if param("sort") == "occurredAt":
        rows.reverse()
    start, limit = call.whole("after", 0), call.whole("limit", 20, least=1, most=1000)
    return _page(call, rows[start : start + limit], start + limit, len(rows))


def read_event_types(call: Call) -> Reply:
    """Answer the types of events that the account has."""
    _refuse_without_events(call)
    logs = call.account.engagement.occurrences.values()
    kinds = sorted({str(each.row["eventType"]) for log in logs for each in log.rows})
    return json_reply({"eventTypes": kinds}, size=len(kinds))


def send_event(call: Call) -> Reply:
    """Take a custom event."""
    _send(call, call.body())
    return Reply(status=204)


def send_events(call: Call) -> Reply:
    """Take custom events."""
    for each in call.inputs(500):
        _send(call, each)
    return Reply(status=204)


def list_webinars(call: Call) -> Reply:
    """Answer a page of marketing events."""
    events = list(call.account.engagement.webinars.values())
    start, limit = call.whole("after", 0), call.whole("limit", 10, least=1, most=100)
    return _page(call, events[start : start + limit], start + limit, len(events))


def read_participations_of_contact(call: Call) -> Reply:
    """Answer a page of what a contact (by id or address) did about marketing events."""
    wanted = call.names["contact"]
    return _participations(
        call,
        lambda row: (
            wanted
            in {
                row["associations"]["contact"]["contactId"],
                row["associations"]["contact"]["email"],
            }
        ),
    )


def read_participations_of_event(call: Call) -> Reply:
    """Answer a page of what contacts did about a marketing event."""
    wanted = call.names["eventId"]
    if wanted not in call.account.engagement.webinars:
        raise not_found()
    return _participations(
        call, lambda row: row["associations"]["marketingEvent"]["marketingEventId"] == wanted
    )


def send_single(call: Call) -> Reply:
    """Take a single e-mail; the same sendId again does nothing more."""
    account, body = call.account, call.body()
    if not account.has_single_send:
        raise missing_scopes("transactional-email")
    required(body, "emailId", "message")
    message = body["message"]
    if not isinstance(message, dict) or not message.get("to"):
        raise invalid("message.to is needed")
    send_id = str(message.get("sendId") or account.engagement.new_id())
    is_known = send_id in account.engagement.sent_mail
    account.engagement.sent_mail.setdefault(send_id, body)
    content = {
        "requestedAt": account.now().isoformat(),
        "statusId": send_id,
        "status": "COMPLETE" if is_known else "PENDING",
        "sendResult": "IDEMPOTENT_IGNORE" if is_known else "SENT",
    }
    return json_reply(content)


def read_preferences(call: Call) -> Reply:
    """Answer what one address is subscribed to."""
    address = call.names["email"]
    found = call.account.contacts.records.find("email", address)
    is_out = found is not None and found.version.properties.get("hs_email_optout") == "true"
    row = {
        "channel": "EMAIL",
        "subscriberIdString": address,
        "subscriptionId": 1,
        "status": "UNSUBSCRIBED" if is_out else "NOT_SPECIFIED",
        "source": "",
        "timestamp": call.account.now().isoformat(),
    }
    now = call.account.now().isoformat()
    content = {"status": "COMPLETE", "results": [row], "startedAt": now, "completedAt": now}
    return json_reply(content)


def _participations(call: Call, is_wanted: Any) -> Reply:  # noqa: ANN401 - a test of rows
    state = call.request.param("state")
    rows = [
        row
        for row in call.account.engagement.participations.newest_first()
        if is_wanted(row) and (not state or row["properties"]["attendanceState"] == state)
    ]
    start, limit = call.whole("after", 0), call.whole("limit", 10, least=1, most=100)
    page = rows[start : start + limit]
    return _page(call, page, start + limit, len(rows), total=len(rows))


def _page(
    call: Call, rows: Sequence[Mapping[str, Any]], end: int, of: int, **more: object
) -> Reply:
    content: dict[str, Any] = {**more, "results": rows}
    if end < of:
        content["paging"] = paging(call, str(end))
    return json_reply(content, size=len(rows))


def _offset(call: Call) -> int:
    text = call.request.param("offset")
    if not text:
        return 0
    if not text.startswith("o") or not text[1:].isdecimal():
        raise invalid("Unknown offset")
    return int(text[1:])


def _instant(text: str, default: int) -> int:
    try:
        return read_ms(text) if text else default
    except ValueError:
        raise invalid(f"Not an instant: {text}") from None


def _refuse_without_events(call: Call) -> None:
    if call.account.tier != "enterprise":
        message = "This account has no access to event occurrences; Enterprise is needed."
        raise Refusal(403, "FORBIDDEN", message)


def _send(call: Call, body: Mapping[str, Any]) -> None:
    required(body, "eventName")
    if not any(body.get(each) for each in ("email", "objectId", "utk")):
        raise invalid("One of email, objectId and utk is needed")
    engagement = call.account.engagement
    engagement.sent_events.setdefault(str(body.get("uuid") or engagement.new_id()), body)
