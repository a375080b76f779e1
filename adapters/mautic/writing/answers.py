"""What a batch came to, contact by contact; pure.

The status of the answer says nothing. Failures are told by the number of the contact in the
request, in `statusCodes` and `errors`; whoever was written is shown, and is found by who it is: the
failed ones are missing there, so that a place says nothing. PHP writes a list where the numbers
have no gaps, an object otherwise, and an empty list for nothing at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from adapters.mautic.dialect import without_quotes
from adapters.mautic.wire import remote_id_of
from connector.errors import ContactGone, PlatformUnavailable, RejectedByPlatform

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from adapters.http import Json
    from adapters.mautic.account import Account, Row
    from connector.errors import PlatformError

_SERVER = 500
_REFUSED = 400
_NO_REASON = "answered {}"


def shown_and_refused(
    account: Account,
    operation: str,
    body: Json,
    names: Sequence[str],
    name_of: Callable[[Row], str] = remote_id_of,
) -> list[Row | PlatformError | None]:
    """Return for each of `names` what the answer shows of it, or why not; None where it is silent.

    `name_of` returns by what a row is known; it raises KeyError, TypeError or ValueError where
    that is not there.
    """
    rows = _rows(body, name_of)
    errors, codes = _by_number(body, "errors"), _by_number(body, "statusCodes")
    found: list[Row | PlatformError | None] = []
    for number, name in enumerate(names):
        complaint, code = errors.get(number), codes.get(number)
        told = complaint if isinstance(complaint, dict) else {}
        status = _status(told.get("code")) or _status(code)
        if complaint is not None or (status or 0) >= _REFUSED:
            found.append(error_of(account, operation, status, told))
        else:
            found.append(rows.get(name))
    return found


class FieldsRefused(RejectedByPlatform):
    """Mautic refuses what is written to some fields of a contact, and so to all of them."""

    reasons: Mapping[str, str]
    """By field, in Mautic's words."""


def error_of(
    account: Account, operation: str, status: int | None, told: Mapping[str, Json]
) -> PlatformError:
    """Return what was said of one contact, without what it quotes of it."""
    reasons = _reasons(account, told.get("details"))
    kind = _kind_of(status)
    if kind is RejectedByPlatform and reasons:
        kind = FieldsRefused
    reason = _words(account, told.get("message")) or _NO_REASON.format(status)
    if kind is ContactGone:
        reason = "the contact is gone"
    error = kind(
        f"{account.name}: {operation}: {reason}",
        platform=account.name,
        operation=operation,
        status=status,
    )
    if isinstance(error, FieldsRefused):
        error.reasons = reasons
    return error


def first_error(body: Json) -> Mapping[str, Json]:
    """Return what the answer to one contact's request says first of what is wrong."""
    told = _by_number(body, "errors").get(0)
    return told if isinstance(told, dict) else {}


def _reasons(account: Account, details: Json) -> Mapping[str, str]:
    """Return what is wrong with which fields."""
    if not isinstance(details, dict):
        return {}
    return {
        name: _words(account, each[0] if isinstance(each, list) and each else each)
        for name, each in details.items()
    }


def _words(account: Account, message: Json) -> str:
    return account.session.clean(without_quotes(message)) if isinstance(message, str) else ""


def _kind_of(status: int | None) -> type[PlatformError]:
    if status == httpx.codes.NOT_FOUND:
        return ContactGone
    if status is None or status >= _SERVER or status == httpx.codes.TOO_MANY_REQUESTS:
        return PlatformUnavailable
    return RejectedByPlatform


def _rows(body: Json, name_of: Callable[[Row], str]) -> Mapping[str, Row]:
    rows = body.get("contacts") if isinstance(body, dict) else None
    if isinstance(rows, dict):
        rows = list(rows.values())
    found: dict[str, Row] = {}
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict):
            try:
                found[name_of(row)] = row
            except (KeyError, TypeError, ValueError):
                continue
    return found


def _by_number(body: Json, name: str) -> Mapping[int, Json]:
    """Return what an answer says under `name`, by the number of the contact it is about."""
    told = body.get(name) if isinstance(body, dict) else None
    if isinstance(told, list):
        return dict(enumerate(told))
    if not isinstance(told, dict):
        return {}
    return {int(key): each for key, each in told.items() if key.isascii() and key.isdecimal()}


def _status(raw: Json) -> int | None:
    text = str(raw)
    return int(text) if text.isascii() and text.isdecimal() else None
