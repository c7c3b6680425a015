"""Who is signed in, and that a form came from our own page.

The session is a signed cookie (`HttpOnly`, `SameSite=Lax`, `Secure` when the public address is https) that holds the
account's number and a random token which every form carries; a POST without it is refused. Failed sign-ins of one
name are slowed down by a growing wait that is told, not slept.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import redirect, request, session
from werkzeug.wrappers import Response as WerkzeugResponse

from harvester.clock import Clock
from registry.accounts import ADMINISTRATOR, Account, account_by_id
from registry.services import Services
from registry.web.problems import ProblemError

_ACCOUNT, _FORM = "account", "form"
FREE_TRIES = 5
LONGEST_WAIT_S = 900
MOST_NAMES = 10_000


def signed_in(services: Services) -> Account | None:
    """The account of this session, or None; an account that was disabled is out at once."""
    number = session.get(_ACCOUNT)
    return account_by_id(services.database, number) if isinstance(number, int) else None


def sign_session(account: Account) -> None:
    """Begin a session for this account; what the browser had before is dropped."""
    session.clear()
    session[_ACCOUNT] = account.id
    session[_FORM] = secrets.token_urlsafe(24)


def end_session() -> None:
    """Sign out."""
    session.clear()


def form_token() -> str:
    """The token that forms of this session carry."""
    if _FORM not in session:
        session[_FORM] = secrets.token_urlsafe(24)
    return str(session[_FORM])


def require_form_token() -> None:
    """Refuse a POST that did not come from a form of this session."""
    given, kept = request.form.get("form_token", ""), str(session.get(_FORM, ""))
    if not kept or not hmac.compare_digest(given.encode(), kept.encode()):
        raise ProblemError(400, "This form is too old or came from elsewhere. Open the page again and repeat it.")


def for_administrators(services: Services) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let a view be called only by somebody who is signed in, and a POST only with the form's token."""

    def decorated(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(**path: Any) -> Any:
            account = signed_in(services)
            if account is None:
                return _to_sign_in()
            if account.role != ADMINISTRATOR:
                raise ProblemError(403, f"{account.name} is no administrator.")
            if request.method == "POST":
                require_form_token()
            return view(account=account, **path)

        return guarded

    return decorated


def _to_sign_in() -> WerkzeugResponse:
    return redirect("/admin/login", 303)


class Attempts:
    """Failed sign-ins by name in this process; after `FREE_TRIES` each one doubles the wait before the next."""

    def __init__(self, clock: Clock) -> None:
        """Nothing failed yet."""
        self._clock = clock
        self._failed: dict[str, tuple[int, float]] = {}

    def wait_s(self, name: str) -> int:
        """Seconds before this name may be tried again; 0 when it may."""
        count, last = self._failed.get(name, (0, 0.0))
        if count < FREE_TRIES:
            return 0
        wait = min(LONGEST_WAIT_S, 1 << min(count - FREE_TRIES, 10))
        return max(0, round(last + wait - self._clock.monotonic()))

    def failed(self, name: str) -> None:
        """Count a failure."""
        count, _ = self._failed.pop(name, (0, 0.0))
        if len(self._failed) >= MOST_NAMES:
            # Made-up names must not fill the memory: the one that failed longest ago is forgotten.
            self._failed.pop(next(iter(self._failed)), None)
        self._failed[name] = (count + 1, self._clock.monotonic())

    def succeeded(self, name: str) -> None:
        """Forget the failures of this name."""
        self._failed.pop(name, None)
