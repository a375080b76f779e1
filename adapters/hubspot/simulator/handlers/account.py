"""The account itself: who it is, what it used, who works in it, and how one gets a token."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from adapters.hubspot.simulator.keys import TOKEN_LIVES
from adapters.hubspot.simulator.refusals import Refusal
from adapters.hubspot.simulator.times import iso
from adapters.simulation.messages import json_reply

if TYPE_CHECKING:
    from adapters.hubspot.simulator.call import Call
    from adapters.simulation.messages import Reply

OWNERS = {41: "ann@example.com", 42: "ben@example.com"}
"""Who works in an account, by number."""


def read_details(call: Call) -> Reply:
    """Answer who the account is."""
    account = call.account
    offset = account.now().astimezone(account.zone).utcoffset()
    seconds = offset.total_seconds() if offset else 0.0
    sign = "-" if seconds < 0 else "+"
    hours, minutes = divmod(int(abs(seconds)) // 60, 60)
    content = {
        "portalId": account.portal_id,
        "accountType": "STANDARD",
        "timeZone": account.zone.key,
        "companyCurrency": "EUR",
        "additionalCurrencies": [],
        "utcOffset": f"{sign}{hours:02}:{minutes:02}",
        "utcOffsetMilliseconds": int(seconds) * 1000,
        "uiDomain": "app.hubspot.com",
        "dataHostingLocation": "eu1",
    }
    return json_reply(content)


def read_usage(call: Call) -> Reply:
    """Answer how much of the day's requests is spent, whoever spent them."""
    standing = call.account.daily()
    now = call.account.now()
    row = {
        "name": "private-apps-api-calls-daily",
        "usageLimit": standing.limit,
        "currentUsage": standing.limit - standing.remaining,
        "collectedAt": iso(call.account.now_ms()),
        "fetchStatus": "SUCCESS",
        "resetsAt": (now + standing.resets_after).isoformat(),
    }
    return json_reply({"results": [row]})


def list_owners(call: Call) -> Reply:
    """Answer who works in the account."""
    wanted = call.request.param("email")
    rows = [
        {
            "id": str(number),
            "email": address,
            "type": "PERSON",
            "firstName": address.partition("@")[0].capitalize(),
            "lastName": "Owner",
            "userId": number,
            "createdAt": iso(0),
            "updatedAt": iso(0),
            "archived": False,
        }
        for number, address in OWNERS.items()
        if wanted in {"", address}
    ]
    return json_reply({"results": rows}, size=len(rows))


def read_owner(call: Call) -> Reply:
    """Answer one of those who work in the account."""
    number = call.names["ownerId"]
    address = OWNERS.get(int(number)) if number.isdecimal() else None
    if address is None:
        raise Refusal(404, "OBJECT_NOT_FOUND", f"Owner {number} does not exist")
    content = {
        "id": number,
        "email": address,
        "type": "PERSON",
        "createdAt": iso(0),
        "updatedAt": iso(0),
        "archived": False,
    }
    return json_reply(content)


def give_token(call: Call) -> Reply:
    """Answer a token for the secret of the app, or for a refresh token."""
    form = parse_qs(call.request.body.decode("utf-8", "replace"))
    kind = form.get("grant_type", [""])[0]
    keys = call.account.keys
    proof = form.get("client_id", [""])[0], form.get("client_secret", [""])[0]
    if proof != (keys.client_id, keys.client_secret):
        raise Refusal(401, "INVALID_AUTHENTICATION", "Unknown client id or secret")
    lives = {"token_type": "bearer", "expires_in": TOKEN_LIVES}
    if kind == "client_credentials":
        return json_reply({"access_token": keys.give_app_token(), **lives})
    if kind != "refresh_token" or "refresh_token" not in form:
        raise Refusal(400, "BAD_GRANT_TYPE", f"Unsupported grant type: {kind}")
    token, again = keys.give_token(), form["refresh_token"][0]
    return json_reply({"access_token": token, "refresh_token": again, **lives})
