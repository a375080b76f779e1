"""Puts the pages before the routes of the API; importing this loads all that draws them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import app as pages
from nicegui import ui

from connector.web.dashboard import deliveries, model, nowhere, runs
from connector.web.dashboard.lead import page as lead
from connector.web.dashboard.leads import page as leads
from connector.web.dashboard.overview import page as overview
from connector.web.dashboard.simulate import page as simulate
from connector.web.dashboard.simulate import taking

if TYPE_CHECKING:
    from fastapi import FastAPI

PARTS = (overview, leads, lead, model, simulate, deliveries, runs)
"""Each offers its page when it is imported."""
_LEFT_ALONE = 30.0
"""Seconds for which a page is kept whose browser has lost its connection."""


def mount(app: FastAPI) -> None:
    """Have `app` show the dashboard, wherever none of its routes answers."""
    taking.offer(app)
    pages.state.desk, pages.state.door = app.state.desk, app.state.door
    nowhere.offer(pages)
    ui.run_with(
        app,
        title="heatsync",
        tailwind=False,
        binding_refresh_interval=None,
        reconnect_timeout=_LEFT_ALONE,
        show_welcome_message=False,
    )
