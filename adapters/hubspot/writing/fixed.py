"""Properties that are never written: who a contact is, and what they consented to."""

from __future__ import annotations

EMAIL = "email"
_FIXED = frozenset(
    {
        EMAIL,
        "hs_object_id",
        "hs_additional_emails",
        "work_email",
        "hs_merged_object_ids",
        "hs_calculated_merged_vids",
        "hs_email_optout",
        "hs_legal_basis",
        "hs_marketable_status",
        "createdate",
        "lastmodifieddate",
    }
)
_CONSENT = (
    "hs_email_optout",
    "hs_legal_basis",
    "hs_marketable",
    "hs_gdpr",
    "hs_email_customer_quarantined",
    "hs_sms_opt",
    "hs_whatsapp_opt",
)
"""HubSpot has one more property of these for each subscription."""


def is_fixed(name: str) -> bool:
    """Return whether the property `name` is none of ours to change."""
    folded = name.strip().lower()
    return folded in _FIXED or folded.startswith(_CONSENT)
