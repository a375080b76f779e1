"""Which adapters there are, and what is said about those that cannot be used."""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import EntryPoint

import pytest

from adapters.memory.adapter import ADAPTER as MEMORY
from adapters.registry import GROUP, Adapters, all_adapters, capability_table, find, names
from connector.errors import ConfigError

BUILT_IN = {"memory": "adapters.memory.adapter"}
OURS = replace(MEMORY, name="ours")


def offered(name: str, value: str) -> EntryPoint:
    return EntryPoint(name=name, value=value, group=GROUP)


def adapters_with(*points: EntryPoint) -> Adapters:
    return Adapters(BUILT_IN, points)


def reason(adapters: Adapters, name: str) -> str:
    with pytest.raises(ConfigError) as caught:
        _ = adapters[name]
    return str(caught.value)


def test_every_built_in_adapter_is_what_its_name_says() -> None:
    assert {name: find(name).name for name in all_adapters()} == {
        name: name for name in all_adapters()
    }
    assert {"files", "memory"} <= set(names())


def test_an_unknown_adapter_is_guessed() -> None:
    with pytest.raises(ConfigError, match="did you mean `files`"):
        find("flies")


def test_an_unknown_adapter_without_a_guess_names_all() -> None:
    with pytest.raises(ConfigError, match="there are brevo, files, hubspot, mautic, memory"):
        find("zzz")


def test_another_package_may_add_an_adapter() -> None:
    adapters = adapters_with(offered("ours", f"{__name__}:OURS"))

    assert adapters["ours"].name == "ours"
    assert set(adapters) == {"memory", "ours"}
    assert list(adapters.problems()) == []


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("ours", "no_such_module:ADAPTER", "cannot be used: it cannot be imported: Module"),
        ("ours", "json:no_such_name", "cannot be used: it cannot be imported: AttributeError"),
        ("ours", "json:dumps", "cannot be used: it is no `connector.ports.adapter.Adapter`"),
        ("ours", "adapters.memory.adapter:ADAPTER", "cannot be used: it calls itself `memory`"),
    ],
    ids=["no module", "no name", "another thing", "another name"],
)
def test_a_broken_adapter_costs_itself_alone(name: str, value: str, said: str) -> None:
    adapters = adapters_with(offered(name, value))

    assert said in reason(adapters, name)
    assert list(adapters) == ["memory"]
    assert adapters["memory"] is MEMORY
    assert [said in str(problem) for problem in adapters.problems()] == [True]


def test_a_built_in_name_cannot_be_taken() -> None:
    adapters = adapters_with(offered("memory", "elsewhere:ADAPTER"))

    assert adapters["memory"] is MEMORY
    assert [str(problem) for problem in adapters.problems()] == [
        "`elsewhere:ADAPTER` offers an adapter `memory`, which is built in"
    ]


def test_two_packages_cannot_offer_one_name() -> None:
    adapters = adapters_with(offered("ours", "one:ADAPTER"), offered("ours", "two:ADAPTER"))

    assert (
        reason(adapters, "ours") == "`one:ADAPTER` and `two:ADAPTER` both offer an adapter `ours`"
    )


def test_the_capability_table_says_what_each_can_do() -> None:
    rows = {row.name: row for row in capability_table()}

    assert rows["files"].reads == ("contacts", "events", "lookup", "ids")
    assert rows["files"].writes == ("attribute_writer", "list_writer", "tag_writer", "actions")
    assert rows["files"].manages == ("fields", "lists", "eraser")
    assert (rows["files"].events, rows["files"].status) == ("any", "stable")
    assert rows["memory"].actions == ("campaign", "email", "note", "notify", "push", "task")
