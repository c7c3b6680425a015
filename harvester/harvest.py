"""One harvest of one source, as a stream of events.

Nothing that goes wrong with one entry touches another, and no `HarvestError` leaves this module: it becomes
`ListingFailed`, `Failed`, or the problem of `Finished`. What a server's trouble kept from being read is tried once
more at the end, within bounds; the client has tried each request several times by then. A limit that is longer than we
wait ends the harvest (`complete=False`, `parked_until`); the next one goes on where it stopped, because what was read
is then unchanged.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from pydantic import BaseModel, ValidationError

from harvester.client import Client
from harvester.clock import Clock
from harvester.endpoints import Endpoints
from harvester.errors import (
    HarvestError,
    Parked,
    ServerTrouble,
    TimedOut,
    UnexpectedAnswer,
    Unreachable,
    WrongSettings,
)
from harvester.events import Entry, Event, Failed, Finished, Listed, ListingFailed, Problem
from harvester.memory import Memory
from harvester.sources import SOURCES
from harvester.sources.kind import Outcome, Source, Task

# So many entries in a row without an answer, and the server itself is asked whether it is there.
_SILENCE = 5
# Trouble that may be over at the end of the harvest, and how much of it is tried once more then.
_PASSING = frozenset({Unreachable.kind, TimedOut.kind, ServerTrouble.kind, UnexpectedAnswer.kind})
_MORE_ENTRIES, _MORE_TIME_S = 100, 300.0
# An answer that is a list and no list: the client cannot know that it should ask again.
_SENSELESS = UnexpectedAnswer.kind
# So many answers of no use are kept for a person to look at.
_BODIES = 20


def harvest(
    source_name: str,
    kind: str,
    settings: BaseModel | Mapping[str, object],
    endpoints: Endpoints,
    client: Client,
    memory: Memory,
    clock: Clock,
    *,
    full: bool = False,
    token: str | None = None,
) -> Iterator[Event]:
    """Harvest one source.

    Args:
        source_name: under which the entries are remembered.
        kind: a key of `harvester.sources.SOURCES`.
        settings: the kind's settings model, or what it is made of.
        endpoints: where the APIs stand.
        client: the HTTP client of this run.
        memory: what is remembered between runs.
        clock: of the run.
        full: read everything anew.
        token: the credential; without one the anonymous quota applies.

    Yields:
        The events, as `harvester.events` describes.

    Raises:
        WrongSettings: before the first event, when the kind or its settings are not right.
    """
    row = SOURCES.get(kind)
    if row is None:
        raise WrongSettings(f"{source_name}: unknown kind {kind!r}.", mend=f"Known kinds: {', '.join(SOURCES)}.")
    task = Task(source_name, endpoints, client, memory, clock, full, token)
    chosen = _settings(source_name, row.settings, settings)
    return _Harvest(lambda: row.open(task, chosen), task).events()


def _settings(source_name: str, model: type[BaseModel], settings: BaseModel | Mapping[str, object]) -> BaseModel:
    if isinstance(settings, model):
        return settings
    try:
        return model.model_validate(settings)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        seen = f"{source_name}: {where + ': ' if where else ''}{first['msg'].removeprefix('Value error, ')}."
        raise WrongSettings(seen) from None


@dataclass(frozen=True, slots=True)
class _Trouble:
    """Why an entry could not be read, and what came instead of it. `silent`: nothing came at all."""

    problem: Problem
    body: bytes | None = None
    silent: bool = False


class _Harvest:
    """One harvest that is under way."""

    def __init__(self, open_source: Callable[[], Source], task: Task) -> None:
        self._open = open_source
        self._source = open_source()
        self._task = task
        self._before = task.client.requests()
        self._later: list[tuple[Entry, _Trouble]] = []
        self._bodies = 0

    def events(self) -> Iterator[Event]:
        """The whole stream."""
        try:
            listed = self._listing()
        except Parked as error:  # says nothing of the listing
            yield self._end(error.problem("listing"))
            return
        except HarvestError as error:
            problem = self._kept(self._trouble(error, "listing"))
            yield ListingFailed(problem)
            yield self._end(problem)
            return
        yield listed
        end = yield from self._entries(listed.entries)
        if end is None:
            end = yield from self._once_more()
        yield from (Failed(entry, self._kept(first)) for entry, first in self._later)
        yield end or self._end(listed.problem)

    def _listing(self) -> Listed:
        """The listing; when it makes no sense, once more by a source that knows nothing of the first try."""
        try:
            return self._source.list_entries()
        except HarvestError as error:
            if error.kind != _SENSELESS:
                raise
        self._task.client.back_off()
        self._source = self._open()
        return self._source.list_entries()

    def _entries(self, entries: Iterable[Entry]) -> Generator[Event, None, Finished | None]:
        """The outcome of each entry, but for those that passing trouble kept from being read; the end if it is one."""
        silence = 0
        for entry in entries:
            try:
                outcome = self._read(entry)
            except Parked as error:
                return self._end(error.problem("entry"))
            if not isinstance(outcome, _Trouble):
                silence = 0
                yield outcome
                continue
            silence = silence + 1 if outcome.silent else 0
            if outcome.problem.kind in _PASSING:
                self._later.append((entry, outcome))
            else:
                yield Failed(entry, self._kept(outcome))
            if silence >= _SILENCE:
                silence = 0
                trouble = self._down()
                if trouble is not None:
                    return self._end(trouble.problem("server"))
        return None

    def _once_more(self) -> Generator[Event, None, Finished | None]:
        """What passing trouble kept from being read, while there is sense and time; the rest stays in `_later`."""
        waiting, self._later = self._later, []
        deadline, silence = self._task.clock.monotonic() + _MORE_TIME_S, 0
        for number, (entry, first) in enumerate(waiting):
            over = number >= _MORE_ENTRIES or silence >= _SILENCE or self._task.clock.monotonic() > deadline
            if over:
                self._later.append((entry, first))
                continue
            try:
                outcome = self._read(entry)
            except Parked as error:
                self._later += waiting[number:]
                return self._end(error.problem("entry"))
            silence = silence + 1 if isinstance(outcome, _Trouble) and outcome.silent else 0
            yield Failed(entry, self._kept(outcome)) if isinstance(outcome, _Trouble) else outcome
        return None

    def _read(self, entry: Entry) -> Outcome | _Trouble:
        """One entry. Raises `Parked`."""
        try:
            outcome = self._source.read(entry)
        except Parked:
            raise
        except HarvestError as error:
            return self._trouble(error, "entry")
        return _Trouble(outcome.problem) if isinstance(outcome, Failed) else outcome

    def _down(self) -> HarvestError | None:
        """Why there is no sense in going on, or None when only those entries are silent."""
        try:
            self._source.is_alive()
        except (Unreachable, Parked) as error:
            return error
        except HarvestError:
            return None  # it answers, if only to complain
        return None

    def _trouble(self, error: HarvestError, stage: str) -> _Trouble:
        # Bodies of those that wait are held in memory: of a server that answers nonsense to all, a few are enough.
        body = self._task.client.unusable(error) if len(self._later) < _BODIES else None
        return _Trouble(error.problem(stage), body, isinstance(error, Unreachable))

    def _kept(self, trouble: _Trouble) -> Problem:
        """The problem, with what came kept for a person to look at."""
        if trouble.body is None or self._bodies >= _BODIES:
            return trouble.problem
        self._bodies += 1
        return replace(trouble.problem, payload=self._task.memory.keep_payload(trouble.body))

    def _end(self, problem: Problem | None) -> Finished:
        until = problem.retry_at if problem is not None else None
        requests = self._task.client.requests(self._before)
        return Finished(requests, complete=problem is None, problem=problem, parked_until=until)
