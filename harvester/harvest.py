"""One harvest of one source, as a stream of events in the order of the listing.

Nothing that goes wrong with one entry touches another, and no `HarvestError` leaves this module: it becomes
`ListingFailed`, `Failed`, or the problem of `Finished`. A limit that is longer than we wait ends the harvest
(`complete=False`, `parked_until`); the next one goes on where it stopped, because what was read is then unchanged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import BaseModel, ValidationError

from harvester.client import Client
from harvester.clock import Clock
from harvester.endpoints import Endpoints
from harvester.errors import HarvestError, Parked, Unreachable, WrongSettings, iso
from harvester.events import Event, Failed, Finished, ListingFailed, Problem, Requests
from harvester.memory import Memory
from harvester.sources import SOURCES
from harvester.sources.kind import Source, Task

# So many entries in a row without an answer, and the server itself is asked whether it is there.
_SILENCE = 5


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
    return _events(row.open(task, _settings(source_name, row.settings, settings)), client)


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


def _events(source: Source, client: Client) -> Iterator[Event]:
    before = client.requests()
    try:
        listed = source.list_entries()
    except Parked as error:  # says nothing of the listing
        yield _stopped(client, before, error.problem("listing"), error)
        return
    except HarvestError as error:
        problem = error.problem("listing")
        yield ListingFailed(problem)
        yield _stopped(client, before, problem, error)
        return
    yield listed
    silence = 0
    for entry in listed.entries:
        try:
            outcome: Event = source.read(entry)
        except Parked as error:
            yield _stopped(client, before, error.problem("entry"), error)
            return
        except HarvestError as error:
            silence = silence + 1 if isinstance(error, Unreachable) else 0
            yield Failed(entry, error.problem("entry"))
            if silence >= _SILENCE:
                silence = 0
                trouble = _down(source)
                if trouble is not None:
                    yield _stopped(client, before, trouble.problem("server"), trouble)
                    return
            continue
        silence = 0
        yield outcome
    rest = listed.problem
    yield Finished(
        client.requests(before), complete=rest is None, problem=rest, parked_until=rest.retry_at if rest else None
    )


def _down(source: Source) -> HarvestError | None:
    """Why there is no sense in going on, or None when only those entries are silent."""
    try:
        source.is_alive()
    except (Unreachable, Parked) as error:
        return error
    except HarvestError:
        return None  # it answers, if only to complain
    return None


def _stopped(client: Client, before: Requests, problem: Problem, error: HarvestError) -> Finished:
    until = iso(error.until) if isinstance(error, Parked) else None
    return Finished(client.requests(before), complete=False, problem=problem, parked_until=until)
