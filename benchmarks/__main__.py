"""Run every benchmark and print its figures, a JSON document a line.

``BENCH=full`` takes more runs.
"""

from __future__ import annotations

import json
import os
import sys

from benchmarks.first_sync import first_sync


def main() -> None:
    """Run and print."""
    runs = 7 if os.environ.get("BENCH") == "full" else 3
    for benchmark in (first_sync,):
        sys.stdout.write(json.dumps(benchmark(runs)) + "\n")


if __name__ == "__main__":
    main()
