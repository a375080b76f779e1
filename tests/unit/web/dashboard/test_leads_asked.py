"""What the address of the page of leads asks for, and where its links lead."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from connector.sync.looking.lead_list import Wanted
from connector.web.dashboard.leads.asked import Asked
from connector.web.dashboard.leads.rows import orderings, warmth
from tests.builders import a_configuration

MODEL = a_configuration(
    """
version: 1
platforms: {crm: {adapter: memory}, mail: {adapter: memory}}
model:
  dimensions: {engagement: {}}
  rules: {opened: {event: email.opened, points: 10}}
  scores:
    heat: {stages: [{name: cold, from: 0}, {name: warm, from: 10}, {name: hot, from: 20}]}
    fit: {stages: [{name: cold, from: 0}, {name: good, from: 9}]}
"""
).model
PLATFORMS = ("crm", "mail")
EVERYTHING = {
    "score": "fit",
    "stage": "good",
    "platform": "mail",
    "list": "crm:a:b & c",
    "search": "ann + é",
    "lowest_first": "true",
}


def _read(**query: str) -> tuple[Asked, list[tuple[str, str]]]:
    asked, unknown = Asked.read(query, MODEL.scores, PLATFORMS)
    return asked, list(unknown)


def _query(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def test_an_address_without_anything_asks_for_everybody_by_the_first_score() -> None:
    assert _read() == (Asked(wanted=Wanted(score="heat")), [])


def test_an_address_says_what_it_was_made_of() -> None:
    asked, unknown = _read(**EVERYTHING, cursor="c", page="3")

    assert unknown == []
    assert asked == Asked(
        wanted=Wanted(
            score="fit",
            stage="good",
            platform="mail",
            in_list="crm:a:b & c",
            search="ann + é",
            is_ascending=True,
        ),
        cursor="c",
        number=3,
    )
    assert _query(asked.address()) == {**EVERYTHING, "cursor": "c", "page": "3"}


@pytest.mark.parametrize(
    ("query", "unknown"),
    [
        ({"score": "luck"}, [("score", "luck")]),
        ({"stage": "good"}, [("stage", "good")]),
        ({"score": "luck", "stage": "good"}, [("score", "luck"), ("stage", "good")]),
        ({"platform": "fax"}, [("platform", "fax")]),
        ({"list": "News"}, [("list", "News")]),
        ({"list": "crm:"}, [("list", "crm:")]),
        ({"list": "fax:News"}, [("list", "fax:News")]),
        ({"stage": " ", "platform": "", "list": "", "search": "  ", "score": ""}, []),
    ],
)
def test_what_there_is_not_is_told_and_not_asked_for(
    query: dict[str, str], unknown: list[tuple[str, str]]
) -> None:
    assert _read(**query) == (Asked(wanted=Wanted(score="heat")), unknown)


@pytest.mark.parametrize("page", ["", "x", "-1", "²", "٣", "99999999999999999999"])
def test_a_page_whose_number_is_none_has_none(page: str) -> None:
    assert _read(cursor="c", page=page)[0].number is None


def test_what_is_much_too_long_is_cut() -> None:
    assert len(_read(search="x" * 10_000)[0].wanted.search or "") == 500


def test_other_leads_begin_with_their_first_page() -> None:
    asked, _ = _read(cursor="c", page="3", stage="hot")

    assert asked.other(search="ann") == Asked(
        wanted=Wanted(score="heat", stage="hot", search="ann")
    )


def test_pages_count_forth_and_back() -> None:
    asked, _ = _read()

    third = asked.page("b", 1).page("c", 1)

    assert (third.number, third.page("b", -1).number) == (3, 2)
    assert _query(third.address()) == {"score": "heat", "cursor": "c", "page": "3"}


def test_a_score_leads_to_its_highest_and_the_one_chosen_the_other_way_round() -> None:
    asked, _ = _read(stage="hot", search="ann")
    ways = list(orderings(asked, MODEL))

    assert [(each.score, each.is_current, each.is_ascending) for each in ways] == [
        ("heat", True, False),
        ("fit", False, False),
    ]
    assert [_query(each.target) for each in ways] == [
        {"score": "heat", "stage": "hot", "search": "ann", "lowest_first": "true"},
        {"score": "fit", "search": "ann"},
    ]


def test_a_stage_that_the_other_score_has_too_stays_chosen() -> None:
    asked, _ = _read(stage="cold", lowest_first="true")

    assert [_query(each.target) for each in orderings(asked, MODEL)] == [
        {"score": "heat", "stage": "cold"},
        {"score": "fit", "stage": "cold"},
    ]


@pytest.mark.parametrize(
    ("stage", "told"),
    [("cold", "cool"), ("warm", "mild"), ("hot", "hot"), ("gone", "cool"), (None, "cool")],
)
def test_a_stage_is_as_warm_as_it_stands_high(stage: str | None, told: str) -> None:
    assert warmth(stage, MODEL.scores["heat"].stages) == told
