"""Workers that share sources, played with a wound clock: real processes over one database, each due time counted.

A worker is `python -m tests.support.exactly_once URL HOME`. Its clock is a file that the player moves, its sources are
of a kind that asks nobody and writes down each time it is harvested, outside of the database that is tried.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
from pydantic import BaseModel

from harvester.clock import SystemClock
from harvester.events import Entry, Fetched, Listed, Unchanged
from harvester.sources import SOURCES
from harvester.sources.kind import SourceKind, Task
from registry.logs import configure_logs
from registry.runs import count_runs, list_runs
from registry.scheduler import Scheduler
from registry.services import Services
from registry.sources import import_sources
from tests.support.processes import CHECKOUT, seconds_until
from tests.support.store import a_registry, fetched

START = datetime(2026, 1, 2, tzinfo=UTC)
STEP = timedelta(hours=1)
LOOK_EVERY_S = 0.1
SCHEDULES = ("1h", "0 * * * *")


class FileClock:
    """A clock that stands still until somebody writes another moment into its file."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def now(self) -> datetime:
        return datetime.fromisoformat(self.file.read_text("utf-8"))

    def monotonic(self) -> float:
        return self.now().timestamp()

    def sleep(self, seconds: float) -> None:
        SystemClock().sleep(seconds)

    def wait(self, over: threading.Event, seconds: float) -> bool:
        return over.wait(max(0.0, seconds))

    def set(self, moment: datetime) -> None:
        """Move it, for all who look at the file, in one step."""
        beside = self.file.with_suffix(".new")
        beside.write_text(moment.isoformat(), "utf-8")
        beside.replace(self.file)


class TickingSettings(BaseModel):
    """Where it writes down that it was harvested."""

    diary: str


@dataclass(frozen=True, slots=True)
class Ticking:
    """A source of one entry that never changes, and a diary of its harvests."""

    task: Task
    settings: TickingSettings

    def list_entries(self) -> Listed:
        line = f"{self.task.source} {self.task.clock.now().isoformat()} {os.getpid()}\n"
        with Path(self.settings.diary).open("a", encoding="utf-8") as diary:
            diary.write(line)  # shorter than a pipe's buffer: one write, appended as a whole
        return Listed((self._entry().entry,))

    def read(self, entry: Entry) -> Fetched | Unchanged:
        known = self.task.memory.entry(self.task.source, entry.key)
        return self._entry() if known is None else Unchanged(entry, entry.key)

    def is_alive(self) -> bool:
        return True

    def _entry(self) -> Fetched:
        return fetched(f"ticking/{self.task.source}", f"Module of {self.task.source}")


KIND = SourceKind("ticking", TickingSettings, Ticking, lambda endpoints, _: endpoints.github)


@dataclass(frozen=True, slots=True)
class Played:
    """What came of it. `harvests` and `runs` are counted apart: by the sources themselves, and in the database."""

    due: int
    harvests: int
    runs: int
    twice: int
    missed: int
    by_worker: Mapping[int, int]
    seconds: float

    @property
    def is_exact(self) -> bool:
        """Each due time once, as both tell it."""
        return (self.harvests, self.runs, self.twice, self.missed) == (self.due, self.due, 0, 0)


def play(database_url: str, home: Path, *, workers: int = 4, due: int = 1000, sources: int = 20) -> Played:
    """Let workers share sources until each was due `due / sources` times; see the module."""
    begun = SystemClock().monotonic()
    home.mkdir(parents=True, exist_ok=True)
    clock, diary = FileClock(home / "clock"), home / "diary"
    clock.set(START)
    diary.write_text("", "utf-8")
    names = [f"source-{number:02}" for number in range(sources)]
    steps = due // sources
    with ticking(), a_registry(database_url, home) as services:
        import_sources(services.database, "".join(
            f'[[source]]\nname = "{name}"\nkind = "ticking"\ndiary = "{diary}"\njitter = "0s"\n'
            f'schedule = "{SCHEDULES[number % len(SCHEDULES)]}"\n' for number, name in enumerate(names)
        ))
        with processes(database_url, home, workers):
            for step in range(steps):
                clock.set(START + step * STEP)
                seconds_until(lambda: _ended(services) >= (step + 1) * sources, 60)  # noqa: B023 - called in this turn
            SystemClock().sleep(10 * LOOK_EVERY_S)  # whoever would do one twice has the time for it
        runs = Counter((run.source, run.started) for run in list_runs(services.database, limit=10 * due))
    wanted = {(name, f"{START + step * STEP:%Y-%m-%dT%H:%M:%SZ}") for name in names for step in range(steps)}
    lines = [line.split() for line in diary.read_text("utf-8").splitlines()]
    harvested = Counter((name, f"{datetime.fromisoformat(at):%Y-%m-%dT%H:%M:%SZ}") for name, at, _ in lines)
    twice = sum(count - 1 for found in (runs, harvested) for count in found.values())
    missed = len(wanted - runs.keys()) + len(wanted - harvested.keys())
    by_worker = Counter(int(pid) for _, _, pid in lines)
    return Played(
        len(wanted), len(lines), runs.total(), twice, missed, by_worker, SystemClock().monotonic() - begun
    )


def _ended(services: Services) -> int:
    return count_runs(services.database) - count_runs(services.database, status="running")


@contextmanager
def ticking() -> Iterator[None]:
    """The kind is known inside the block."""
    SOURCES[KIND.kind] = KIND
    try:
        yield
    finally:
        del SOURCES[KIND.kind]


@contextmanager
def processes(database_url: str, home: Path, count: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """So many workers, each with a home of its own, ended at the end."""
    command = [sys.executable, "-m", "tests.support.exactly_once", database_url]
    started = [
        subprocess.Popen([*command, str(home), str(home / f"worker-{number}")], cwd=CHECKOUT)
        for number in range(count)
    ]
    try:
        yield started
    finally:
        for each in started:
            each.terminate()
        for each in started:
            each.wait(30)


def work(database_url: str, shared: Path, home: Path) -> None:
    """Be one worker until SIGTERM."""
    configure_logs("ERROR")
    with ticking(), a_registry(database_url, home) as services:
        services.clock = FileClock(shared / "clock")
        scheduler = Scheduler(services, look_every_s=LOOK_EVERY_S, follow_every_s=3600)
        over = threading.Event()
        signal.signal(signal.SIGTERM, lambda *_: over.set())
        scheduler.start()
        over.wait()
        scheduler.stop(10)


def report(played: Played) -> str:
    """For people: a table, and the verdict."""
    rows = [
        ("due times", played.due), ("harvests, as the sources tell", played.harvests),
        ("runs, as the database tells", played.runs), ("done twice", played.twice), ("missed", played.missed),
        *((f"by worker {number}", count) for number, (_, count) in enumerate(sorted(played.by_worker.items()), 1)),
        ("seconds", round(played.seconds, 1)),
    ]
    width = max(len(name) for name, _ in rows)
    lines = [f"{name:<{width}}  {value:>8}" for name, value in rows]
    return "\n".join([*lines, "each due time was executed exactly once" if played.is_exact else "NOT exactly once", ""])


def as_json(played: Played) -> bytes:
    """For programs."""
    form = {name: getattr(played, name) for name in ("due", "harvests", "runs", "twice", "missed", "seconds")}
    return orjson.dumps(form | {"by_worker": list(played.by_worker.values())})


if __name__ == "__main__":
    work(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
