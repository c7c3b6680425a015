"""One run of one source: lease, run row, the stream of events into the catalogue, an honest status at the end.

Each event is one transaction, which also makes sure that the lease is still ours; a process that is killed leaves a
store that the next run goes on from. Scheduled runs and those that a person starts come through here. Border: a dry
run is `registry.dry_runs`; what a run tells beside its counts, `registry.run_reports`.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from harvester.addresses import open_session
from harvester.client import Client
from harvester.errors import Parked, WrongSettings
from harvester.events import Event, Failed, Fetched, Finished, Gone, Listed, ListingFailed, Problem, Unchanged
from harvester.harvest import harvest
from harvester.memory import Memory
from harvester.stopping import Stop, StoppableClock, Stopped
from registry import leases, runs, standing
from registry.alarms import Outcome, note_outcome
from registry.applying import Tally, apply_event, requests_form
from registry.credentials import ACCEPTED, note_verdict, secret_of
from registry.database import Database
from registry.dry_runs import apply_dry
from registry.entries import problem_form
from registry.errors import BusyError, LeaseLostError, SourceError
from registry.finding_rows import count_of_source
from registry.memory import DatabaseMemory, OverlayMemory
from registry.notifying import channels_of, telling
from registry.progress import Report, progress_at
from registry.read_ahead import ReadAhead, ended
from registry.removals import Rules
from registry.resting import remember_rest, rest
from registry.run_reports import figures_of
from registry.runs import Run, RunStatus
from registry.services import Services
from registry.shelf import Shelf
from registry.source_files import Source
from registry.source_rows import follows, home_of, list_sources, require_source
from registry.standing import FOR_EVER
from registry.watching import watched
from registry.work import Work, stamp_of


@dataclass(slots=True)
class Meter:
    """What a harvest cost so far, while it goes on."""

    client: Client | None = None

    def requests(self) -> dict[str, Any]:
        """For keeping; nothing before the first request may be sent."""
        return requests_form(self.client.requests()) if self.client is not None else {}


def harvest_source(
    services: Services,
    name: str,
    full: bool = False,
    dry_run: bool = False,
    progress: Report | None = None,
    after: int | None = None,
    trigger: str = "hand",
    stop: Stop | None = None,
) -> Run:
    """Harvest one source now.

    Args:
        services: the store it goes into.
        name: a registered source; whether it is enabled does not matter. While its server lets nobody ask, the run
            ends before the first request.
        full: read every entry anew, whatever is remembered, also of limits.
        dry_run: change nothing; the run that is returned tells the changes there would be.
        progress: called after the listing and after each entry.
        after: the last run that the caller knew of (0: none); a newer one means that somebody else was quicker.
        trigger: what began it, see `registry.runs.Run`.
        stop: ends it within seconds when it is set, as cancelling the run does; what was read is kept.

    Raises:
        SourceError: there is no such source, or its settings are not right.
        BusyError: another process harvests it now, or has begun since `after`.
    """
    source = require_source(services.database, name)
    stop, meter = stop or Stop(), Meter()
    if dry_run:
        shelf = Shelf()
        overlay = OverlayMemory(DatabaseMemory(services.database, forget=full), shelf)
        events = events_of(services, source, overlay, full=full, stop=stop, meter=meter)
        return apply_dry(services, source.name, events, rules_of(services, source), shelf)
    ahead = ReadAhead(stop)
    memory = DatabaseMemory(services.database, forget=full, before_entry=ahead.wait_for)
    events = ahead.events(events_of(services, source, memory, full=full, stop=stop, meter=meter))
    return apply_run(services, source, events, progress, after, trigger, stop, meter)


def sources_to_harvest(database: Database, names: Sequence[str] = (), now: datetime | None = None) -> list[str]:
    """The sources that are meant: those named, each once, else all that are enabled, in the order of registration.

    Without names those that are paused `now` are left out. Sources that follow links come after those whose records
    name what they list.

    Raises:
        SourceError: a name that is not registered.
    """
    if names:
        chosen = [require_source(database, name) for name in dict.fromkeys(names)]
    else:
        paused = stamp_of(now) if now is not None else FOR_EVER
        chosen = [each for each in list_sources(database, enabled=True) if (each.paused_until or "") <= paused]
    return [each.name for each in sorted(chosen, key=follows)]


def apply_run(
    services: Services,
    source: Source,
    events: Iterable[Event],
    progress: Report | None = None,
    after: int | None = None,
    trigger: str = "hand",
    stop: Stop | None = None,
    meter: Meter | None = None,
) -> Run:
    """Apply the events of one harvest as one run. Raises `BusyError` when another process is at this source."""
    stop = stop or Stop()
    with telling(services, source.name, stop):
        return _apply_run(services, source, events, progress, after, trigger, stop, meter or Meter())


def _apply_run(
    services: Services,
    source: Source,
    events: Iterable[Event],
    progress: Report | None,
    after: int | None,
    trigger: str,
    stop: Stop,
    meter: Meter,
) -> Run:
    holder = leases.new_holder()
    run_id = _begin(services, source.name, holder, after, trigger)
    rules, tally = rules_of(services, source), Tally()

    @contextmanager
    def transaction(last: bool = False) -> Iterator[Work]:
        now = services.clock.now()
        with services.database.write() as connection:
            leases.renew(connection, _lease(source.name), holder, now, run_id)
            yield Work(connection, services.settings, now, run_id)
            if not last:
                # In the same transaction, so that the row of a run that goes on, or is killed, tells what it did.
                counts, detail = dict(tally.counts), _detail(tally)
                runs.update_run(connection, run_id, counts=counts, requests=meter.requests(), detail=detail)

    try:
        with watched(services, _lease(source.name), holder, run_id, stop), ended(events):
            for event in events:  # they end by `stop` themselves: what was read before it was set is applied
                apply_event(transaction, source.name, event, rules, tally)
                if progress is not None:
                    _report(progress, source.name, event, tally, services.clock.now(), meter)
        with transaction(last=True) as work:
            _close(work, source, run_id, holder, tally, meter)
    except LeaseLostError:
        raise  # whoever took over has marked the run
    except Stopped as told:
        with transaction(last=True) as work:
            _close(work, source, run_id, holder, tally, meter, told)
    except BaseException as error:
        with suppress(SQLAlchemyError, LeaseLostError), transaction(last=True) as work:
            _close(work, source, run_id, holder, tally, meter, error)
        raise
    found = runs.run_by_id(services.database, run_id)
    if found is None:
        raise LookupError(f"run {run_id} is not in the store")
    return found


def events_of(
    services: Services,
    source: Source,
    memory: Memory,
    *,
    full: bool = False,
    stop: Stop | None = None,
    secret: str | None = None,
    meter: Meter | None = None,
) -> Generator[Event, None, None]:
    """The stream of events of one source; `stop` ends it, `secret` stands in for the credential that it has.

    `meter` can be read while it goes on.

    Raises:
        SourceError: its settings are not right.
    """
    stop = stop or Stop()
    settings, endpoints, clock = services.settings, services.settings.endpoints, StoppableClock(services.clock, stop)
    token = secret or secret_of(services, source)
    home = home_of(source, endpoints)
    resting = None if full else rest(memory, home, source.kind, token, clock.now())
    if resting is not None:
        yield resting
        return
    with open_session(endpoints, services.limits.total_s, stop) as session:
        client = Client(session, memory, endpoints, clock, contact=settings.admin_email, limits=services.limits)
        if meter is not None:
            meter.client = client
        try:
            for event in harvest(
                source.name, source.kind, source.settings, endpoints, client, memory, clock, full=full, token=token
            ):
                stop.check()  # what a cut connection looks like is no event of the source
                if isinstance(event, Finished):
                    remember_rest(memory, home, token, event.parked_until)
                if secret is None:
                    _note_credential(services, source.name, event)
                yield event
        except WrongSettings as error:
            raise SourceError(f"source {source.name!r}: {error}") from None


def _note_credential(services: Services, name: str, event: Event) -> None:
    """What the source said to the credential that is stored for it, if one is."""
    if isinstance(event, ListingFailed) and event.problem.status in (401, 403):
        note_verdict(services, name, event.problem.message)
    elif isinstance(event, Listed):
        note_verdict(services, name, ACCEPTED)


def mark_interrupted(services: Services) -> list[int]:
    """Mark runs whose process is gone; returns their ids. For the start of a process."""
    with services.database.read() as connection:
        if not runs.lost_runs(connection, services.clock.now()):
            return []  # as almost always, at every look of every worker: nobody is kept from writing
    with services.database.write() as connection:
        lost = runs.mark_interrupted(Work(connection, services.settings, services.clock.now()))
        for _, source in lost:
            standing.failed(connection, source)
    return [run_id for run_id, _ in lost]


def abandon_runs(services: Services) -> list[str]:
    """Mark the runs of this process as interrupted and give their leases back; returns their sources.

    For a process that ends now: whatever its threads are still at, they find their lease lost and write nothing.
    """
    with services.database.write() as connection:
        found = [(source, holder) for source, holder in runs.running(connection) if leases.is_ours(holder)]
        for source, holder in found:
            leases.give_back(connection, _lease(source), holder)
        runs.mark_interrupted(Work(connection, services.settings, services.clock.now()))
    return sorted(source for source, _ in found)


def rules_of(services: Services, source: Source) -> Rules:
    """When removals of this source are carried out, and when they hold the run."""
    settings = services.settings
    return Rules(
        source.grace_runs,
        settings.removal_share if source.removal_share is None else source.removal_share,
        settings.removal_count if source.removal_count is None else source.removal_count,
        follows(source),
    )


def _lease(source: str) -> str:
    return f"harvest:{source}"


def _begin(services: Services, source: str, holder: str, after: int | None, trigger: str) -> int:
    now = services.clock.now()
    with services.database.write() as connection:
        leases.take(connection, _lease(source), holder, now)
        if after is not None and runs.newest_id(connection, source) != after:
            raise BusyError(f"source {source!r}: another process has begun a run of it meanwhile; that one counts")
        runs.mark_interrupted(Work(connection, services.settings, now))
        standing.begun(connection, source)
        run_id = runs.start_run(connection, source, stamp_of(now), holder, trigger)
        leases.renew(connection, _lease(source), holder, now, run_id)
    return run_id


def _close(
    work: Work,
    source: Source,
    run_id: int,
    holder: str,
    tally: Tally,
    meter: Meter,
    error: BaseException | None = None,
) -> None:
    """Write the end of a run, what follows from it for the source, and give the lease back."""
    found = count_of_source(work.connection, source.name)
    problem = problem_form(tally.problem)
    status = tally.status(found)
    if error is not None:
        status = RunStatus.FAILED if isinstance(error, Exception) else RunStatus.INTERRUPTED
        problem = problem_form(Problem(
            kind="interrupted" if status is RunStatus.INTERRUPTED else "failed", message=_said(error),
            mend="Nothing: the next run goes on where this one stopped.", stage="harvest",
        ))
        if isinstance(error, Stopped):
            problem = runs.cancel_of(work.connection, run_id) or problem
    parked = (problem or {}).get("kind") == Parked.kind
    standing.ended(work.connection, source.name, status, parked=parked)
    outcome = Outcome(source.name, run_id, status, problem, parked)
    note_outcome(work.connection, outcome, channels_of(source, work.settings), work.now)
    runs.update_run(
        work.connection, run_id, status=status.value, ended=stamp_of(work.now), counts=dict(tally.counts),
        requests=tally.requests() or meter.requests(), findings=sum(found.values()),
        has_errors=bool(found.get("error")), problem=problem, held=tally.held,
        detail=_detail(tally) | figures_of(work.connection, source.name, tally.failed),
    )
    leases.give_back(work.connection, _lease(source.name), holder)


def _detail(tally: Tally) -> dict[str, Any]:
    listed = {"listed_at": stamp_of(tally.listed_at)} if tally.listed_at is not None else {}
    return {**listed, "failures_by_kind": dict(tally.failed), **({"missed": tally.missed} if tally.missed else {})}


def _said(error: BaseException) -> str:
    return (str(error).splitlines() or [""])[0] or type(error).__name__


def _report(progress: Report, source: str, event: Event, tally: Tally, now: datetime, meter: Meter) -> None:
    entry = event.entry.key if isinstance(event, (Fetched, Unchanged, Gone, Failed)) else None
    progress(progress_at(
        source, tally.counts, tally.listed_at, now, entry=entry, outcome=type(event).__name__.lower(),
        remaining=meter.requests().get("remaining", {}),
    ))
