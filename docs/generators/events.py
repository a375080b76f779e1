"""The reference page of events: their types and their columns."""

from itertools import groupby

from connector.domain.events import CANONICAL_TYPES, EVENT_COLUMNS, NOT_INTERACTIONS
from docs.generators.markdown import code, codes, page, table

TYPES = """
An adapter translates what its platform calls an event into one of these types. Whatever has no
type here becomes `custom.<name>`. In a rule, `email.*` is the whole family and `*` is everything.
"""

SILENT = """
A rule of kind `inactive` without `of` looks at what contacts do themselves. These types do not end
a silence:
"""

COLUMNS = """
Conditions on events may name these columns, and the properties that the mapping declares under
`events.properties`. A column that an event does not have is NULL; `is_machine` is then false.
"""


def page_of_events() -> str:
    """Return the types by family, and the columns."""
    families = groupby(sorted(CANONICAL_TYPES), key=lambda name: name.split(".")[0])
    columns = ((code(name), kind.value) for name, kind in EVENT_COLUMNS.items())
    return page(
        "Events",
        "## Types",
        TYPES,
        table(
            ("Family", "Types"), ((code(f"{family}.*"), codes(names)) for family, names in families)
        ),
        SILENT,
        codes(sorted(NOT_INTERACTIONS)),
        "## Columns",
        COLUMNS,
        table(("Column", "Type"), columns),
    )
