"""Paths of old versions that have no dated twin, each with its end.

HubSpot ends v1 to v3 in September 2027. When one of these is gone, what reads it is a source that
the account lacks: it is left out and `heatsync check` says so.
"""

from __future__ import annotations

EMAIL_EVENTS = "/email/public/v1/events"
"""Marketing e-mail. v1, ends in September 2027; another notice says that it stays."""

_SUBMISSIONS = "/form-integrations/v1/submissions/forms"


def submissions(form_id: str) -> str:
    """Return where the submissions of a form are. v1, ends in September 2027."""
    return f"{_SUBMISSIONS}/{form_id}"
