"""Mistakes and failures: a sentence, the documented code, valid JSON when asked, no secret."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.company import AT
from tests.system.shell import Ran, heatsync

SECRET = "correct-horse-battery-staple"


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("nope",), id="unknown command"),
        pytest.param(("sync", "--nope"), id="unknown option"),
        pytest.param(("sync", "more"), id="a word too many"),
        pytest.param(("explain",), id="a word is missing"),
        pytest.param(("db",), id="a command is missing"),
        pytest.param(("sync", "--at", "yesterday"), id="no instant"),
        pytest.param(("sync", "--at", "99999999999999999999"), id="an instant out of reach"),
        pytest.param(("sync", "--at", "2026-13-01"), id="no such month"),
        pytest.param(("top", "--limit", "0"), id="a limit of none"),
        pytest.param(("top", "--limit", "x"), id="a limit that is no number"),
        pytest.param(("export", "--what", "all"), id="nothing to export by that name"),
    ],
)
def test_wrong_words_are_told_to_people_and_to_machines(
    company: Path, words: tuple[str, ...]
) -> None:
    to_people, to_machines = heatsync(*words), heatsync(*words, "--json")

    assert to_people.code == to_machines.code == 2
    assert to_people.out == ""
    assert "--help" in to_people.err
    assert to_machines.json["error"]
    assert to_machines.json["problems"] == []


@pytest.mark.parametrize(
    "command",
    ["check", "sync", "pull", "score", "push", "plan", "explain x", "top", "export"],
)
def test_every_command_tells_every_problem_of_a_broken_configuration(
    company: Path, command: str
) -> None:
    (company / "mappings" / "more.yaml").write_text("modle: {}\ncontacts: {exclude: 'nope = 1'}\n")

    ran = heatsync(*command.split(), "--json")

    assert ran.code == 78
    assert [(Path(each["file"]).name, each["line"]) for each in ran.json["problems"]] == [
        ("more.yaml", 1),
        ("more.yaml", 2),
    ]


def test_problems_are_counted_and_placed_for_people(company: Path) -> None:
    (company / "mappings" / "more.yaml").write_text("modle: {}\ncontacts: {exclude: 'nope = 1'}\n")

    ran = heatsync("check", "--offline")

    assert (ran.code, ran.out) == (78, "")
    assert ran.err.startswith("2 problems to mend:\n")
    assert "more.yaml:1" in ran.err


@pytest.mark.parametrize(
    ("url", "code", "told"),
    [
        pytest.param("mysql://x", 78, "HEATSYNC_DATABASE_URL", id="another kind"),
        pytest.param("sqlite:///no/such/folder.db", 75, "folder.db", id="no folder"),
        pytest.param("sqlite:///mappings", 75, "mappings", id="a folder"),
        pytest.param("sqlite:///mappings/heatsync.yaml", 75, "not a SQLite", id="a text"),
    ],
)
def test_a_database_that_cannot_be_used_is_told(
    company: Path, url: str, code: int, told: str
) -> None:
    ran = heatsync("sync", "--database", url, "--json")

    assert ran.code == code
    assert told in ran.json["error"]


def test_a_variable_that_is_wrong_is_named(company: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEATSYNC_KEEP_EVENTS", "long")

    ran = heatsync("status", "--json")

    assert ran.code == 78
    assert "HEATSYNC_KEEP_EVENTS" in ran.json["error"]


def test_settings_come_from_the_file_the_variable_and_the_option_in_this_order(
    synced: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _contacts() == 6
    (synced / ".env").write_text("HEATSYNC_DATABASE_URL=sqlite:///other.db\n")
    assert _contacts() == 0
    monkeypatch.setenv("HEATSYNC_DATABASE_URL", "sqlite:///heatsync.db")
    assert _contacts() == 6
    assert _contacts("--database", "sqlite:///other.db") == 0


def test_mappings_may_lie_anywhere(synced: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    below = synced / "some" / "folder"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    database = ("--database", "sqlite:///../../heatsync.db")

    ran = heatsync("sync", "--at", AT, "--mappings", "../../mappings", *database, "--json")

    assert ran.json["problems"] == []
    assert not (below / "heatsync.db").exists()


def test_what_files_say_does_not_act_on_the_terminal(company: Path) -> None:
    with (company / "crm" / "contacts.csv").open("a") as file:
        file.write("\x1b]0;owned\x07,evil@example.com,[red]Chief[/],FR,2026-01-01\n")
    with (company / "crm" / "events.csv").open("a") as file:
        file.write("x,evil@example.com,page.viewed,2026-02-28,,[/]\x1b[2J,\n")

    said = [
        heatsync("sync", "--at", AT),
        heatsync("explain", "evil@example.com", "--at", AT),
        heatsync("explain", "\x1b[31m[/red]"),
    ]

    assert [each.code for each in said] == [0, 0, 1]
    assert not any("\x1b" in each.out + each.err for each in said)


@pytest.fixture
def secrets(company: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a company whose every secret is SECRET."""
    for name in ("ADMIN_TOKEN", "PLATFORMS__CRM__API_KEY", "NOTIFY__SALES", "WEBHOOKS__X__SECRET"):
        monkeypatch.setenv(f"HEATSYNC_{name}", SECRET)
    return company


def _everything() -> Iterator[Ran]:
    commands = (
        *("check", "check --offline", f"sync --at {AT}", "plan", "explain crm:c1", "top"),
        *("status", "export", "adapters", "db upgrade", "db vacuum", "sync --at x", "--help"),
        *("pull --only nope", "db backup copy.db", "init", "override crm:c1 lead 200 --reason x"),
    )
    for command in commands:
        yield heatsync(*command.split())
        yield heatsync(*command.split(), "--json")


def test_no_command_tells_a_secret(secrets: Path) -> None:
    assert [each for each in _everything() if SECRET in each.out + each.err] == []


@pytest.mark.parametrize(
    "variables",
    [
        pytest.param({"DATABASE_URL": f"postgresql://u:{SECRET}@127.0.0.1:1/x"}, id="postgresql"),
        pytest.param({"DATABASE_URL": f"mysql://u:{SECRET}@127.0.0.1/x"}, id="another database"),
        pytest.param({"DATABASE_URL": f"postgresql://u:{SECRET}@[::1/x"}, id="no address"),
        pytest.param({"DATABASE_URL": f"postgresql://u:{SECRET}@h:port/x"}, id="no port"),
        pytest.param({"LOG_LEVEL": SECRET}, id="a secret in the wrong place"),
        pytest.param({"PLATFORMS": SECRET}, id="a group as one variable"),
        pytest.param({"PLATFORMS__CRM": SECRET}, id="a platform without field"),
        pytest.param({"KEEP_EVENTS": SECRET}, id="a duration"),
    ],
)
def test_no_refusal_tells_a_secret(
    secrets: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(f"HEATSYNC_{name}", value)

    for command in ("status", "sync", "check", "db upgrade", "db backup copy.db"):
        to_people, to_machines = heatsync(*command.split()), heatsync(*command.split(), "--json")

        assert to_people.code == to_machines.code
        assert to_people.code in {0, 75, 78}
        assert SECRET not in to_people.out + to_people.err + to_machines.out + to_machines.err


def test_a_secret_in_a_mapping_is_refused_and_not_repeated(company: Path) -> None:
    (company / "mappings" / "more.yaml").write_text(
        f"platforms:\n  old: {{adapter: files, path: ./x, api_key: {SECRET}}}\n"
    )

    ran = heatsync("check", "--json")

    assert ran.code == 78
    assert SECRET not in ran.out


def _contacts(*words: str) -> int:
    return int(heatsync("status", "--json", *words).json["contacts"])
