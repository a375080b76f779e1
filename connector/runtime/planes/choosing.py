"""Which control plane a daemon has: its database decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.runtime.planes.local import LocalPlane
from state.location import locate

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from connector.config.settings import Settings
    from connector.ports.clock import Clock
    from connector.ports.control import ControlPlane


async def open_plane(
    settings: Settings,
    *,
    clock: Clock,
    process: str,
    on_taken: Callable[[str, int], Awaitable[None]],
) -> ControlPlane:
    """Return the plane for the database of `settings`: of one process, or of several.

    `on_taken` is awaited before jobs begin in a lane that another process had. Raises
    StateUnreachable.
    """
    url = settings.database_url.get_secret_value()
    if locate(url).is_sqlite:
        return LocalPlane(clock)
    # Who works with a file alone need not have what PostgreSQL needs.
    from state.plane.plane import open_plane as open_shared_plane  # noqa: PLC0415

    return await open_shared_plane(url, owner=process, clock=clock, on_taken=on_taken)
