"""Objects beside the items of an answer come into the items that name them."""

import pytest

from adapters.mapped.expressions import Inapplicable
from adapters.rest.language.streams import RelatedConfig
from adapters.rest.related import with_related

KIND = {"kind": RelatedConfig(items="included[?type == 'kind']", by="rel.kind.id")}
OPENED = {"type": "kind", "id": "k1", "name": "Opened"}
PAGE = {"included": [OPENED, {"type": "person", "id": "k2"}]}


def test_an_item_gets_the_object_that_it_names() -> None:
    (item,) = with_related(KIND, PAGE, [{"id": 1, "rel": {"kind": {"id": "k1"}}}])

    assert item["kind"] == OPENED


def test_a_number_and_its_text_are_one_id() -> None:
    page = {"included": [{"type": "kind", "id": 7}]}

    (item,) = with_related(KIND, page, [{"rel": {"kind": {"id": "7"}}}])

    assert item["kind"] == {"type": "kind", "id": 7}


@pytest.mark.parametrize(
    ("page", "item"),
    [
        pytest.param(PAGE, {"rel": {"kind": {"id": "k2"}}}, id="of another kind"),
        pytest.param(PAGE, {"rel": None}, id="names none"),
        pytest.param({}, {"rel": {"kind": {"id": "k1"}}}, id="nothing stands beside"),
        pytest.param({"included": [{"type": "kind"}]}, {}, id="neither has an id"),
    ],
)
def test_without_such_an_object_the_key_is_null(
    page: dict[str, object], item: dict[str, object]
) -> None:
    assert with_related(KIND, page, [item]) == [{**item, "kind": None}]


def test_an_item_may_get_all_that_have_the_id() -> None:
    values = {"values": RelatedConfig(items="values", id="contact", by="id", many=True)}
    page = {"values": [{"contact": "1", "value": "a"}, {"contact": "1", "value": "b"}]}

    ann, bob = with_related(values, page, [{"id": 1}, {"id": 2}])

    assert [each["value"] for each in ann["values"]] == ["a", "b"]
    assert bob["values"] == []


def test_what_is_no_object_stays_as_it_is() -> None:
    assert with_related(KIND, PAGE, ["k1"]) == ["k1"]


def test_where_no_list_stands_beside_nothing_is_guessed() -> None:
    with pytest.raises(Inapplicable, match="no list"):
        with_related({"kind": RelatedConfig(items="included", by="x")}, {"included": 3}, [{}])
