"""A day of real operation in minutes: the shipped schedules over a played world, on a clock that is wound.

What happens to the world in the course of the day is a table, `HAPPENINGS`; what the registry made of it is a timeline
and a verdict. Nothing of the registry is replaced but its clock: sources are due, harvested, pushed to, limited,
held and told of as they would be.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
from flask.testing import FlaskClient

from harvester.clock import SystemClock
from registry.changes import last_sequence, list_changes
from registry.due import outlooks
from registry.followers import run_followers
from registry.harvesting import harvest_source
from registry.holding import discard
from registry.runs import Run, RunStatus
from registry.services import Services
from registry.sources import import_sources
from registry.standing import pause, run_now
from registry.web import create_app
from tests.support.clock import HandClock
from tests.support.day_levers import Levers
from tests.support.small_smtp import SmallSmtp, small_smtp
from tests.support.store import a_registry, metadata_of

HOUR = timedelta(hours=1)
SECRET = "a-secret-of-the-day"
NEW, NEW_TITLE = "newcomer/day-module", "Module of the day"


@dataclass(frozen=True, slots=True)
class Names:
    """What the things are called that the day happens to."""

    hub: str
    tools: str
    old: str
    pushed: tuple[str, str]
    hub_source: str = "ai4os-hub"
    tools_source: str = "ai4os-tools"
    old_source: str = "deep-open-catalogue"


SAMPLE = Names(
    "sample-hub/modules-catalog", "sample-tools/tools-catalog", "sample-oc/open-catalogue",
    ("sample-hub/seed-sorting", "sample-hub/yolo-detector"),
)
REAL = Names(
    "ai4os-hub/modules-catalog", "ai4os/tools-catalog", "deephdc/deep-oc",
    ("ai4os-hub/ai4os-yolo-torch", "ai4os-hub/dogs-breed-detector"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the timeline: something that happened, or a run."""

    at: datetime
    text: str
    run: Run | None = None


@dataclass(slots=True)
class Day:
    """The registry, its world, and what was noted so far."""

    services: Services
    clock: HandClock
    levers: Levers
    names: Names
    smtp: SmallSmtp
    web: FlaskClient
    start: datetime
    lines: list[Line] = field(default_factory=list)
    listing: dict[str, str] = field(default_factory=dict)

    def note(self, text: str, run: Run | None = None) -> None:
        self.lines.append(Line(self.clock.now() if run is None else datetime.fromisoformat(run.started), text, run))

    @property
    def runs(self) -> list[Run]:
        return [line.run for line in self.lines if line.run is not None]

    def push(self, repo: str) -> None:
        """GitHub tells of a push, signed."""
        form = {"repository": {"full_name": repo, "html_url": f"https://github.com/{repo}"}}
        body = orjson.dumps(form)
        signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        answer = self.web.post("/hooks/github", data=body, headers={
            "X-Hub-Signature-256": f"sha256={signature}", "X-GitHub-Event": "push",
            "X-GitHub-Delivery": hashlib.sha256(f"{repo} {self.clock.now()}".encode()).hexdigest()[:36],
        })
        self.note(f"webhook of {repo}: {answer.status_code}, due now: {orjson.loads(answer.data)['sources']}")

    def edit(self, repo: str) -> None:
        """An owner gives the module another title."""
        path = "ai4-metadata.yml"
        text = self.levers.read(repo, path)
        self.levers.write(repo, path, re.sub(r"(?m)^(\"?title\"?: *\"?)", r"\1Edited ", text, count=1))


def _edit_and_push(day: Day) -> None:
    day.edit(day.names.pushed[0])
    day.push(day.names.pushed[0])


def _edit_quietly(day: Day) -> None:
    day.edit(day.names.pushed[1])


def _list_another(day: Day) -> None:
    day.levers.create(NEW, {"ai4-metadata.yml": metadata_of(NEW_TITLE).decode(), "README.md": f"# {NEW_TITLE}\n"})
    text = day.levers.read(day.names.tools, ".gitmodules")
    entry = f'[submodule "{NEW}"]\n\tpath = day-module\n\turl = https://github.com/{NEW}\n'
    day.levers.write(day.names.tools, ".gitmodules", f"{text.rstrip()}\n{entry}")


def _break_old(day: Day) -> None:
    day.levers.break_down(f"/repos/{day.names.old}")


def _mend(day: Day) -> None:
    day.levers.mend()


def _use_up(day: Day) -> None:
    day.levers.limit(2, day.clock.now() + HOUR)
    day.edit(day.names.pushed[0])
    day.levers.limit(2, day.clock.now() + HOUR)  # whoever edited spent some of it
    day.push(day.names.pushed[0])


def _ask_for(day: Day) -> None:
    run_now(day.services.database, day.names.old_source, day.clock.now(), "ada")


def _pause(day: Day) -> None:
    pause(day.services.database, day.names.tools_source, day.clock.now(), day.start + 20 * HOUR)


def _cut(day: Day) -> None:
    text = day.listing["hub"] = day.levers.read(day.names.hub, ".gitmodules")
    parts = re.split(r"(?m)^(?=\[submodule)", text)
    day.levers.write(day.names.hub, ".gitmodules", "".join(parts[: len(parts) // 3]))
    day.push(day.names.hub)


def _put_back(day: Day) -> None:
    held = [run for run in day.runs if run.status is RunStatus.HELD]
    for run in held[-1:]:
        discard(day.services, run.id, "ada")
    day.levers.write(day.names.hub, ".gitmodules", day.listing["hub"])
    day.push(day.names.hub)


HAPPENINGS: tuple[tuple[float, str, Callable[[Day], None]], ...] = (
    (1.5, "an owner edits a module, and its forge says so", _edit_and_push),
    (2.75, "the list of the old catalogue answers with a page of HTML from now on", _break_old),
    (7.0, "an owner edits a module, and nobody says so", _edit_quietly),
    (8.1, "the old catalogue answers again", _mend),
    (9.5, "another module is listed by the tools", _list_another),
    (11.0, "GitHub's quota is nearly used up for an hour, and a push comes", _use_up),
    (14.0, "ada asks for the old catalogue now", _ask_for),
    (15.0, "ada pauses the tools until 20:00", _pause),
    (19.0, "two thirds of the hub's list are taken out by mistake, and its forge says so", _cut),
    (21.0, "ada keeps what the held run would take out; the list is put back", _put_back),
)


@contextmanager
def a_day(
    home: Path, levers: Levers, endpoints: Mapping[str, str], sources: str, names: Names, clock: HandClock,
    database_url: str = "",
) -> Iterator[Day]:
    """A registry at the beginning of its first day, which is midnight of the clock."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "endpoints.json").write_bytes(orjson.dumps(dict(endpoints)))
    with small_smtp() as smtp:
        keys = {
            "MODREG_ENDPOINTS": str(home / "endpoints.json"), "MODREG_GITHUB_TOKEN": "any",
            "MODREG_HOOK_SECRET": SECRET, "MODREG_SMTP_URL": f"smtp://127.0.0.1:{smtp.port}",
        }
        with a_registry(database_url or f"sqlite:///{home / 'day.sqlite3'}", home, **keys) as services:
            services.clock = clock
            import_sources(services.database, sources)
            web = create_app(services).test_client()
            yield Day(services, clock, levers, names, smtp, web, clock.now())


def midnight() -> HandClock:
    """A clock that stands at the next midnight: servers' dates are of today."""
    tomorrow = SystemClock().now() + timedelta(days=1)
    return HandClock(datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=UTC))


def live(day: Day, hours: float = 24.0) -> None:
    """Live it to its end."""
    end, waiting = day.start + hours * HOUR, list(HAPPENINGS)
    while True:
        mails = len(day.smtp.mails)
        _work(day)
        for mail in day.smtp.mails[mails:]:
            day.note(f"mail to {mail['To']}: {' '.join(mail['Subject'].split())}")
        moments = [each.next.at for each in outlooks(day.services) if each.next.at is not None]
        if waiting:
            moments.append(day.start + waiting[0][0] * HOUR)
        coming = max(min(moments), day.clock.now())
        if coming >= end:
            return
        day.clock.advance((coming - day.clock.now()).total_seconds())
        day.levers.pass_to(day.clock.now())
        while waiting and day.start + waiting[0][0] * HOUR <= day.clock.now():
            _, text, happen = waiting.pop(0)
            day.note(text)
            happen(day)


def _work(day: Day) -> None:
    """As a worker does: what is due, one after the other; each was looked at again before it began."""
    for name in [each.source.name for each in outlooks(day.services) if each.due]:
        found = next(each for each in outlooks(day.services) if each.source.name == name)
        if found.due:
            after = found.last.id if found.last is not None else 0
            run = harvest_source(day.services, name, after=after, trigger=found.next.trigger)
            day.note(f"run of {name}", run)
    run_followers(day.services)


# What came of it -------------------------------------------------------------------------------------------------


def timeline(day: Day) -> str:
    """For people: every run with what it found and cost, and what happened between."""
    head = f"{'time':<9}{'source':<22}{'begun by':<22}{'status':<18}" + "".join(f"{name:>9}" for name in _FIGURES)
    lines = [head]
    for line in sorted(day.lines, key=lambda each: each.at):
        at = f"{line.at:%H:%M:%S} "
        lines.append(at + (_run_line(line.run) if line.run is not None else f"  {line.text}"))
    return "\n".join([*lines, ""])


_CHANGES = ("created", "updated", "withdrawn", "restored")
_FIGURES = ("listed", "fetched", "same", "changed", "failed", "sent", "304", "avoided", "quota", "waited")


def _run_line(run: Run) -> str:
    counts, spent = run.counts, run.requests
    changed = sum(counts.get(name, 0) for name in _CHANGES)
    figures = (
        counts["listed"], counts["fetched"], counts["unchanged"], changed, counts["failed"], spent.get("sent", 0),
        spent.get("not_modified", 0), spent.get("avoided", 0), spent.get("quota_used", 0),
        round(spent.get("waited_s", 0)),
    )
    told = f"{run.source:<22}{run.trigger:<22}{run.status.value:<18}" + "".join(f"{each:>9}" for each in figures)
    return told + (f"\n           {run.problem['message']}" if run.problem else "")


def totals(day: Day) -> str:
    """By source: runs, changes, requests, quota."""
    rows = [f"{'source':<22}{'runs':>6}{'changes':>9}{'requests':>10}{'304':>7}{'avoided':>9}{'quota':>7}"]
    for name in dict.fromkeys(run.source for run in day.runs):
        runs = [run for run in day.runs if run.source == name]
        changed = sum(run.counts.get(each, 0) for run in runs for each in _CHANGES)
        spent = [sum(run.requests.get(each, 0) for run in runs)
                 for each in ("sent", "not_modified", "avoided", "quota_used")]
        rows.append(f"{name:<22}{len(runs):>6}{changed:>9}{spent[0]:>10}{spent[1]:>7}{spent[2]:>9}{spent[3]:>7}")
    return "\n".join([*rows, ""])


def verdict(day: Day) -> list[str]:
    """What is not as it should be; nothing when the day went as it must."""
    wrong = []
    first = {run.source: run for run in reversed(day.runs)}
    of_first = {run.id for run in first.values()}
    after = max((each.sequence for each in list_changes(day.services.database, 0, 1_000_000) if each.run in of_first),
                default=0)
    changed = list_changes(day.services.database, after, 1_000_000)
    slugs = {each.slug for each in changed}
    if len(slugs) > 3:
        wrong.append(f"modules changed that nobody touched: {sorted(slugs)}")
    if any(each.kind == "withdrawn" for each in changed):
        wrong.append("modules were withdrawn")
    subjects = [mail["Subject"].partition(": ")[2] for mail in day.smtp.mails]
    expected = [
        f"{day.names.old_source} fails", f"{day.names.old_source} is well again",
        f"{day.names.hub_source} waits for a yes: it would take out many modules",
        f"{day.names.hub_source} is well again",
    ]
    if subjects != expected:
        wrong.append(f"mails: found {subjects}, expected {expected}")
    if day.levers.refused() > 1:
        wrong.append(f"{day.levers.refused()} requests were refused because of the limit, expected one at most")
    for run in day.runs:
        idle = run.trigger == "schedule" and not run.counts["fetched"] and run.status is not RunStatus.FAILED
        if idle and run.requests.get("quota_used", 0) > max(5, first[run.source].requests.get("quota_used", 0) / 10):
            wrong.append(f"run {run.id} of {run.source} found nothing new and spent quota")
    if last_sequence(day.services.database) == 0:
        wrong.append("nothing was harvested")
    return wrong
