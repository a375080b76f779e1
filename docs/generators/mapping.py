"""The reference page of the mapping language."""

from connector.config.schema import schema_text
from connector.mapping.document import Document
from docs.generators.adapters import shipped_adapters
from docs.generators.markdown import page
from docs.generators.schema import sections

INTRODUCTION = """
A mappings folder holds `*.yaml` files that are read together. A section may be spread over files,
a name may not be given twice. Unknown keys are refused, and every problem is reported at once.
Durations are one whole number and one unit: `90s`, `15m`, `12h`, `30d`, `8w`. Conditions are SQL:
see [conditions](conditions.md). What an entry under `platforms` may say is its adapter's matter:
see [adapters](adapters.md).
"""


def page_of_the_mapping() -> str:
    """Return every key of the language with its meaning."""
    return page("The mapping language", INTRODUCTION, *sections(Document.model_json_schema()))


def schema_file() -> str:
    """Return the JSON Schema that ships with the project."""
    return schema_text(shipped_adapters())
