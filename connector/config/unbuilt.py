"""What the language has and this version cannot do yet: refused by name, never scored as nothing.

Whoever builds one of these removes it here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.mapping.rules import EventRuleEntry, InactiveRuleEntry, rule_kinds

if TYPE_CHECKING:
    from collections.abc import Iterable

    from connector.config.places import Path, Report
    from connector.mapping.rules import RuleEntry

RULE_KINDS = frozenset({"sequence", "count"})
RULE_KEYS = ((EventRuleEntry, "unless"), (InactiveRuleEntry, "repeat"))
FIRES_TRIGGERS = False


def refuse_unbuilt(path: Path, rule: RuleEntry, report: Report) -> None:
    """Report what the rule at `path` asks for and the engine cannot do yet."""
    for kind in RULE_KINDS.intersection(rule_kinds(rule)):
        report.add((*path, kind), f"the rule kind `{kind}` is not built yet in this version")
    for model, key in RULE_KEYS:
        if isinstance(rule, model) and getattr(rule, key) is not None:
            message = f"the key `{key}` of a rule is not built yet in this version"
            report.add((*path, key), message)


def warn_of_triggers(names: Iterable[str], report: Report) -> None:
    """Tell of each trigger that it is read and checked, but does not fire yet."""
    if FIRES_TRIGGERS:
        return
    for name in names:
        message = "read and checked, but this version does not fire triggers yet"
        report.warn(("triggers", name), message)
