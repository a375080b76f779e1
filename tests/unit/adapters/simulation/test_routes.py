"""A path finds its handler."""

from __future__ import annotations

from adapters.simulation.messages import Reply
from adapters.simulation.routes import Match, Route, Routes


def _nothing() -> Reply:
    return Reply()


ROUTES = Routes(
    [
        Route("GET", "/contacts", _nothing),
        Route("GET", "/contacts/lists", _nothing),
        Route("GET", "/contacts/{identifier}", _nothing),
        Route("DELETE", "/contacts/{identifier}", _nothing),
    ],
    prefix="/v3",
)


def _found(path: str) -> Match:
    match = ROUTES.find("GET", path)
    assert match is not None
    return match


def test_the_first_route_that_fits_counts() -> None:
    assert _found("/v3/contacts/lists").route.path == "/v3/contacts/lists"


def test_names_are_decoded_and_a_coded_slash_parts_nothing() -> None:
    assert _found("/v3/contacts/a%2Fb%2Bc%40d").names == {"identifier": "a/b+c@d"}


def test_an_unknown_path_finds_nothing() -> None:
    assert ROUTES.find("GET", "/contacts") is None


def test_the_methods_of_a_path_are_known() -> None:
    assert ROUTES.methods("/v3/contacts/7") == {"GET", "DELETE"}
