# ruff: noqa: E402 - the path must be set before the packages of the checkout can be imported.
"""Whether workers that share the sources of one database do each due time exactly once: real processes, a wound clock.

    python benchmarks/exactly_once.py [--workers 4] [--due 1000] [--sources 20] [--database URL] [--json]

Without `--database` it plays over a SQLite file of its own; an empty PostgreSQL is filled with the sources that are
played. The sources write down each harvest in a file, which is counted against the runs in the database. Exit code 1
when a due time was done twice or never.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])  # the checkout instead of this folder, which holds a `requests`

from tests.support.exactly_once import as_json, play, report


def main(arguments: Sequence[str] | None = None) -> int:
    """Play it; see the module."""
    parser = argparse.ArgumentParser(description="Each due time exactly once, whoever works.")
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--due", type=int, default=1000, help="how many due times, over all sources")
    parser.add_argument("--sources", type=int, default=20)
    parser.add_argument("--database", help="SQLAlchemy URL of an empty database; else a SQLite file of its own")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="exactly-once-") as folder:
        url = options.database or f"sqlite:///{folder}/registry.sqlite3"
        played = play(url, Path(folder), workers=options.workers, due=options.due, sources=options.sources)
    sys.stdout.write(as_json(played).decode() + "\n" if options.json else report(played))
    return 0 if played.is_exact else 1


if __name__ == "__main__":
    raise SystemExit(main())
