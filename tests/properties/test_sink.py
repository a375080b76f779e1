"""Whatever is lost on the way, a tool that is told ends up knowing what is so, and no more."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from adapters.simulation.faults import Fault
from connector.domain.ledger import FiringState
from tests.integration.webhook.company import TEXT, Company

NAMES = ("ann", "ben", "cid")
FAULTS = (
    *(Fault.LOST_ANSWER, Fault.TIMED_OUT, Fault.UNAVAILABLE, Fault.SERVER_ERROR),
    *(Fault.UNREACHABLE, Fault.RATE_LIMITED),
)
_LASTING = 12
"""Cycles, a night apart, after which every attempt was made that is made at all."""

things = st.one_of(
    st.tuples(
        st.just("becomes"), st.sampled_from(NAMES), st.sampled_from(["boss", "staff", "cook"])
    ),
    st.tuples(st.just("opens"), st.sampled_from(NAMES), st.just("")),
    st.tuples(st.just("goes"), st.sampled_from(NAMES), st.just("")),
    st.tuples(st.just("fails"), st.sampled_from(["tool", "hook"]), st.sampled_from(FAULTS)),
    st.tuples(st.just("passes"), st.integers(1, 40_000), st.just("")),
)


class Life:
    """What happens to three people, one thing after the other."""

    def __init__(self, batch: int) -> None:
        url = "url: https://tool.example.com/in"
        self.company = Company(TEXT.replace(url, f"{url}, batch: {batch}"))
        self.people = {name: self.company.person(name) for name in NAMES}

    async def happens(self, what: str, whom: object, how: object) -> None:
        company = self.company
        if what == "passes":
            await company.sync(after=timedelta(seconds=int(str(whom))))
        elif what == "fails":
            simulator = company.tool if whom == "tool" else company.hook
            simulator.faults.play(Fault[getattr(how, "name", "")])
        elif (person := self.people.get(str(whom))) is None:
            self.people[str(whom)] = company.person(str(whom))
        elif what == "becomes":
            company.become(person, str(how))
        elif what == "opens":
            company.opens(person)
        else:
            company.crm.remove(person)
            del self.people[str(whom)]


# A life takes a tenth of a second: making a failing one smaller would take many minutes.
@settings(max_examples=20, phases=[Phase.explicit, Phase.generate])
@given(batch=st.sampled_from([1, 2, 100]), happenings=st.lists(things, max_size=25))
async def test_a_tool_ends_up_knowing_what_is_so(
    batch: int, happenings: list[tuple[str, object, object]]
) -> None:
    life = Life(batch)
    for happening in happenings:
        await life.happens(*happening)
    company = life.company
    for _ in range(_LASTING):
        await company.sync(after=timedelta(hours=11))

    known = company.tool.records.contacts
    for row in await company.rows():
        wanted = row.desired
        told = known.get(row.remote_id)
        if told is None:
            assert not wanted.attributes
            continue
        assert told.attributes == {name: _plain(each) for name, each in wanted.attributes.items()}
        assert told.lists == {name for name, is_in in wanted.lists.items() if is_in}
        assert told.tags == {tag for tag, is_set in wanted.tags.items() if is_set}
    firings = await company.firings()
    done = {_told_as(each.key) for each in firings if each.state is FiringState.DONE}
    fired = {**company.hook.records.fired, **company.tool.records.fired}
    assert done <= fired.keys()
    assert {each.state for each in firings} <= {FiringState.DONE, FiringState.DROPPED}


def _told_as(key: str) -> str:
    """Return the id under which a receiver is told of a deed."""
    return f"trg_{hashlib.blake2b(key.encode(), digest_size=16).hexdigest()}"


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, str) else float(str(value))
