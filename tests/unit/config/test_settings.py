"""Settings come from the environment; what is wrong is named, its content never shown."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from connector.config.settings import Settings, read_settings, unknown_variables
from connector.errors import ConfigError

SECRET = "hunter2hunter2"


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.upper().startswith("HEATSYNC_"):
            monkeypatch.delenv(name)


def test_without_any_variable_the_defaults_hold() -> None:
    settings = read_settings(env_file=None)
    assert settings.mappings == Path("mappings")
    assert settings.database_url.get_secret_value() == "sqlite:///heatsync.db"
    assert settings.keep_events is None
    assert (settings.log_format, settings.log_level) == ("console", "info")


def test_secrets_of_platforms_are_texts_by_platform_and_field(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HEATSYNC_PLATFORMS__MAIL__API_KEY", "12345")
    monkeypatch.setenv("HEATSYNC_PLATFORMS__CRM__ACCESS_TOKEN", '{"a": 1}')
    settings = read_settings(env_file=None)
    assert settings.platforms["mail"]["api_key"].get_secret_value() == "12345"
    assert settings.platforms["crm"]["access_token"].get_secret_value() == '{"a": 1}'
    assert "12345" not in repr(settings)


def test_addresses_of_triggers_are_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEATSYNC_NOTIFY__SALES", "slack://token")
    monkeypatch.setenv("HEATSYNC_WEBHOOKS__SALES_HOOK__URL", "https://x.test")
    settings = read_settings(env_file=None)
    assert settings.notify["sales"].get_secret_value() == "slack://token"
    assert settings.webhooks["sales_hook"]["url"].get_secret_value() == "https://x.test"


def test_how_long_events_are_kept_is_a_duration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEATSYNC_KEEP_EVENTS", "730d")
    assert read_settings(env_file=None).keep_events == timedelta(days=730)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("HEATSYNC_KEEP_EVENTS", f"{SECRET}d"),
        ("HEATSYNC_KEEP_EVENTS", "P3D"),
        ("HEATSYNC_LOG_FORMAT", SECRET),
        ("HEATSYNC_LOG_LEVEL", SECRET),
        ("HEATSYNC_PUBLIC_URL", f"ftp://{SECRET}"),
        ("HEATSYNC_DATABASE_URL", f"mysql://bob:{SECRET}@host/name"),
        ("HEATSYNC_PLATFORMS__MAIL", SECRET),
    ],
)
def test_a_bad_value_is_told_by_its_variable_and_never_shown(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ConfigError) as caught:
        read_settings(env_file=None)
    assert str(caught.value).startswith(f"{variable}: ")
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_group_given_as_one_variable_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEATSYNC_PLATFORMS", SECRET)
    with pytest.raises(ConfigError) as caught:
        read_settings(env_file=None)
    assert SECRET not in str(caught.value)


def test_an_option_wins_over_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEATSYNC_MAPPINGS", "elsewhere")
    monkeypatch.setenv("HEATSYNC_DATABASE_URL", "sqlite:///elsewhere.db")
    settings = read_settings(mappings=Path("here"), database_url="sqlite:///h.db", env_file=None)
    assert settings.mappings == Path("here")
    assert settings.database_url.get_secret_value() == "sqlite:///h.db"


def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEATSYNC_ADMIN_TOKEN", "")
    assert read_settings(env_file=None).admin_token is None


def test_a_mistyped_variable_is_told_with_what_was_meant(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HEATSYNC_LOG_FORMT", "json")
    monkeypatch.setenv("HEATSYNC_PLATFORM__MAIL__API_KEY", SECRET)
    monkeypatch.setenv("HEATSYNC_NOTIFY__SALES", SECRET)
    assert [str(each) for each in unknown_variables(None)] == [
        "the variable HEATSYNC_LOG_FORMT is not known (did you mean `HEATSYNC_LOG_FORMAT`?)",
        (
            "the variable HEATSYNC_PLATFORM__MAIL__API_KEY is not known "
            "(did you mean `HEATSYNC_PLATFORMS__MAIL__API_KEY`?)"
        ),
    ]


def test_every_setting_is_described() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_proxies_are_addresses_and_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEATSYNC_TRUSTED_PROXIES", "10.0.0.0/8, ::1")
    assert read_settings(env_file=None).trusted_proxies == "10.0.0.0/8, ::1"

    monkeypatch.setenv("HEATSYNC_TRUSTED_PROXIES", "proxy.example.com")
    with pytest.raises(ConfigError, match="HEATSYNC_TRUSTED_PROXIES: write addresses"):
        read_settings(env_file=None)
