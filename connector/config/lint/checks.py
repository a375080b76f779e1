"""All checks, and the advice they give together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.config.lint.catalogue import catalogue_grown
from connector.config.lint.events import (
    events_never_seen,
    events_nobody_sends,
    machines_counted,
    opened_and_clicked,
)
from connector.config.lint.hourly import looked_at_hourly, shown_while_moving
from connector.config.lint.never import conditions_never_true, tags_never_set, words_never_there
from connector.config.lint.retention import rules_that_forget
from connector.config.lint.rounded import numbers_rounded
from connector.config.lint.stages import (
    grades_out_of_order,
    grades_out_of_reach,
    leave_below_without_effect,
    stages_kept_too_long,
    stages_left_out,
    stages_never_left,
    stages_out_of_reach,
)
from connector.config.lint.subject import Subject
from connector.config.lint.unused import (
    attributes_without_use,
    dimensions_without_rules,
    dimensions_without_use,
    groups_without_rules,
    results_without_use,
    traits_without_use,
)
from connector.config.places import Report, in_order

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.config.configuration import Configuration
    from connector.config.lint.subject import Check, Seen
    from connector.errors import Problem

CHECKS: Mapping[str, tuple[Check, ...]] = {
    "Events": (machines_counted, opened_and_clicked, events_nobody_sends, events_never_seen),
    "Conditions": (conditions_never_true, words_never_there, tags_never_set),
    "Stages and grades": (
        *(stages_out_of_reach, stages_left_out, stages_never_left, stages_kept_too_long),
        *(leave_below_without_effect, grades_out_of_reach, grades_out_of_order),
    ),
    "What serves nothing": (
        *(dimensions_without_rules, dimensions_without_use, groups_without_rules),
        *(traits_without_use, attributes_without_use, results_without_use),
    ),
    "What platforms show": (numbers_rounded,),
    "Time": (looked_at_hourly, shown_while_moving, rules_that_forget, catalogue_grown),
}
"""By what they look at, in the order in which the reference page tells of them."""


def advise(configuration: Configuration, seen: Seen | None = None) -> tuple[Problem, ...]:
    """Return what is worth a look in `configuration`, by file and line; nothing of it is wrong.

    `seen` is what the database knows of the past, where there is one.
    """
    report = Report(places=configuration.places)
    subject = Subject(configuration=configuration, seen=seen)
    for checks in CHECKS.values():
        for check in checks:
            for remark in check(subject):
                report.warn(remark.path, remark.message, remark.hint)
    return in_order(report.warnings)
