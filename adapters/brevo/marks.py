"""How heatsync knows again what it left in an account."""

from __future__ import annotations

OWN_EVENT = "heatsync_key"
"""The property of a custom event that heatsync sent: it is no activity of the contact."""
