"""What an administrator's program may do: enter, change, try, run, pause and remove sources, decide about runs.

Each is called with the account of the token that was given, writes a line of the audit trail, and does what the command
of the same name does.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from pydantic import Field

from harvester.sources import SOURCES
from registry.accounts import Account, note
from registry.credentials import forget_credential, store_credential
from registry.due import outlook
from registry.errors import RegistryError, RunError, SourceError
from registry.holding import approve, discard
from registry.services import Services
from registry.source_editing import Saved, add_source, change_source
from registry.source_files import make_source
from registry.source_rows import source_by_name
from registry.sources import disable, enable, remove
from registry.standing import pause, resume, run_now, until_of
from registry.trying import test_source, try_definition
from registry.watching import cancel_run
from registry.web.api.endpoint import NoParameters, Parameters
from registry.web.api.models_administration import CredentialBody, PauseBody, SourceBody
from registry.web.problems import ProblemError


class SaveParameters(Parameters):
    """How a source is stored."""

    untried: bool = Field(default=False, description="store it without asking it for its list first")


class RemoveParameters(Parameters):
    """What becomes of the modules that no other source lists."""

    modules: Literal["keep", "archive", "withdraw"] = "keep"


def kinds(services: Services, parameters: NoParameters) -> dict[str, Any]:
    """The kinds of sources and their keys."""
    del services, parameters
    found = []
    for name, row in sorted(SOURCES.items()):
        told = {"kind": name, "credential": row.credential, "schema": row.settings.model_json_schema(by_alias=True)}
        found.append({key: value for key, value in told.items() if value is not None})
    return {"items": found, "total": len(found)}


def add(services: Services, parameters: SaveParameters, account: Account, body: SourceBody) -> dict[str, Any]:
    """Register a source."""
    with _told():
        saved = add_source(services, body.table(), body.credential, untried=parameters.untried)
        return _saved(services, account, "source added", saved)


def change(
    services: Services, parameters: SaveParameters, account: Account, body: SourceBody, name: str
) -> dict[str, Any]:
    """Put these keys in the place of those of a source."""
    _require(services, name)
    with _told():
        saved = change_source(services, name, body.table(), body.credential, untried=parameters.untried)
        return _saved(services, account, "source changed", saved)


def try_new(services: Services, parameters: NoParameters, account: Account, body: SourceBody) -> dict[str, Any]:
    """Ask a source that is not registered for its list."""
    del parameters, account
    with _told():
        return try_definition(services, make_source(body.table(), "the source"), body.credential).as_json()


def try_known(services: Services, parameters: NoParameters, account: Account, name: str) -> dict[str, Any]:
    """Ask a registered source for its list."""
    del parameters, account
    _require(services, name)
    with _told():
        return test_source(services, name).as_json()


def take_away(services: Services, parameters: RemoveParameters, account: Account, name: str) -> dict[str, Any]:
    """Forget a source."""
    _require(services, name)
    with _told():
        gone = remove(services, name, parameters.modules)
    return _done(services, account, f"source removed ({parameters.modules})", name) | {"withdrawn": gone}


def give_credential(
    services: Services, parameters: NoParameters, account: Account, body: CredentialBody, name: str
) -> dict[str, Any]:
    """Store the credential of a source."""
    del parameters
    _require(services, name)
    with _told():
        store_credential(services, name, body.credential, body.expires)
    return _done(services, account, "credential stored", name)


def take_credential(services: Services, parameters: NoParameters, account: Account, name: str) -> dict[str, Any]:
    """Forget the credential of a source."""
    del parameters
    _require(services, name)
    with _told():
        forget_credential(services, name)
    return _done(services, account, "credential forgotten", name)


def switch(
    services: Services, parameters: NoParameters, account: Account, name: str, verdict: str
) -> dict[str, Any]:
    """Enable, disable, resume or run a source."""
    del parameters
    _require(services, name)
    with _told():
        match verdict:
            case "enable":
                enable(services.database, name)
            case "disable":
                disable(services.database, name)
            case "resume":
                resume(services.database, name)
            case _:
                run_now(services.database, name, services.clock.now(), account.name)
    return _done(services, account, f"source {verdict}", name)


def pause_source(
    services: Services, parameters: NoParameters, account: Account, body: PauseBody, name: str
) -> dict[str, Any]:
    """Pause a source."""
    del parameters
    _require(services, name)
    now = services.clock.now()
    with _told():
        pause(services.database, name, now, until_of(body.until, now) if body.until else None)
    return _done(services, account, "source pause", name)


def judge(
    services: Services, parameters: NoParameters, account: Account, number: int, verdict: str
) -> dict[str, Any]:
    """Approve or discard a held run, or cancel one that is at it."""
    del parameters
    gone: list[str] = []
    with _told():
        match verdict:
            case "approve":
                gone = approve(services, number, account.name)
            case "discard":
                discard(services, number, account.name)
            case _:
                cancel_run(services, number, account.name)
    return _done(services, account, f"run {verdict}", str(number)) | {"withdrawn": gone}


@contextmanager
def _told() -> Iterator[None]:
    """What is wrong in a source is the client's, a run that cannot be decided is a conflict."""
    try:
        yield
    except SourceError as wrong:
        raise ProblemError(422, str(wrong)) from None
    except RunError as wrong:
        raise ProblemError(404 if "no such run" in str(wrong) else 409, str(wrong)) from None
    except RegistryError as wrong:
        raise ProblemError(409, str(wrong)) from None


def _require(services: Services, name: str) -> None:
    if source_by_name(services.database, name) is None:
        raise ProblemError(404, f"there is no source '{name[:120]}'; /api/v1/sources lists them")


def _saved(services: Services, account: Account, action: str, saved: Saved) -> dict[str, Any]:
    trial = {"trial": saved.trial.as_json()} if saved.trial else {}
    if saved.source is None:
        said = saved.trial.sentence if saved.trial else ""
        raise ProblemError(422, f"{said} Nothing was stored; `untried=true` stores it all the same.")
    note(services.database, services.clock.now(), account.name, action, saved.source.name)
    return {"source": outlook(services, saved.source.name).as_json(), **trial}


def _done(services: Services, account: Account, action: str, subject: str) -> dict[str, Any]:
    note(services.database, services.clock.now(), account.name, action, subject)
    return {"done": action, "subject": subject, "withdrawn": []}
