from __future__ import annotations

import pytest

from connector.scoring.model import ContentTag, HalfLife
from tests.unit.scoring.lab import (
    DAY,
    TICK,
    a_model,
    a_trait,
    an_event,
    an_event_rule,
    scored,
    where,
)


def test_a_platforms_name_is_renamed_for_that_platform_alone() -> None:
    model = a_model(
        an_event_rule("cart.item_added"),
        rename={"mail": {"custom.cart_updated": "cart.item_added"}},
    )
    events = [an_event("custom.cart_updated"), an_event("custom.cart_updated", platform="crm")]

    assert scored(model, events)["engagement"] == 1.0


def test_a_name_is_renamed_once() -> None:
    rename = {"mail": {"custom.a": "custom.b", "custom.b": "custom.c"}}

    model = a_model(an_event_rule("custom.b"), rename=rename)

    assert scored(model, [an_event("custom.a"), an_event("custom.b")])["engagement"] == 1.0


CATALOGUE = (
    ContentTag(match=where("url LIKE '/contact%'"), phase="purchase", kind="important"),
    ContentTag(match=where("url LIKE '/c%' OR phase = 'own'"), phase="evaluation"),
    ContentTag(match=where("type = 'form.submitted'"), kind="form"),
)


@pytest.mark.parametrize(
    ("fields", "phase", "kind"),
    [
        pytest.param({"url": "/contact"}, "purchase", "important", id="first entry"),
        pytest.param({"url": "/c", "kind": "own"}, "evaluation", "own", id="keeps what came"),
        pytest.param({"phase": "own"}, "evaluation", None, id="sees the event's own tags"),
        pytest.param({"url": "/x", "kind": "own"}, None, "own", id="no entry"),
        pytest.param({"type": "custom.form"}, None, "form", id="after rename"),
        pytest.param(
            {"type": "custom.form", "url": "/c"}, "evaluation", None, id="only the first match"
        ),
    ],
)
def test_the_catalogue_tags_events(
    fields: dict[str, object], phase: str | None, kind: str | None
) -> None:
    text = " AND ".join(
        f"{name} IS NULL" if tag is None else f"{name} = '{tag}'"
        for name, tag in (("phase", phase), ("kind", kind))
    )
    model = a_model(
        an_event_rule("*", text=text),
        content=CATALOGUE,
        rename={"mail": {"custom.form": "form.submitted"}},
    )

    assert scored(model, [an_event(**fields)])["engagement"] == 1.0  # type: ignore[arg-type]


def test_events_are_ignored_after_rename_and_content() -> None:
    model = a_model(
        an_event_rule("*"),
        rename={"mail": {"custom.x": "page.viewed"}},
        content=(ContentTag(match=where("type = 'page.viewed'"), phase="noise"),),
        ignore=where("phase = 'noise' OR is_machine"),
    )
    events = [
        an_event("custom.x"),
        an_event("email.opened", is_machine=True),
        an_event("email.opened", is_machine=None),
    ]

    assert scored(model, events)["engagement"] == 1.0


def test_it_is_never_unknown_whether_a_machine_did_it() -> None:
    model = a_model(an_event_rule(text="NOT is_machine"))

    assert scored(model, [an_event(is_machine=None)])["engagement"] == 1.0


def test_events_of_the_age_that_is_kept_do_not_exist() -> None:
    model = a_model(
        an_event_rule(decay=HalfLife(span=DAY)), traits=[a_trait("count")], keep_events=2 * DAY
    )
    events = [an_event(ago=2 * DAY), an_event(ago=2 * DAY - TICK)]

    outcome = scored(model, events)

    assert outcome["fact"] == 1.0
    assert outcome.entry("seen")["events"] == 1
