"""The console's rooms for sources: enter, change, try, give a credential, remove. The forms come from the models."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as WerkzeugResponse

from harvester.sources import SOURCES
from registry.accounts import Account, note
from registry.credentials import CredentialState, credential_state, forget_credential, store_credential
from registry.errors import RegistryError, SourceError
from registry.services import Services
from registry.source_editing import add_source, change_source, table_of_source
from registry.source_files import Source, make_source
from registry.source_forms import FormField, fields_of, table_of, texts_of
from registry.source_rows import source_by_name
from registry.sources import REMOVALS, remove
from registry.trying import Trial, try_definition
from registry.web.admin.signing_in import form_token
from registry.web.pages.rendering import message, page_response

Guard = Callable[[Callable[..., Any]], Callable[..., Any]]


@dataclass(frozen=True, slots=True)
class SourceFormPage:
    """The form of a source: new, or registered under `name`; what was written, what is wrong, what the trial said."""

    account: str
    form_token: str
    name: str | None
    kind: str
    fields: tuple[FormField, ...]
    texts: dict[str, str]
    takes: str | None
    problem: str | None = None
    trial: Trial | None = None


@dataclass(frozen=True, slots=True)
class KindsPage:
    """The choice of a kind for a new source."""

    account: str
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CredentialPage:
    """What may be shown of a source's credential, and what becomes of its modules when it is removed."""

    account: str
    form_token: str
    source: Source
    takes: str | None
    state: CredentialState | None
    warning: str | None
    removals: dict[str, str]
    problem: str | None = None


def add_source_rooms(blueprint: Blueprint, services: Services, guarded: Guard) -> None:
    """Put the rooms into the console's blueprint."""
    _add_forms(blueprint, services, guarded)
    _add_acts(blueprint, services, guarded)


def _add_forms(blueprint: Blueprint, services: Services, guarded: Guard) -> None:

    @blueprint.route("/sources/new", methods=["GET", "POST"])
    @guarded
    def new_source(account: Account) -> WerkzeugResponse:
        kind = request.args.get("kind", "")
        if kind not in SOURCES:
            return page_response(services, "admin_kinds.html", KindsPage(account.name, tuple(sorted(SOURCES))))
        if request.method == "POST":
            return _save(services, account, None, kind)
        defaults = {each.name: each.default for each in fields_of(kind)}
        return _form(services, account, None, kind, defaults)

    @blueprint.route("/sources/<name>/edit", methods=["GET", "POST"])
    @guarded
    def edit_source(account: Account, name: str) -> WerkzeugResponse:
        found = source_by_name(services.database, name)
        if found is None:
            return _unknown(services, name)
        if request.method == "POST":
            return _save(services, account, found.name, found.kind)
        return _form(services, account, found.name, found.kind, texts_of(table_of_source(found)))

    @blueprint.get("/sources/<name>")
    @guarded
    def source_room(account: Account, name: str) -> Response:
        found = source_by_name(services.database, name)
        return _room(services, account, found) if found else _unknown(services, name)


def _add_acts(blueprint: Blueprint, services: Services, guarded: Guard) -> None:
    @blueprint.post("/sources/<name>/credential")
    @guarded
    def credential(account: Account, name: str) -> WerkzeugResponse:
        secret, expires = request.form.get("secret", ""), request.form.get("expires", "").strip() or None
        if request.form.get("forget"):
            return _act(services, account, name, "credential forgotten", lambda: forget_credential(services, name))
        return _act(
            services, account, name, "credential stored", lambda: store_credential(services, name, secret, expires)
        )

    @blueprint.post("/sources/<name>/remove")
    @guarded
    def remove_source(account: Account, name: str) -> WerkzeugResponse:
        modules = request.form.get("modules", "")
        if modules not in REMOVALS:
            return message(services, 400, "That was not done", "Choose what becomes of the modules of this source.")
        return _act(
            services, account, name, f"source removed ({modules})", lambda: remove(services, name, modules), back=""
        )


def _save(services: Services, account: Account, name: str | None, kind: str) -> WerkzeugResponse:
    """Try or store what the form says."""
    texts = {each.name: request.form.get(each.name, "") for each in fields_of(kind)}
    secret = request.form.get("secret", "").strip() or None
    wish = request.form.get("wish", "save")
    try:
        table = table_of(kind, texts.items(), "the source") | ({"name": name} if name else {})
        if wish == "test":
            trial = try_definition(services, make_source(table, "the source"), secret)
            return _form(services, account, name, kind, texts, trial=trial)
        untried = wish == "untried"
        saved = (
            change_source(services, name, table, secret, untried=untried) if name
            else add_source(services, table, secret, untried=untried)
        )
    except SourceError as wrong:
        return _form(services, account, name, kind, texts, problem=str(wrong))
    if saved.source is None:
        return _form(services, account, name, kind, texts, trial=saved.trial)
    done = "source changed" if name else "source added"
    note(services.database, services.clock.now(), account.name, done, saved.source.name)
    return redirect(f"/admin/sources/{saved.source.name}", 303)


def _form(
    services: Services,
    account: Account,
    name: str | None,
    kind: str,
    texts: dict[str, str],
    *,
    problem: str | None = None,
    trial: Trial | None = None,
) -> Response:
    fields = tuple(each for each in fields_of(kind) if not (name and each.name == "name"))
    page = SourceFormPage(
        account.name, form_token(), name, kind, fields, texts, SOURCES[kind].credential, problem, trial
    )
    bad = problem is not None or (trial is not None and not trial.good)
    return page_response(services, "admin_source_form.html", page, status=422 if bad else 200)


def _room(services: Services, account: Account, found: Source) -> Response:
    state = credential_state(services.database, found.name)
    warning = state.warning(services.clock.now()) if state else None
    page = CredentialPage(
        account.name, form_token(), found, SOURCES[found.kind].credential, state, warning, REMOVALS
    )
    return page_response(services, "admin_source.html", page)


def _act(
    services: Services, account: Account, name: str, action: str, act: Callable[[], object], back: str | None = None
) -> WerkzeugResponse:
    try:
        act()
    except RegistryError as wrong:
        return message(services, 409, "That was not done", str(wrong))
    note(services.database, services.clock.now(), account.name, action, name)
    return redirect(f"/admin/sources/{name}" if back is None else f"/admin{back}", 303)


def _unknown(services: Services, name: str) -> Response:
    return message(services, 404, "No such source", f"There is no source {name[:120]!r}.")
