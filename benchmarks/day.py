# ruff: noqa: E402 - the path must be set before the packages of the checkout can be imported.
"""A day of operation in minutes: the schedules of config/sources.toml, changes, limits, a failing source, webhooks.

    python benchmarks/day.py [--hours 24] [--database URL]
    python benchmarks/day.py --endpoints ENDPOINTS.json

Without endpoints the day is that of the sample world of this checkout, with the three catalogues. With the endpoints
file of a server that plays the real APIs and has a `control` address, it is that of the whole `config/sources.toml`.
Prints the timeline, totals by source, and what was not as it should be; exit code 1 when there is any of that.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
sys.path[0] = str(CHECKOUT)  # instead of this folder, which holds a `requests`

from harvester.clock import SystemClock
from registry.logs import configure_logs
from tests.standin.server import StandIn
from tests.support.day import REAL, SAMPLE, Day, a_day, live, midnight, timeline, totals, verdict
from tests.support.day_levers import ControlledLevers, StandInLevers


def main(arguments: Sequence[str] | None = None) -> int:
    """Play it; see the module."""
    parser = argparse.ArgumentParser(description="A day of operation in minutes.")
    parser.add_argument("--hours", type=float, default=24.0)
    parser.add_argument("--database", default="", help="SQLAlchemy URL of an empty database; else a SQLite file")
    parser.add_argument("--endpoints", type=Path, help="of a server with a `control` address; else the sample world")
    options = parser.parse_args(arguments)
    configure_logs("ERROR")
    sources = (CHECKOUT / "config" / "sources.toml").read_text("utf-8")
    clock, began = midnight(), SystemClock().monotonic()
    with tempfile.TemporaryDirectory(prefix="day-") as folder:
        home = Path(folder)
        if options.endpoints is None:
            with (
                StandIn(clock=clock) as standin,
                a_day(home, StandInLevers(standin), standin.endpoints, of_the_sample(sources), SAMPLE, clock,
                      options.database) as day,
            ):
                return _tell(day, options.hours, began)
        form = json.loads(options.endpoints.read_text("utf-8"))
        levers = ControlledLevers(form["github"], form.pop("control"), clock)
        with a_day(home, levers, form, sources, REAL, clock, options.database) as day:
            return _tell(day, options.hours, began)


def of_the_sample(sources: str) -> str:
    """The three catalogues of a sources file, as the sample world calls them; it plays no other server."""
    tables = sources.split("[[source]]")[1:4]
    text = "".join(f"[[source]]{table}" for table in tables)
    for real, sample in ((REAL.hub, SAMPLE.hub), (REAL.tools, SAMPLE.tools), (REAL.old, SAMPLE.old)):
        text = text.replace(f'"{real}"', f'"{sample}"')
    return text


def _tell(day: Day, hours: float, began: float) -> int:
    live(day, hours)
    wrong = verdict(day)
    took = SystemClock().monotonic() - began
    sys.stdout.write(f"{timeline(day)}\n{totals(day)}\n{hours:g} hours in {took:.0f} s\n")
    sys.stdout.write("".join(f"WRONG: {line}\n" for line in wrong) or "everything as it should be\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
