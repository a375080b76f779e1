"""Draw docs/assets/demo.svg from a real run of the example's commands.

python docs/picture.py    after `make example`
"""

import os
import re
import subprocess
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples/cdnow"
PICTURE = ROOT / "docs/assets/demo.svg"
WIDTH = 100
COMMANDS = (
    "heatsync sync --at 1997-09-30T23:59:59Z",
    "heatsync explain c07592@example.com --at 1997-09-30T23:59:59Z",
)
FONT = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


def main() -> None:
    """Run the commands on an empty database and draw what they say."""
    database = EXAMPLE / "picture.db"
    console = Console(record=True, width=WIDTH, file=StringIO(), force_terminal=True)
    try:
        for command in COMMANDS:
            console.print(Text.assemble(("$ ", "green"), (command, "bold")))
            console.print(Text.from_ansi(_said_by(command, database)))
            console.print()
    finally:
        for leftover in EXAMPLE.glob(f"{database.name}*"):
            leftover.unlink()
    svg = console.export_svg(title="heatsync", unique_id="heatsync")
    # Rich's fonts come from a network; the fallback in its style is the reader's own monospace.
    PICTURE.write_text(FONT.sub("", svg), encoding="utf-8")


def _said_by(command: str, database: Path) -> str:
    """Return what a command prints on a terminal of our width, with its colours."""
    environment = os.environ | {
        "PATH": f"{ROOT / '.venv/bin'}{os.pathsep}{os.environ['PATH']}",
        "HEATSYNC_MAPPINGS": "mappings",
        "HEATSYNC_DATABASE_URL": f"sqlite:///{database.name}",
        "FORCE_COLOR": "1",
        "COLUMNS": str(WIDTH),
    }
    done = subprocess.run(
        command.split(), cwd=EXAMPLE, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.rstrip()


if __name__ == "__main__":
    main()
