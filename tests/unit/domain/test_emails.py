"""E-mail addresses as identities."""

from __future__ import annotations

import pytest

from connector.domain.emails import BadEmail, normalise_email, read_email


@pytest.mark.parametrize(
    ("raw", "address"),
    [
        (" Ann@X.org\n", "ann@x.org"),
        ("ANN.B+News@X.ORG", "ann.b+news@x.org"),
        ("jose\u0301@x.org", "jos\u00e9@x.org"),
        ("o'neil@x.org", "o'neil@x.org"),
        ("a@sub.domain.museum", "a@sub.domain.museum"),
        ("a@münchen.de", "a@münchen.de"),
    ],
)
def test_an_address_is_trimmed_composed_and_lower_cased_and_nothing_else(
    raw: str, address: str
) -> None:
    assert read_email(raw) == address
    assert read_email(address) == address


def test_dots_and_plus_tags_tell_people_apart() -> None:
    assert len({normalise_email(each) for each in ("ab@x.org", "a.b@x.org", "ab+1@x.org")}) == 3


@pytest.mark.parametrize(
    "raw",
    [
        *("", "a", "@", "a@", "@x.org", "a@b", "a@@x.org", "a b@x.org", "a@x..org", ".a@x.org"),
        *("a.@x.org", "a..b@x.org", "a@-x.org", "a@x.org.", "a@localhost", "a@127.0.0.1"),
        *("Ann <a@x.org>", "a@x.org,b@x.org", "a@x.org\x00", "a@" + "x" * 300 + ".org"),
        *("a@example", "\u202ea@x.org"),
    ],
    ids=lambda raw: repr(raw)[:25],
)
def test_what_is_no_address_is_refused(raw: str) -> None:
    with pytest.raises(BadEmail, match="is not an e-mail address"):
        read_email(raw)
