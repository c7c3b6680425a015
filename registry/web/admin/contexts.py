"""What the templates of the console are given."""

from __future__ import annotations

from dataclasses import dataclass

from registry.runs import Run
from registry.web.pages.contexts import SourceRow


@dataclass(frozen=True, slots=True)
class SignInPage:
    """The form to sign in."""

    form_token: str
    problem: str | None


@dataclass(frozen=True, slots=True)
class PasswordPage:
    """The form to set a first password."""

    form_token: str
    problem: str | None


@dataclass(frozen=True, slots=True)
class ConsolePage:
    """Sources, runs, and what waits for a yes."""

    account: str
    form_token: str
    sources: tuple[SourceRow, ...]
    runs: tuple[Run, ...]
    held: tuple[Run, ...]
    warnings: tuple[str, ...] = ()
