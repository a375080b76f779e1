"""The index of searches ends up knowing what is there, however late and in what order it learns."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from adapters.hubspot.simulator import HubspotSimulator
from tests.fakes import FakeClock

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)

_steps = st.lists(
    st.tuples(
        st.sampled_from(["set", "set", "set", "archive", "restore", "merge"]),
        st.integers(0, 4),
        st.integers(0, 40),
    ),
    max_size=40,
)


@given(steps=_steps)
def test_after_a_while_the_index_knows_the_newest_of_everybody(
    steps: list[tuple[str, int, int]],
) -> None:
    clock = FakeClock(AT)
    account = HubspotSimulator(now=clock.now).account
    people = [account.add(firstname=str(n)) for n in range(5)]
    records, index = account.contacts.records, account.contacts.index

    for action, who, seconds in steps:
        clock.advance(timedelta(seconds=seconds))
        index.settle(account.now_ms())
        is_there = records.get(people[who]) is not None
        if action == "set" and is_there:
            account.set(people[who], city=str(seconds))
        elif action == "archive" and is_there:
            account.archive(people[who])
        elif action == "restore" and records.get(people[who], archived=True):
            account.restore(people[who])
        elif action == "merge" and is_there and len(records) > 1:
            other = next(each for each in account.ids() if each != people[who])
            account.merge(people[who], other)
    account.settle()

    newest = {each.id: each.version for each in records}
    assert index.entries == newest
    assert list(index.within(0, 2**60)) == records.live


def test_many_writes_leave_each_contact_in_the_index_once() -> None:
    clock = FakeClock(AT)
    account = HubspotSimulator(now=clock.now).account
    people = [account.add(firstname=str(n)) for n in range(30)]
    for number in range(200):
        for each in people:
            account.set(each, city=str(number))
        clock.advance(timedelta(seconds=1))
    account.settle()

    last_ms = account.now_ms() - 1000

    index = account.contacts.index
    assert list(index.within(last_ms, last_ms)) == [int(each) for each in people]
    assert list(index.within(0, last_ms - 1)) == []
