"""The words by which a person is found: parts of the shown address, names, and the company.

Neither case nor accents matter. What somebody looks for is cut into words as what is looked
through is, so that a whole address finds whoever has it.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

SEARCHED = ("first_name", "last_name", "full_name", "name", "company")
"""The attributes, by our names, whose texts are looked through."""
LONGEST = 40
"""Characters of a word that count."""
MOST = 32
"""Words of a person, and of a search, that count."""

_WORD = re.compile(r"[^\W_]+")
_PLAIN = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "ħ": "h",
        "\u0131": "i",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
    }
)
"""Letters that no normal form takes apart."""


def words_in(text: str) -> Sequence[str]:
    """Return the words of a text: letters and digits in lower case without accents, each once."""
    return _few(_WORD.findall(_plain(text)))


def search_words(email: str | None, attributes: Mapping[str, object]) -> str | None:
    """Return the words by which a person is found, joined by blanks; None: there are none."""
    texts = [email, *(attributes.get(name) for name in SEARCHED)]
    together = " ".join(text for text in texts if isinstance(text, str))
    return " ".join(words_in(together)) or None


def _few(words: Iterable[str]) -> Sequence[str]:
    unique = dict.fromkeys(word[:LONGEST] for word in words)
    return tuple(unique)[:MOST]


def _plain(text: str) -> str:
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    letters = "".join(each for each in apart if not unicodedata.combining(each))
    return letters.translate(_PLAIN)
