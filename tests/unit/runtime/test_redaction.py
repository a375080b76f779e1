"""No secret, address, header, query or body is told, however it got into what is."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from connector.config.settings import Settings
from connector.runtime.redaction import ADDRESS, HIDDEN, LONGEST, Redaction

KEY = "xkeysib-0123'456\"789/é+="
TOLD = Redaction([KEY])


def settings(**given_: object) -> Settings:
    return Settings(_env_file=None, **given_)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "written",
    [KEY, quote(KEY), quote(KEY, safe=""), json.dumps(KEY), repr(KEY), f"key={KEY},", f"<{KEY}>"],
)
def test_a_secret_is_hidden_however_it_is_written(written: str) -> None:
    told = TOLD.text(f"it was {written} there")

    assert "0123" not in told
    assert HIDDEN in told


def test_every_secret_of_the_settings_is_hidden() -> None:
    kept = {
        "admin_token": "admin-0001",
        "forget_key": "forget-0002",
        "platforms": {"mail": {"api_key": "platform-0003"}},
        "notify": {"SALES": "slack://TokenA0004/TokenB0005/TokenC0006/#sales"},
        "webhooks": {
            "CRM": {"url": "https://hooks.x.fr/in/path0007x", "secret": "whsec_c2VjMDAwOA"}
        },
        "alert": "tgram://bot0009abc/12345678 mailto://me:pass0010@x.fr",
        "database_url": "postgresql://me:pa%40ss0011@db.x.fr/heat",
    }
    secrets = [
        "admin-0001",
        "forget-0002",
        "platform-0003",
        *("TokenA0004", "TokenB0005", "TokenC0006"),
        *("path0007x", "whsec_c2VjMDAwOA", "c2VjMDAwOA"),
        *("bot0009abc", "12345678", "pass0010"),
        *("pa%40ss0011", "pa@ss0011"),
    ]

    redaction = Redaction.of(settings(**kept))

    told = [redaction.text(f"it said {each}!") for each in secrets]
    assert told == [f"it said {HIDDEN}!"] * len(secrets)


def test_a_file_that_holds_the_state_is_no_secret() -> None:
    redaction = Redaction.of(settings(database_url="sqlite:///heatsync.db"))

    assert redaction.text("heatsync.db is locked") == "heatsync.db is locked"


@pytest.mark.parametrize(
    "address",
    [
        "jane@example.com",
        "Jane.Doe+news@sub.example.co.uk",
        "o'brien@example.com",
        "jürgen@müller.example",
        '"john doe"@example.com',
        "jane@[192.0.2.1]",
        "root@localhost",
        "jane%40example.com",
        "jane%2Bnews%40example.com",
    ],
)
@pytest.mark.parametrize("around", ["{}", "<{}>", "('{}',)", "of {}, twice", "email={}", "to:{}."])
def test_whatever_looks_like_an_address_is_hidden(address: str, around: str) -> None:
    told = TOLD.text(around.format(address))

    assert ADDRESS in told
    for part in ("jane", "Jane", "brien", "rgen", "doe", "root", "example"):
        assert part not in told


@pytest.mark.parametrize(
    "text",
    [
        "crm: read contacts: 3 of 12 (25 %), 2026-11-22T14:00:00.123456Z",
        "a @ b, @property, x @",
        "the file mappings/model.yaml:12: unknown key `halflife`",
        "1e+20 and +00:00",
    ],
)
def test_what_names_nobody_is_told_as_it_is(text: str) -> None:
    assert TOLD.text(text) == text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "GET https://u:p@api.x.com/v3/c?email=a%40b.fr&k=1#f now",
            "GET https://api.x.com/v3/c now",
        ),
        ("https://api.x.com/contacts/a@b.fr", f"https://api.x.com/contacts/{ADDRESS}"),
        ('"GET /api/v1/top?token=abc HTTP/1.1"', '"GET /api/v1/top HTTP/1.1"'),
        ("postgresql://me:p@ss@db/heat", "postgresql://db/heat"),
        ("Authorization: Bearer abc.def.ghi, next", f"Authorization: {HIDDEN}, next"),
        ("{'api-key': 'abc def', 'a': 1}", f"{{'api-key': {HIDDEN}, 'a': 1}}"),
        ('{"X-HubSpot-Signature-v3": "abc="}', f'{{"X-HubSpot-Signature-v3": {HIDDEN}}}'),
        ("sent Basic dXNlcjpwYXNz to it", f"sent Basic {HIDDEN} to it"),
        ("access_token=abc&x", f"access_token={HIDDEN}"),
        ("call +33 6 12 34 56 78 now", f"call {HIDDEN} now"),
        ("DETAIL:  Key (name)=(Jane) exists.", f"DETAIL: {HIDDEN}"),
        ("[SQL: x]\n[parameters: ('Jane',)]", f"[SQL: x]\n[parameters: {HIDDEN}"),
    ],
)
def test_what_goes_with_a_request_is_hidden(text: str, told: str) -> None:
    assert TOLD.text(text) == told


def test_what_pydantic_was_given_is_hidden() -> None:
    with pytest.raises(ValidationError) as caught:
        Settings(_env_file=None, port="Jane Doe")  # type: ignore[arg-type]
    text = f"{caught.value}, input_value='Jane Doe', input_type=str"

    assert "Jane" not in TOLD.text(text)


def test_fields_that_hold_what_was_sent_are_hidden_at_any_depth() -> None:
    told = TOLD.event(
        {
            "event": "x",
            "headers": {"a": "b"},
            "body": "Jane",
            "raw": b"Jane",
            "call": {"payload": ["Jane"], "email": "Jane", "n": (1, b"Jane", SecretStr("Jane"))},
        }
    )

    assert "Jane" not in json.dumps(told)
    assert told["call"] == {"payload": HIDDEN, "email": HIDDEN, "n": [1, HIDDEN, HIDDEN]}


def test_an_object_is_told_by_its_text_and_that_is_redacted() -> None:
    told = TOLD.event({"error": ValueError(f"jane@x.fr {KEY}")})

    assert told == {"error": f"{ADDRESS} {HIDDEN}"}


def test_the_name_of_a_field_is_redacted_too() -> None:
    assert TOLD.event({"jane@x.fr": 1, "n": {"jane@x.fr": 2}}) == {ADDRESS: 1, "n": {ADDRESS: 2}}


def test_nothing_in_a_field_forges_a_line_or_acts_on_the_terminal() -> None:
    told = TOLD.event({"event": "a\nb\r\x1b[31m\u202ec", "exception": "first\nsecond\x07"})

    assert told == {"event": "a\\nb\\r\\x1b[31m\\u202ec", "exception": "first\nsecond\\x07"}


def test_a_text_without_end_is_cut() -> None:
    assert len(TOLD.text("x" * 10 * LONGEST)) <= LONGEST + 3


@pytest.mark.parametrize("piece", ["a", "a'", "a.", "a@", "%40", "://a", "token=", "+1", '"', "a/"])
def test_no_text_takes_long(piece: str) -> None:
    # A pattern that looks again from every character would take minutes here.
    TOLD.text(piece * LONGEST)


@given(st.text(min_size=4).filter(str.strip), st.text(), st.text())
def test_no_secret_is_left_whatever_stands_around_it(secret: str, before: str, after: str) -> None:
    told = Redaction([secret]).text(f"{before}{secret}{after}")

    hidden = told.replace(HIDDEN, "").replace(ADDRESS, "")
    assert secret not in hidden or secret in HIDDEN + ADDRESS or secret in before + after


@given(st.emails(), st.sampled_from(["{}", "user {} left", "['{}']", "https://x.fr/{}"]))
def test_no_address_is_left(address: str, around: str) -> None:
    told = TOLD.text(around.format(address))

    assert address not in told
