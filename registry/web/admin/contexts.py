"""What the templates of the console are given."""

from __future__ import annotations

from dataclasses import dataclass

from registry.database import Database
from registry.modules import slug_of_alias
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


@dataclass(frozen=True, slots=True)
class HeldRemoval:
    """One entry that a held run would withdraw."""

    key: str
    module: str | None

    @classmethod
    def of(cls, database: Database, key: str) -> HeldRemoval:
        """The entry with this key, and the module it is part of where it made one."""
        return cls(key, slug_of_alias(database, key))


@dataclass(frozen=True, slots=True)
class RunPage:
    """One run."""

    account: str
    form_token: str
    run: Run
    removals: tuple[HeldRemoval, ...]
