"""What is wrong with an entry is told where it stands, and no password is repeated."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from adapters.registry import all_adapters
from adapters.sql.location import BadLocation, checked_url, locate, shown
from connector.config.configuration import Configuration
from connector.config.files import Source
from connector.config.folder import Folder
from connector.config.loader import read_configuration
from connector.config.settings import Settings
from connector.errors import MappingError
from connector.ports.platform import Part

HEAD = "version: 1\nplatforms:\n  shop:\n    adapter: sql\n"
URL = "    url: postgresql://heatsync@db.example.com/shop\n"
CONTACTS = "    contacts: {query: 'SELECT id, email FROM customers'}\n"
EVENTS = """    events:
      orders:
        query: SELECT id, customer_id AS contact, 'order.placed' AS type, paid_at AS occurred_at
          FROM orders
"""
WRITES = "    writes: {table: heat_scores}\n"
TARGET = "model: {rules: {a: {event: '*', points: 1}}}\ntargets: {shop: {attributes: {h: score}}}\n"
READS = {Part.CONTACTS, Part.LOOKUP, Part.IDS}
WRITERS = {Part.ATTRIBUTE_WRITER, Part.ERASER}


def read(text: str) -> Configuration:
    source = Source(name="mappings/a.yaml", raw=text.encode())
    folder = Folder(path=Path("mappings"), sources=(source,))
    return read_configuration(folder, all_adapters(), Settings.model_construct(), offline=True)


def problems(text: str) -> list[str]:
    with pytest.raises(MappingError) as error:
        read(HEAD + text)
    return [str(each) for each in error.value.problems]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (CONTACTS, READS | {Part.FIELDS}),
        (EVENTS, {Part.EVENTS}),
        (WRITES, WRITERS | {Part.FIELDS}),
        (CONTACTS + EVENTS + WRITES, READS | WRITERS | {Part.FIELDS, Part.EVENTS}),
    ],
    ids=["contacts", "events", "writes", "everything"],
)
def test_an_entry_can_only_do_what_it_says(text: str, parts: set[Part]) -> None:
    able = read(HEAD + URL + text).platform("shop").adapter.capabilities

    assert able.parts == parts
    assert able.is_ours == (text.endswith(WRITES))
    assert bool(able.writable_types) == able.is_ours


def test_everybody_has_a_row_where_nobody_has_a_record() -> None:
    sinks = {
        text: read(HEAD + URL + text).platform("shop").adapter.capabilities.is_sink
        for text in (WRITES, CONTACTS + WRITES, CONTACTS, EVENTS)
    }

    assert list(sinks.values()) == [True, False, False, False]


def test_ids_are_walked_daily_where_a_cursor_tells_what_is_new() -> None:
    by_cursor = CONTACTS.replace("}", ", cursor: updated_at}")

    whole, new = (
        read(HEAD + URL + text).platform("shop").adapter.capabilities.walk_every.days
        for text in (CONTACTS, by_cursor)
    )

    assert (whole, new) == (0, 1)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (URL, "say what is read"),
        (URL + CONTACTS.replace("SELECT", "DELETE"), "begins with SELECT"),
        (URL + CONTACTS.replace("}", ", overlap: 5m}"), "`overlap` goes with `cursor`"),
        (URL + CONTACTS.replace("}", ", cursor: id, overlap: soon}"), "write a duration"),
        (URL + CONTACTS + "    timezone: Mars/Olympus\n", "is no time zone"),
        (URL + CONTACTS + "    timeout: soon\n", "write a duration"),
        (URL + EVENTS.replace("orders:", "Orders 1:"), "names of queries"),
        (URL + "    writes: {table: heat, key: id, email: ID}\n", "different columns"),
        (URL + CONTACTS + "    writes: {table: Customers}\n", "has to be another one"),
        ("    url: db.example.com/shop\n" + CONTACTS, "is no URL of a database"),
    ],
)
def test_what_is_wrong_is_told(text: str, reason: str) -> None:
    told = problems(text)

    assert any(reason in each for each in told), told
    assert all(each.startswith("mappings/a.yaml:") for each in told)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://heatsync:sesame@db.example.com/shop",
        "postgresql://db.example.com/shop?user=heatsync&password=sesame",
        "mssql+pyodbc:///?odbc_connect=Driver%3DX%3BPWD%3Dsesame",
    ],
)
def test_a_password_in_the_file_is_refused_with_its_variable(url: str) -> None:
    told = problems(f"    url: {url}\n{CONTACTS}")

    assert any("HEATSYNC_PLATFORMS__" in each and "PASSWORD" in each for each in told), told
    assert all("sesame" not in each for each in told)


def test_an_entry_without_a_url_needs_its_variable() -> None:
    config = read(HEAD + CONTACTS).platform("shop").config

    assert config.missing_secrets([]) == ["database_url"]
    assert config.missing_secrets(["database_url"]) == []
    assert read(HEAD + URL + CONTACTS).platform("shop").config.missing_secrets([]) == []


def test_nothing_can_be_written_without_a_table() -> None:
    (problem,) = problems(URL + CONTACTS + TARGET)

    assert "cannot be written attributes" in problem


@pytest.mark.parametrize("name", ["contact_id", "Updated_At"])
def test_columns_of_the_table_itself_are_no_targets(name: str) -> None:
    (problem,) = problems(URL + CONTACTS + WRITES + TARGET.replace("{h:", f"{{{name}:"))

    assert name in problem


@pytest.mark.parametrize(
    ("url", "secrets", "found", "said"),
    [
        ("sqlite:///shop.db", {}, "sqlite:////data/shop.db", "/data/shop.db"),
        ("sqlite:////var/shop.db", {}, "sqlite:////var/shop.db", "/var/shop.db"),
        ("postgresql://u@h/shop", {"password": "s/@:"}, None, "shop at h"),
        ("postgres://u@h/shop", {}, "postgresql+psycopg://u@h/shop", "shop at h"),
        ("mysql://u@h/shop", {}, "mysql+pymysql://u@h/shop", "shop at h"),
        (None, {"database_url": "mysql+asyncmy://u:p@h/x"}, "mysql+asyncmy://u:p@h/x", "x at h"),
    ],
)
def test_a_url_is_made_whole(
    url: str | None, secrets: dict[str, str], found: str | None, said: str
) -> None:
    given = {name: SecretStr(text) for name, text in secrets.items()}

    made = locate(url, given, Path("/data"))

    assert found is None or made.render_as_string(hide_password=False) == found
    assert made.password == secrets.get("password", made.password)
    assert shown(made) == said


@pytest.mark.parametrize(
    "url", ["", "sqlite://", "sqlite:///:memory:", "sqlite:///file:x?uri=true"]
)
def test_what_names_no_database_is_no_location(url: str) -> None:
    with pytest.raises(BadLocation):
        locate(url, {}, Path())


def test_a_url_without_a_password_is_taken_as_it_is() -> None:
    url = "postgresql://heatsync@db.example.com:5433/shop?sslmode=require"

    assert checked_url(url) == url
