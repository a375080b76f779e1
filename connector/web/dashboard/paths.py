"""Where the pages are; to know them takes nothing that draws them."""

from __future__ import annotations

OVERVIEW, LEADS, DELIVERIES, RUNS = "/", "/leads", "/deliveries", "/runs"
LEAD, LEADS_FILE = "/lead", "/leads.csv"
MODEL, SIMULATE, SIMULATE_SCRIPT = "/model", "/simulate", "/simulate.js"
LOGIN, LOGOUT, PREFERENCES = "/login", "/logout", "/preferences"
STYLE = "/dashboard.css"
PAGES = (OVERVIEW, LEADS, MODEL, DELIVERIES, RUNS)
"""In the order in which they are offered."""
BENEATH = {LEAD: LEADS, SIMULATE: MODEL}
"""Pages of one thing, which others lead to, and the page that offers it."""
_ASSETS = ("/_nicegui/", "/_nicegui_ws/")
_SINGLE = frozenset(
    {*PAGES, *BENEATH, LEADS_FILE, SIMULATE_SCRIPT, LOGOUT, PREFERENCES, "/favicon.ico"}
)
OPEN = frozenset({LOGIN, STYLE})
"""What a browser gets that has not logged in."""


def is_of_dashboard(path: str) -> bool:
    """Return whether a path is the dashboard's, which a session opens, and no bearer token."""
    return path in _SINGLE or path.startswith(_ASSETS)


def is_page(path: str) -> bool:
    """Return whether a person may be led to a path."""
    return path.partition("?")[0] in {*PAGES, *BENEATH}
