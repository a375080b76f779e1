"""A task or a note says what was true of the contact when the trigger fired."""

from __future__ import annotations

from datetime import timedelta

from adapters.memory.account import Person
from connector.domain.changes import Action
from tests.unit.sync.acting import delivered, doing, fired
from tests.unit.sync.alarms import Alarms


async def done(deed: str, **values: object) -> tuple[Action, Alarms, Person]:
    """Return the one action that the platform was asked for."""
    world, (person,) = await fired(doing(deed))
    person.values.update(values)
    await delivered(world)
    (action,) = world.crm.done.values()
    return action, world, person


async def test_a_task_has_its_words_filled_in_and_says_when_it_is_due() -> None:
    action, _, person = await done('{task: {platform: crm, title: "Call the {job}", due: 1d}}')

    assert (action.kind, action.to.remote_id) == ("task", person.id)
    assert action.params == {
        "title": "Call the boss",
        "due_at": action.at + timedelta(days=1),
    }


async def test_a_task_may_be_due_at_no_time() -> None:
    action, _, _ = await done('{task: {platform: crm, title: "Call"}}')

    assert action.params == {"title": "Call"}


async def test_a_note_keeps_its_lines() -> None:
    action, _, _ = await done('{note: {platform: crm, text: "Heat {heat}\\n{heat_stage}"}}')

    assert (action.kind, action.params) == ("note", {"text": "Heat 5\ncold"})


async def test_what_is_not_known_leaves_no_hole_in_a_title() -> None:
    action, _, _ = await done('{task: {platform: crm, title: "Show {last_page} to them"}}')

    assert action.params == {"title": "Show to them"}


async def test_a_text_of_which_nothing_is_left_says_what_it_is() -> None:
    action, _, _ = await done('{note: {platform: crm, text: "{last_page}"}}')

    assert action.params == {"text": "note"}


async def test_a_doubled_brace_is_one() -> None:
    action, _, _ = await done('{note: {platform: crm, text: "{{job}} {job}"}}')

    assert action.params == {"text": "{job} boss"}


async def test_whoever_opted_out_may_still_be_called() -> None:
    world, (person,) = await fired(doing('{task: {platform: crm, title: "Call"}}'))
    person.opted_out = True
    world.crm.touch(person)
    await world.sync(scores=False, pushes=False)

    await delivered(world)

    assert len(world.crm.done) == 1
