"""Fields that are never written: who a contact is, and what they consented to."""

from __future__ import annotations

_FIXED = frozenset(
    {
        *("email", "id", "ipaddress", "companies"),
        *("donotcontact", "frequencyrules", "preferred_profile_image"),
        *("owner", "stage", "tags", "overwritewithblank"),
    }
)
"""Besides what identifies somebody: what means more than a value in the body of a contact.

Whatever else an administrator made a unique identifier is known by its definition.
"""


def is_fixed(name: str) -> bool:
    """Return whether the field `name` is none of ours to change."""
    return name.strip().lower() in _FIXED
