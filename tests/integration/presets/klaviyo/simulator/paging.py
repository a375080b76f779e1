"""Pages as Klaviyo has them: a cursor that nobody reads, and the address of the next page."""

from __future__ import annotations

from base64 import b64decode, urlsafe_b64encode
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from tests.integration.presets.klaviyo.simulator.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.http import Json
    from adapters.simulation.messages import Request

CURSOR, SIZE = "page[cursor]", "page[size]"


def page(
    request: Request, rows: Sequence[tuple[str, Json]], *, size: int, most: int
) -> tuple[list[Json], Mapping[str, str | None]]:
    """Return the rows of the page that is asked for, and the links of the answer.

    Rows stand in order, each with the key after which a page may go on.
    """
    wanted = request.param(SIZE) or str(size)
    if not wanted.isdecimal() or not 1 <= int(wanted) <= most:
        raise Refused(f"Page size must be an integer between 1 and {most}.")
    after = _key(request.param(CURSOR))
    behind = [(key, row) for key, row in rows if after is None or key > after]
    here = behind[: int(wanted)]
    following = _address(request, here[-1][0]) if len(here) < len(behind) else None
    links = {"self": _address(request, None), "next": following, "prev": None}
    return [row for _, row in here], links


def origin(request: Request) -> str:
    """Return where links lead to: to where the request came."""
    host = request.headers.get("host", "")
    return f"{'http' if ':' in host else 'https'}://{host}"


def _address(request: Request, after: str | None) -> str:
    kept = [(name, value) for name, value in request.params if name != CURSOR]
    cursor = [] if after is None else [(CURSOR, urlsafe_b64encode(after.encode()).decode())]
    return f"{origin(request)}{request.path.rstrip('/')}/?{urlencode([*kept, *cursor])}"


def _key(cursor: str) -> str | None:
    if not cursor:
        return None
    try:
        return b64decode(cursor, altchars=b"-_", validate=True).decode()
    except ValueError:
        raise Refused("Invalid page cursor.") from None
