"""From how triggers are written to what the program is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.config.compile_targets import result_condition
from connector.config.hints import one_of
from connector.config.placeholders import check_placeholders
from connector.domain.durations import parse_duration
from connector.mapping.triggers import (
    CampaignDeed,
    EmailDeed,
    NoteDeed,
    NotifyDeed,
    PushDeed,
    TaskDeed,
    WebhookDeed,
)
from connector.scoring.model import Deed, Trigger

if TYPE_CHECKING:
    from connector.config.context import Context
    from connector.config.places import Path
    from connector.mapping.triggers import (
        DeedChoice,
        EmailParts,
        NoteParts,
        TaskParts,
        TriggerEntry,
    )


def compile_trigger(name: str, entry: TriggerEntry, context: Context) -> Trigger | None:
    """Return the trigger `name`, None when its condition is wrong; all problems are reported."""
    path: Path = ("triggers", name)
    deeds = [_deed((*path, "do", index), deed, context) for index, deed in enumerate(entry.do)]
    when = result_condition((*path, "when"), entry.when, context)
    if when is None:
        return None
    return Trigger(
        name=name,
        when=when,
        deeds=tuple(deeds),
        again_after=parse_duration(entry.again_after) if entry.again_after else None,
        backfill=entry.backfill,
        limit=entry.limit.of if entry.limit else None,
        limit_per=entry.limit.per if entry.limit else None,
    )


def _deed(path: Path, deed: DeedChoice, context: Context) -> Deed:  # noqa: PLR0911 - one for each kind
    match deed:
        case NotifyDeed():
            return Deed(kind="notify", destination=deed.notify)
        case WebhookDeed():
            return Deed(kind="webhook", destination=deed.webhook)
        case EmailDeed():
            return _email((*path, "email"), deed.email, context)
        case CampaignDeed(campaign=campaign):
            here = (*path, "campaign", "platform")
            _check_action(here, campaign.platform, "campaign", context)
            return Deed(kind="campaign", destination=campaign.platform, params={"id": campaign.id})
        case PushDeed(push=push):
            _check_action((*path, "push", "platform"), push.platform, "push", context)
            return Deed(kind="push", destination=push.platform)
        case TaskDeed():
            return _task((*path, "task"), deed.task, context)
        case NoteDeed():
            return _note((*path, "note"), deed.note, context)
    raise TypeError(deed)


def _email(path: Path, email: EmailParts, context: Context) -> Deed:
    _check_action((*path, "platform"), email.platform, "email", context)
    if "template" in email.params:
        message = "the parameter `template` is the template's own id; call yours otherwise"
        context.report.add((*path, "params", "template"), message)
    for theirs, ours in email.params.items():
        what = "attribute, trait, dimension, score, stage or grade"
        context.known((*path, "params", theirs), ours, context.names.results, what)
    return Deed(
        kind="email",
        destination=email.platform,
        params={"template": email.template},
        names=email.params,
    )


def _task(path: Path, task: TaskParts, context: Context) -> Deed:
    _check_action((*path, "platform"), task.platform, "task", context)
    due = {"due": int(parse_duration(task.due).total_seconds())} if task.due else {}
    return Deed(
        kind="task",
        destination=task.platform,
        params={"title": task.title, **due},
        names=check_placeholders((*path, "title"), task.title, context),
    )


def _note(path: Path, note: NoteParts, context: Context) -> Deed:
    _check_action((*path, "platform"), note.platform, "note", context)
    return Deed(
        kind="note",
        destination=note.platform,
        params={"text": note.text},
        names=check_placeholders((*path, "text"), note.text, context),
    )


def _check_action(path: Path, platform: str, action: str, context: Context) -> None:
    adapter = context.platform(path, platform)
    if adapter is None or action in adapter.capabilities.action_kinds:
        return
    can = sorted(adapter.capabilities.action_kinds)
    hint = one_of(can) if can else "it takes no actions at all"
    context.report.add(path, f"{adapter.title} cannot do the action `{action}`", hint)
