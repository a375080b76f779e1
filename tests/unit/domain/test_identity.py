"""Who is one person."""

from __future__ import annotations

from connector.domain.identity import Claim, Household, RecordKey, households, person_key

CRM, MAIL, AUTO = ("crm", "1"), ("mail", "1"), ("auto", "1")


def a_claim(
    key: RecordKey, *emails: str, contact: int | None = None, into: RecordKey | None = None
) -> Claim:
    return Claim(key=key, emails=emails, contact=contact, merged_into=into)


def test_an_address_joins() -> None:
    assert households([a_claim(MAIL, "a"), a_claim(CRM, "a")]) == [
        Household(keys=(CRM, MAIL), contact=None)
    ]


def test_addresses_join_through_others() -> None:
    (only,) = households([a_claim(CRM, "a"), a_claim(MAIL, "b"), a_claim(AUTO, "a", "b")])

    assert only.keys == (AUTO, CRM, MAIL)


def test_records_without_an_address_are_strangers() -> None:
    assert len(households([a_claim(CRM), a_claim(MAIL)])) == 2


def test_the_oldest_of_several_persons_stays() -> None:
    (only,) = households([a_claim(CRM, "a", contact=7), a_claim(MAIL, "a", contact=3)])

    assert (only.contact, only.absorbed) == (3, (7,))


def test_of_a_person_split_the_part_with_the_first_record_keeps_the_number() -> None:
    first, second = households([a_claim(MAIL, "b", contact=3), a_claim(CRM, "a", contact=3)])

    assert (first.keys, first.contact) == ((CRM,), 3)
    assert (second.keys, second.contact, second.absorbed) == ((MAIL,), None, ())


def test_the_id_of_a_new_record_does_not_decide_who_keeps_the_number() -> None:
    new, old = ("crm", "10"), ("crm", "9")

    first, second = households(
        [a_claim(new, "b"), a_claim(MAIL, "b", contact=3), a_claim(old, "a", contact=3)]
    )

    assert (first.keys, first.contact) == ((new, MAIL), None)
    assert (second.keys, second.contact, second.absorbed) == ((old,), 3, ())


def test_a_merge_joins_records_without_an_address_in_common() -> None:
    (only,) = households([a_claim(CRM, "a", into=MAIL), a_claim(MAIL, "b")])

    assert only.keys == (CRM, MAIL)


def test_a_merge_into_a_record_nobody_knows_joins_nothing() -> None:
    first, second = households([a_claim(CRM, into=AUTO), a_claim(MAIL, into=AUTO)])

    assert (first.keys, second.keys) == ((CRM,), (MAIL,))


def test_nobody_makes_no_person() -> None:
    assert households([]) == []


def test_a_persons_id_depends_on_their_first_record_alone() -> None:
    assert person_key(CRM) == person_key(CRM)
    assert len({person_key(CRM), person_key(CRM, 1), person_key(CRM, 2), person_key(MAIL)}) == 4


def test_parts_of_a_persons_id_cannot_run_into_one_another() -> None:
    assert person_key(("crm", "12")) != person_key(("crm1", "2"))
    assert person_key(("crm", "1"), 2) != person_key(("crm", "12"))


def test_a_persons_id_is_the_same_on_every_machine() -> None:
    assert person_key(CRM) == "p_crfr4uaonzps7sji"
