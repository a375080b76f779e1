"""Ids that were met, in eight bytes each."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from connector.sync.vanished import Met

IDS = st.text(max_size=3)


@given(pages=st.lists(st.lists(IDS, max_size=5), max_size=5), known=st.lists(IDS, max_size=9))
def test_whoever_was_met_on_no_page_is_missing(pages: list[list[str]], known: list[str]) -> None:
    met = Met()
    for page in pages:
        met.add(page)
    met.close()

    everybody = {each for page in pages for each in page}
    assert met.missing(known) == [each for each in known if each not in everybody]
    assert met.count == sum(map(len, pages))
