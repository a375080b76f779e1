"""Settings of the process: from the environment and `.env`, never from YAML."""

from __future__ import annotations

import os
import re
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, DotEnvSettingsSource, SettingsConfigDict
from pydantic_settings.exceptions import SettingsError

from connector.config.hints import did_you_mean
from connector.domain.durations import parse_duration
from connector.errors import ConfigError, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

PREFIX = "HEATSYNC_"
NESTED = "__"
ENV_FILE = Path(".env")

_SCHEMES = ("sqlite:", "postgresql:", "postgresql+psycopg:")


def _web_address(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        msg = "write an address that begins with https://"
        raise ValueError(msg)
    return text.rstrip("/")


def _networks(text: str) -> str:
    try:
        for each in re.split(r"[,\s]+", text.strip(", \t")):
            ip_network(each)
    except ValueError:
        msg = "write addresses or networks with commas between them, as 127.0.0.1, 10.0.0.0/8"
        raise ValueError(msg) from None
    return text


class Settings(BaseSettings):
    """What one installation is told by its environment."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter=NESTED,
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    mappings: Path = Field(
        default=Path("mappings"), description="The folder that holds the mapping files."
    )
    database_url: SecretStr = Field(
        default=SecretStr("sqlite:///heatsync.db"),
        description="Where heatsync keeps its state: SQLite or PostgreSQL.",
    )
    cache: Path | None = Field(
        default=None,
        description="With PostgreSQL: a folder for a copy of the events that makes scoring "
        "everybody quick, one for all processes. A SQLite file has it beside it.",
    )
    public_url: Annotated[str, AfterValidator(_web_address)] | None = Field(
        default=None, description="Where platforms reach this installation, for webhooks."
    )
    admin_token: SecretStr | None = Field(
        default=None, description="What API and dashboard ask for; needed beyond this machine."
    )
    log_format: Literal["console", "json"] = Field(
        default="console", description="How logs look: for people, or for machines."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="The least important log line that is written."
    )
    host: str = Field(
        default="127.0.0.1",
        description="Where `heatsync run` listens; beyond this machine only with an admin token.",
    )
    port: int = Field(default=8080, ge=0, le=65535, description="On which port; 0: any free one.")
    dashboard: bool = Field(
        default=True, description="Whether `heatsync run` has a dashboard beside its API."
    )
    trusted_proxies: Annotated[str, AfterValidator(_networks)] = Field(
        default="127.0.0.1, ::1",
        description="Addresses or networks of proxies before heatsync, with commas between them: "
        "whom they name in X-Forwarded-For is who calls.",
    )
    alert: SecretStr | None = Field(
        default=None,
        description="Apprise addresses, with blanks between them, that are told when a platform "
        "refuses us or a stream lags, and when it is over.",
    )
    allow_private_webhooks: bool = Field(
        default=False,
        description="Whether webhooks may be sent to private addresses, such as 10.0.0.7.",
    )
    forget_key: SecretStr | None = Field(
        default=None,
        description="The key of the hashes by which forgotten people are known again; default: "
        "one that is made once and kept in the database.",
    )
    keep_events: timedelta | None = Field(
        default=None,
        description="Events of this age or more do not exist, as `730d`; default: for ever.",
    )
    platforms: dict[str, dict[str, SecretStr]] = Field(
        default_factory=dict,
        description="Secrets of platforms: HEATSYNC_PLATFORMS__<NAME>__<FIELD>.",
    )
    notify: dict[str, SecretStr] = Field(
        default_factory=dict,
        description="Apprise addresses that triggers tell: HEATSYNC_NOTIFY__<NAME>.",
    )
    webhooks: dict[str, dict[str, SecretStr]] = Field(
        default_factory=dict,
        description="What triggers call: HEATSYNC_WEBHOOKS__<NAME>__URL and __SECRET.",
    )

    @field_validator("keep_events", mode="before")
    @classmethod
    def _span(cls, value: object) -> object:
        return parse_duration(value) if isinstance(value, str) else value

    @field_validator("log_format", "log_level", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith(_SCHEMES):
            msg = "write sqlite:///file.db or postgresql://user:password@host/name"
            raise ValueError(msg)
        return value


def read_settings(
    env_file: Path | None = ENV_FILE,
    *,
    mappings: Path | None = None,
    database_url: str | None = None,
) -> Settings:
    """Return the settings of this process; what is given here wins over the environment.

    Raises ConfigError naming each bad variable, never its content.
    """
    given = {"mappings": mappings, "database_url": database_url}
    options: dict[str, Any] = {name: each for name, each in given.items() if each is not None}
    try:
        return Settings(_env_file=env_file, _env_file_encoding="utf-8", **options)
    except ValidationError as error:
        raise ConfigError([_problem(each["loc"], each["msg"]) for each in error.errors()]) from None
    except SettingsError:
        raise ConfigError([_unreadable_group()]) from None
    except (OSError, UnicodeDecodeError):
        raise ConfigError([Problem(file=str(env_file), message="cannot be read")]) from None


def variable(*path: str) -> str:
    """Return the variable that holds the setting at `path`."""
    return PREFIX + NESTED.join(step.upper() for step in path)


def unknown_variables(env_file: Path | None = ENV_FILE) -> tuple[Problem, ...]:
    """Return a warning for each HEATSYNC_ variable that no setting reads."""
    given = set(os.environ) | _in_file(env_file)
    return tuple(_unknown(name) for name in sorted(given) if _is_unknown(name))


def _in_file(env_file: Path | None) -> set[str]:
    source = DotEnvSettingsSource(Settings, env_file=env_file, env_file_encoding="utf-8")
    return {name.upper() for name in source.env_vars}


def _fields() -> tuple[str, ...]:
    return tuple(PREFIX + name.upper() for name in Settings.model_fields)


def _is_unknown(name: str) -> bool:
    upper = name.upper()
    is_nested = any(upper.startswith(field + NESTED) for field in _groups())
    return upper.startswith(PREFIX) and upper not in _fields() and not is_nested


def _groups() -> tuple[str, ...]:
    return tuple(variable(name) for name in ("platforms", "notify", "webhooks"))


def _unknown(name: str) -> Problem:
    head, _, rest = name.partition(NESTED)
    guess = did_you_mean(head, _fields())
    if guess and rest:
        guess = guess.replace("`?", f"{NESTED}{rest}`?")
    return Problem(message=f"the variable {name} is not known", hint=guess)


def _problem(place: Sequence[int | str], message: str) -> Problem:
    name = variable(*(str(step) for step in place))
    sentence = message.removeprefix("Value error, ").replace("Input should", "it should", 1)
    if place and "dictionary" in message:
        sentence = f"a name is missing after it, as in {name}{NESTED}..."
    return Problem(message=f"{name}: {sentence}")


def _unreadable_group() -> Problem:
    names = ", ".join(f"{name}{NESTED}..." for name in _groups())
    return Problem(message="a group of settings is given as one variable", hint=f"write {names}")
