"""A secret in YAML is refused with the variable to use, and never repeated."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from connector.config.settings import Settings
from connector.errors import MappingError
from tests.unit.config.fake_adapters import read

SECRET = "hunter2hunter2hunter2"

CASES = {
    "the adapter's own field": (
        f"mail: {{adapter: brevo, api_key: {SECRET}}}",
        "HEATSYNC_PLATFORMS__MAIL__API_KEY",
    ),
    "another spelling": (
        f"mail: {{adapter: brevo, apiKey: {SECRET}}}",
        "HEATSYNC_PLATFORMS__MAIL__API_KEY",
    ),
    "deep inside": (
        f"auto: {{adapter: mautic, url: 'https://x.test', auth: {{password: {SECRET}}}}}",
        "HEATSYNC_PLATFORMS__AUTO__PASSWORD",
    ),
    "a value that looks like a key": (
        f"mail: {{adapter: brevo, note: xkeysib-0123456789abcdef{SECRET}}}",
        "HEATSYNC_PLATFORMS__MAIL__API_KEY",
    ),
    "a token of HubSpot": (
        f"crm: {{adapter: hubspot, token: pat-eu1-01234567-{SECRET}}}",
        "HEATSYNC_PLATFORMS__CRM__ACCESS_TOKEN",
    ),
    "a password in a URL": (
        f"auto: {{adapter: mautic, url: 'https://bob:{SECRET}@x.test'}}",
        "HEATSYNC_PLATFORMS__AUTO__PASSWORD",
    ),
    "an adapter nobody knows": (
        f"odd: {{adapter: nope, client_secret: {SECRET}}}",
        "HEATSYNC_PLATFORMS__ODD__CLIENT_SECRET",
    ),
}


@pytest.mark.parametrize(("platform", "variable"), CASES.values(), ids=CASES.keys())
def test_a_secret_is_refused_with_the_variable_to_use(platform: str, variable: str) -> None:
    with pytest.raises(MappingError) as caught:
        read(f"version: 1\nplatforms:\n  {platform}\n")
    refused = [each for each in caught.value.problems if "secret" in each.message]
    assert [(each.line, each.hint) for each in refused] == [(3, f"set {variable} instead")]
    assert SECRET not in str(caught.value)


def test_an_address_with_a_password_in_a_trigger_is_refused() -> None:
    with pytest.raises(MappingError) as caught:
        read(
            "version: 1\nmodel: {}\ntriggers:\n  t:\n    when: score > 1\n"
            f"    do: [{{notify: 'mailto://bob:{SECRET}@x.test'}}]\n"
        )
    assert any("HEATSYNC_NOTIFY__" in (each.hint or "") for each in caught.value.problems)
    assert SECRET not in str(caught.value)


def test_a_missing_secret_is_a_problem_with_its_variable() -> None:
    with pytest.raises(MappingError) as caught:
        read("version: 1\nplatforms:\n  mail: {adapter: brevo}\n", offline=False)
    (problem,) = caught.value.problems
    assert problem.message == "the variable HEATSYNC_PLATFORMS__MAIL__API_KEY is not set"
    assert problem.line == 3


def test_a_missing_secret_is_no_problem_offline() -> None:
    assert read("version: 1\nplatforms:\n  mail: {adapter: brevo}\n", offline=True).platforms


def test_secrets_of_the_environment_reach_their_platform() -> None:
    settings = Settings.model_construct(platforms={"mail": {"api_key": SecretStr(SECRET)}})
    text = "version: 1\nplatforms:\n  mail: {adapter: brevo}\n"
    configuration = read(text, settings=settings, offline=False)
    assert configuration.platform("mail").secrets["api_key"].get_secret_value() == SECRET
    assert SECRET not in repr(configuration)


def test_a_variable_of_no_platform_is_told() -> None:
    settings = Settings.model_construct(
        platforms={"mial": {"api_key": SecretStr("x")}, "mail": {"api_kye": SecretStr("x")}}
    )
    text = "version: 1\nplatforms:\n  mail: {adapter: brevo}\n"
    told = [str(each) for each in read(text, settings=settings).warnings]
    assert told == [
        "the variable HEATSYNC_PLATFORMS__MIAL__API_KEY belongs to nothing (did you mean `mail`?)",
        (
            "the variable HEATSYNC_PLATFORMS__MAIL__API_KYE belongs to nothing "
            "(did you mean `api_key`?)"
        ),
    ]
