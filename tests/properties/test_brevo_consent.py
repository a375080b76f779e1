"""Whatever is written to Brevo: who may be written to, and at which address, stays as it was."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.brevo.simulator.people import Person
from connector.domain.changes import Action, AttributeChange
from connector.domain.values import Written
from connector.errors import RejectedByPlatform
from connector.ports.platform import NewContact
from tests.conformance.world import AT
from tests.unit.adapters.brevo.writing.mail import Mail, addressee, joining

Told = tuple[object, ...]
Drawn = tuple[bool, bool, bool, bool]

PEOPLE = st.lists(
    st.tuples(st.booleans(), st.booleans(), st.booleans(), st.booleans()), min_size=1, max_size=8
)
"""Whether each refuses mail, refuses SMS, left the list, is in it."""
NAMES = st.sampled_from(
    (
        *("SCORE", "STAGE", "SEEN", "VIP", "LEVEL", "LIKES", "NOPE"),
        *("EMAIL", "SMS", "EXT_ID", "DOUBLE_OPT-IN", "OPT_IN", "emailBlacklisted"),
    )
)
VALUES: st.SearchStrategy[Written] = st.one_of(
    st.none(),
    st.booleans(),
    st.just(AT),
    st.decimals(-1000, 1000, places=2).map(Decimal),
    st.sampled_from(["hot", "tea;milk", "other@mail.example.com", "33612345678", ""]),
)
CHANGES = st.lists(st.dictionaries(NAMES, VALUES, min_size=1, max_size=3), max_size=8)


def consent(person: Person) -> Told:
    fixed = [person.values.get(name) for name in ("SMS", "EXT_ID", "DOUBLE_OPT-IN")]
    return (
        *(person.id, person.email, person.is_email_blocked, person.is_sms_blocked),
        *(frozenset(person.left_ids), *fixed),
    )


def drawn_mail(drawn: list[Drawn], bulk_from: int) -> tuple[Mail, list[Person]]:
    """Return an account with a list Hot, and its contacts as they were drawn."""
    mail = Mail(bulk_from=bulk_from)
    mail.account.unsubscribes_by_list = True
    hot = mail.account.lists.add("Hot")
    people = [mail.person(f"person{number}") for number in range(len(drawn))]
    for person, (no_mail, no_sms, has_left, is_in) in zip(people, drawn, strict=True):
        mail.account.block(person, email=no_mail, sms=no_sms)
        if has_left:
            person.left_ids.add(hot.id)
        elif is_in:
            mail.account.lists.put_in(hot, [person])
    return mail, people


def left(mail: Mail, people: list[Person]) -> set[int]:
    """Return who left the list Hot and is in it all the same."""
    (hot, *_) = mail.account.lists.by_id.values()
    return {each.id for each in people if hot.id in each.left_ids} & set(hot.members)


@settings(max_examples=25)
@given(
    drawn=PEOPLE, changes=CHANGES, bulk_from=st.sampled_from((1, 3, 100)), is_member=st.booleans()
)
async def test_writing_changes_nobodys_consent_or_address(
    drawn: list[Drawn], changes: list[dict[str, Written]], bulk_from: int, is_member: bool
) -> None:
    mail, people = drawn_mail(drawn, bulk_from)
    before = [consent(each) for each in people]

    await mail.writer.write_attributes(
        [
            AttributeChange(to=addressee(person), values=values)
            for person, values in zip(people, changes, strict=False)
        ]
    )
    await mail.list_writer.write_lists([joining(p, "Hot", is_member=is_member) for p in people])
    await mail.creator.create_contacts([NewContact(email=str(each.email)) for each in people])
    outcomes = await mail.actions.perform(
        [
            Action(key=f"hot:{each.id}", trigger="hot", kind="campaign", to=addressee(each), at=AT)
            for each in people
        ]
    )

    assert [consent(each) for each in people] == before
    assert len(mail.account.people) == len(people)
    assert left(mail, people) == set()
    refused = [isinstance(each.error, RejectedByPlatform) for each in outcomes]
    assert refused == [no_mail for no_mail, *_ in drawn]
