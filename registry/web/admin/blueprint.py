"""The addresses of the console."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as WerkzeugResponse

from registry.accounts import Account, link_is_good, note, set_password, sign_in
from registry.credentials import warnings
from registry.errors import AccountError, RegistryError
from registry.holding import approve, discard
from registry.runs import list_runs
from registry.services import Services
from registry.sources import disable, enable
from registry.standing import pause, resume, run_now
from registry.watching import cancel_run
from registry.web.admin.contexts import ConsolePage, PasswordPage, SignInPage
from registry.web.admin.run_rooms import NUMBER, add_run_rooms
from registry.web.admin.signing_in import (
    Attempts,
    end_session,
    for_administrators,
    form_token,
    require_form_token,
    sign_session,
)
from registry.web.admin.source_rooms import add_source_rooms
from registry.web.pages.overview import sources_page
from registry.web.pages.rendering import message, page_response
from registry.web.plain import NOT_TEXT

SHOWN_RUNS = 30


def admin_blueprint(services: Services) -> Blueprint:
    """The blueprint of the console."""
    blueprint = Blueprint("admin", __name__, url_prefix="/admin")
    _add_doors(blueprint, services)
    _add_rooms(blueprint, services)
    add_run_rooms(blueprint, services)
    add_source_rooms(blueprint, services, for_administrators(services))
    blueprint.after_request(_never_stored)
    return blueprint


def _add_doors(blueprint: Blueprint, services: Services) -> None:
    attempts = Attempts(services.clock)

    @blueprint.route("/welcome/<token>", methods=["GET", "POST"])
    def welcome(token: str) -> WerkzeugResponse:
        return _welcome(services, token)

    @blueprint.route("/login", methods=["GET", "POST"])
    def login() -> WerkzeugResponse:
        return _login(services, attempts)

    @blueprint.post("/logout")
    def logout() -> WerkzeugResponse:
        require_form_token()
        end_session()
        return redirect("/admin/login", 303)


def _add_rooms(blueprint: Blueprint, services: Services) -> None:
    guarded = for_administrators(services)

    @blueprint.get("")
    @guarded
    def console(account: Account) -> Response:
        runs = tuple(list_runs(services.database, limit=SHOWN_RUNS))
        held = tuple(list_runs(services.database, status="held", limit=SHOWN_RUNS))
        page = ConsolePage(account.name, form_token(), sources_page(services).sources, runs, held, warnings(services))
        return page_response(services, "admin_console.html", page)

    @blueprint.post(f"/runs/{NUMBER}/<any(approve, discard, cancel):verdict>")
    @guarded
    def judge(account: Account, number: int, verdict: str) -> WerkzeugResponse:
        act = {"approve": approve, "discard": discard, "cancel": cancel_run}[verdict]
        return _done(services, account, f"run {verdict}", str(number), lambda: act(services, number, account.name))

    @blueprint.post("/sources/<name>/<any(enable, disable, pause, resume, run):verdict>")
    @guarded
    def switch(account: Account, name: str, verdict: str) -> WerkzeugResponse:
        database, now = services.database, services.clock.now()
        acts: dict[str, Callable[[], object]] = {
            "enable": lambda: enable(database, name),
            "disable": lambda: disable(database, name),
            "pause": lambda: pause(database, name, now),
            "resume": lambda: resume(database, name),
            "run": lambda: run_now(database, name, now, account.name),
        }
        return _done(services, account, f"source {verdict}", name, acts[verdict])


def _done(
    services: Services, account: Account, action: str, subject: str, act: Callable[[], object]
) -> WerkzeugResponse:
    try:
        act()
    except RegistryError as wrong:
        return message(services, 409, "That was not done", str(wrong))
    note(services.database, services.clock.now(), account.name, action, subject)
    return redirect("/admin", 303)


def _welcome(services: Services, token: str) -> WerkzeugResponse:
    now = services.clock.now()
    if not link_is_good(services.database, token, now):
        return message(
            services, 410, "This link is used up", "It was used or is too old. `modreg init` makes a new one."
        )
    problem = None
    if request.method == "POST":
        require_form_token()
        password, again = request.form.get("password", ""), request.form.get("again", "")
        try:
            _require_same(password, again)
            sign_session(set_password(services.database, token, password, now))
            return redirect("/admin", 303)
        except AccountError as wrong:
            problem = str(wrong)
    page = PasswordPage(form_token(), problem)
    return page_response(services, "admin_password.html", page, status=400 if problem else 200)


def _require_same(password: str, again: str) -> None:
    if password != again:
        raise AccountError("the two passwords are not the same")


def _login(services: Services, attempts: Attempts) -> WerkzeugResponse:
    problem = None
    if request.method == "POST":
        require_form_token()
        name = NOT_TEXT.sub(" ", request.form.get("name", "")[:200])
        wait = attempts.wait_s(name)
        account = sign_in(services.database, name, request.form.get("password", "")) if wait == 0 else None
        if account is not None:
            attempts.succeeded(name)
            sign_session(account)
            return redirect("/admin", 303)
        if wait == 0:
            attempts.failed(name)
        problem = f"Too many tries; wait {wait} seconds." if wait else "This name and password do not fit together."
    page = SignInPage(form_token(), problem)
    return page_response(services, "admin_login.html", page, status=401 if problem else 200)


def _never_stored(response: WerkzeugResponse) -> WerkzeugResponse:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
