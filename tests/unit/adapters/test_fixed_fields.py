"""Fields of a platform that say who a contact is, or what they consented to, are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.registry import all_adapters
from connector.config.files import Source
from connector.config.folder import Folder
from connector.config.loader import read_configuration
from connector.config.settings import Settings
from connector.errors import ConfigError

PLATFORMS = """
version: 1
platforms: {mail: {adapter: brevo}, crm: {adapter: hubspot}}
"""
COPIED = """
attributes:
  email: {type: email, mail: EMAIL, crm: email}
  job_title: {type: text, mail: %s, crm: %s, sync: [%s]}
"""
WRITTEN = """
model: {scores: {lead: {}}}
targets: {%s: {attributes: {%s: lead}}}
"""
FIXED = [
    *(("mail", each) for each in ("sms", "Ext_Id", "double_opt-in")),
    *(("crm", each) for each in ("hs_email_optout_123", "Hs_Legal_Basis", "Email")),
]


def complaint(text: str) -> str:
    folder = Folder(path=Path("m"), sources=(Source(name="m/a.yaml", raw=text.encode()),))
    with pytest.raises(ConfigError) as caught:
        read_configuration(folder, all_adapters(), Settings.model_construct(), offline=True)
    return str(caught.value)


@pytest.mark.parametrize(("platform", "field"), FIXED)
def test_a_copy_into_a_fixed_field_is_refused_however_it_is_spelled(
    platform: str, field: str
) -> None:
    sources = {"mail": "POSTE", "crm": "jobtitle"} | {platform: field}

    told = complaint(PLATFORMS + COPIED % (sources["mail"], sources["crm"], platform))

    assert f"does not let `{field}` be written" in told


@pytest.mark.parametrize(("platform", "field"), FIXED)
def test_a_score_in_a_fixed_field_is_refused_however_it_is_spelled(
    platform: str, field: str
) -> None:
    told = complaint(PLATFORMS + WRITTEN % (platform, field))

    assert f"does not let `{field}` be written" in told
