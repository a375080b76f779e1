"""Write the reference pages that come from the code, or say which are stale.

python docs/generate.py            writes them
python docs/generate.py --check    changes nothing; fails when a file differs
"""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# A package for tests brings a folder `tests` of its own, which would be found before ours.
sys.path.insert(0, str(ROOT))

from docs.generators import (  # noqa: E402 - once ours is found first
    adapters,
    advice,
    cli,
    conditions,
    errors,
    events,
    http,
    mapping,
    metrics,
    scenarios,
    settings,
    tables,
    traps,
)

GENERATED: Mapping[str, Callable[[], str]] = {
    "docs/reference/adapters.md": adapters.page_of_adapters,
    "docs/reference/advice.md": advice.page_of_advice,
    "docs/reference/commands.md": cli.page_of_commands,
    "docs/reference/conditions.md": conditions.page_of_conditions,
    "docs/reference/errors.md": errors.page_of_errors,
    "docs/reference/events.md": events.page_of_events,
    "docs/reference/http.md": http.page_of_http,
    "docs/reference/mapping.md": mapping.page_of_the_mapping,
    "docs/reference/metrics.md": metrics.page_of_metrics,
    "docs/reference/scenarios.md": scenarios.page_of_scenarios,
    "docs/reference/settings.md": settings.page_of_settings,
    "docs/reference/tables.md": tables.page_of_tables,
    "docs/reference/traps.md": traps.page_of_traps,
    "mappings/schema.json": mapping.schema_file,
}


def stale() -> Mapping[Path, str]:
    """Return the files that are not what the code says, with what it says."""
    wanted = {ROOT / name: make() for name, make in GENERATED.items()}
    return {
        path: text
        for path, text in wanted.items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    }


def main() -> None:
    """Write what is stale, or name it and fail."""
    differing = stale()
    if "--check" not in sys.argv[1:]:
        for path, text in differing.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(f"wrote {path.relative_to(ROOT)}")
    elif differing:
        names = "\n".join(f"  {path.relative_to(ROOT)}" for path in differing)
        sys.exit(f"Not what the code says:\n{names}\nRun: .venv/bin/python docs/generate.py")


if __name__ == "__main__":
    main()
