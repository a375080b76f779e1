"""What is wrong with an entry is told where it stands, all of it at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.registry import all_adapters
from connector.config.configuration import Configuration
from connector.config.files import Source
from connector.config.folder import Folder
from connector.config.loader import read_configuration
from connector.config.settings import Settings
from connector.errors import MappingError
from connector.ports.platform import Part

HEAD = "version: 1\nplatforms:\n  shop:\n    adapter: webhook\n"
RECEIVES = """    proof: bearer
    receives:
      events: {type: type, contact: email, occurred_at: at}
"""
SENDS = "    sends: {url: https://tool.example.com/in, batch: 20, per_second: 5}\n"
TARGET = "model: {rules: {a: {event: '*', points: 1}}}\ntargets: {shop: {attributes: {h: score}}}\n"


def read(text: str) -> Configuration:
    source = Source(name="mappings/a.yaml", raw=text.encode())
    folder = Folder(path=Path("mappings"), sources=(source,))
    return read_configuration(folder, all_adapters(), Settings.model_construct(), offline=True)


def problems(text: str) -> list[str]:
    with pytest.raises(MappingError) as error:
        read(HEAD + text)
    return [str(each) for each in error.value.problems]


def test_an_entry_can_only_do_what_it_says() -> None:
    able = {
        name: read(HEAD + text).platform("shop").adapter.capabilities
        for name, text in {"receives": RECEIVES, "sends": SENDS, "both": RECEIVES + SENDS}.items()
    }

    assert able["receives"].parts == {Part.WEBHOOK_PARSER}
    assert not able["receives"].is_sink
    assert Part.WEBHOOK_PARSER not in able["sends"].parts
    assert able["sends"].is_sink
    assert (able["both"].attribute_batch, able["both"].list_batch) == (20, 20)
    assert {Part.WEBHOOK_PARSER, Part.ATTRIBUTE_WRITER} <= able["both"].parts


def test_a_tool_that_only_calls_cannot_be_written_to() -> None:
    (problem,) = problems(RECEIVES + TARGET)

    assert "cannot be written attributes" in problem
    assert "mappings/a.yaml" in problem


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("", "say what it `receives`, or that it `sends`"),
        ("    receives: {events: {type: t, contact: c, occurred_at: o}}\n", "`proof` is missing"),
        ("    proof: hmac\n" + SENDS, "`hmac` goes with `proof: hmac`"),
        ("    proof: bearer\n    receives: {items: '@'}\n", "calls would tell nothing"),
        ("    sends: {url: tool.example.com}\n", "is no address that can be called"),
        ("    sends: {url: 'https://tool.example.com/#x'}\n", "holds more than an address"),
        ("    sends: {batch: 0}\n", "greater than or equal to 1"),
    ],
    ids=range(7),
)
def test_an_entry_that_makes_no_sense_is_refused(entry: str, told: str) -> None:
    assert any(told in each for each in problems(entry))


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("customer..id", "character 10 does not fit"),
        ("customer.", "it ends too soon"),
        ("lenght(items)", "there is no function `lenght`; did you mean `length`?"),
        ("contains(items)", "`contains` takes 2 arguments"),
        (
            "customer id",
            'character 10 does not fit (a name with a blank stands in double quotes, "first name")',
        ),
    ],
)
def test_an_expression_is_checked_with_its_place(expression: str, told: str) -> None:
    text = (
        "    proof: bearer\n    receives:\n      contacts:\n"
        f'        - {{id: id, attributes: {{country: "{expression}"}}}}\n'
    )

    (problem,) = problems(text)

    assert problem == (
        "mappings/a.yaml:8: platforms.shop.receives.contacts[0].attributes.country: "
        f"is no JMESPath expression: {told}"
    )


def test_a_contact_that_nobody_can_tell_apart_is_refused() -> None:
    text = "    proof: bearer\n    receives: {contacts: {created_at: at}}\n"

    assert any("`id` or `email` is missing" in each for each in problems(text))


def test_a_secret_has_no_place_in_the_file() -> None:
    text = RECEIVES + "    webhook_secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n"

    (problem,) = problems(text)

    assert "HEATSYNC_PLATFORMS__SHOP__WEBHOOK_SECRET" in problem
    assert "MfKQ9" not in problem


def test_what_an_entry_needs_of_the_environment_is_named() -> None:
    config = read(HEAD + RECEIVES + "    sends: {}\n").platform("shop").config

    assert config.missing_secrets([]) == ["webhook_secret", "signing_secret", "send_url"]
    assert config.missing_secrets(["webhook_secret", "signing_secret", "send_url"]) == []
