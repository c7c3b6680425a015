"""Credentials of single sources: sealed in the store, opened for a harvest, shown to nobody.

A secret is sealed with a key that is derived from `secret_key` (HKDF-SHA256, RFC 5869; Fernet), so that neither the
database nor a backup of it gives it away. What is shown of it is when it was stored, when it ends, and what the source
said when it was last used. Without one the credential of the source's kind counts (`github_token`, …).
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Row, select

from harvester.sources import SOURCES
from registry.database import Database
from registry.errors import SourceError
from registry.services import Services
from registry.settings import Settings, secret_key
from registry.source_files import Source
from registry.source_rows import require_source
from registry.work import stamp_of
from registry.work_tables import credential

LONGEST = 4000
# So many days before its end an operator is told of it.
WARN_DAYS = 14
_PURPOSE = b"credentials of sources"


@dataclass(frozen=True, slots=True)
class CredentialState:
    """What may be shown of a credential: stamps, and the verdict of its last use (`accepted`, or what was said)."""

    source: str
    stored: str
    expires: str | None = None
    checked: str | None = None
    verdict: str | None = None

    def warning(self, now: datetime) -> str | None:
        """One line when it has ended, ends soon, or was refused; else None."""
        if self.expires is not None:
            left = (datetime.fromisoformat(self.expires) - now).days
            if self.expires <= stamp_of(now):
                return f"the credential of {self.source} ended on {self.expires[:10]}; store a new one"
            if left <= WARN_DAYS:
                return f"the credential of {self.source} ends on {self.expires[:10]}, in {left} days; store a new one"
        if self.verdict not in (None, ACCEPTED):
            return f"the credential of {self.source}: {self.verdict}"
        return None

    def as_json(self) -> dict[str, str]:
        """For printing; absent values are absent, the secret is not there at all."""
        form = {"stored": self.stored, "expires": self.expires, "checked": self.checked, "verdict": self.verdict}
        return {name: value for name, value in form.items() if value is not None}


ACCEPTED = "accepted"


def store_credential(services: Services, name: str, secret: str, expires: str | None = None) -> CredentialState:
    """Seal a secret for a source, in the place of the one before.

    Args:
        services: the store.
        name: a registered source.
        secret: as the source's server wants it; blanks around it are cut.
        expires: the day on which it ends, `2027-01-31`, when that is known.

    Raises:
        SourceError: one line that says what cannot be stored; it never holds the secret.
    """
    source = require_source(services.database, name)
    meant = SOURCES[source.kind].credential
    if meant is None:
        raise SourceError(f"source {name!r}: kind {source.kind} takes no credential")
    secret = secret.strip()
    if not secret or len(secret) > LONGEST or not secret.isprintable() or not secret.isascii():
        raise SourceError(f"source {name!r}: credential: found text that cannot be one, expected {meant}")
    now = services.clock.now()
    until = _day(name, expires) if expires else None
    if until is not None and until <= stamp_of(now):
        raise SourceError(f"source {name!r}: expires: found {expires!r}, which is over, expected a day to come")
    sealed = _box(services.settings).encrypt(secret.encode()).decode()
    stored = stamp_of(now)
    row = {"source": name, "sealed": sealed, "stored": stored, "expires": until, "checked": None, "verdict": None}
    with services.database.write() as connection:
        connection.execute(credential.delete().where(credential.c.source == name))
        connection.execute(credential.insert().values(row))
    return CredentialState(name, stored, until)


def forget_credential(services: Services, name: str) -> bool:
    """Forget the credential of a source; returns whether there was one. Raises `SourceError` for an unknown name."""
    require_source(services.database, name)
    with services.database.write() as connection:
        return bool(connection.execute(credential.delete().where(credential.c.source == name)).rowcount)


def credential_state(database: Database, name: str) -> CredentialState | None:
    """What may be shown of the credential of a source, or None when it has none of its own."""
    with database.read() as connection:
        row = connection.execute(select(credential).where(credential.c.source == name)).first()
    return _state(row) if row else None


def credential_states(database: Database) -> dict[str, CredentialState]:
    """The same for all sources that have one, by name."""
    with database.read() as connection:
        rows = connection.execute(select(credential).order_by(credential.c.source)).all()
    return {row.source: _state(row) for row in rows}


def warnings(services: Services) -> tuple[str, ...]:
    """One line for each credential that has ended, ends soon, or was refused."""
    now = services.clock.now()
    found = (each.warning(now) for each in credential_states(services.database).values())
    return tuple(each for each in found if each)


def secret_of(services: Services, source: Source) -> str | None:
    """The secret with which this source is asked: its own, else that of its kind, else none.

    Raises:
        SourceError: it was sealed with another `secret_key`.
    """
    with services.database.read() as connection:
        sealed = connection.scalar(select(credential.c.sealed).where(credential.c.source == source.name))
    if sealed is None:
        return services.settings.token(source.kind)
    try:
        return _box(services.settings).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise SourceError(
            f"source {source.name!r}: its credential was sealed with another secret_key; store it again with "
            f"`modreg sources credential {source.name}`, or bring the old key back"
        ) from None


def note_verdict(services: Services, name: str, verdict: str) -> None:
    """Keep what the source said to its own credential; writes only what is news."""
    with services.database.read() as connection:
        kept = connection.execute(select(credential.c.verdict).where(credential.c.source == name)).first()
    if kept is None or kept.verdict == verdict:
        return
    now = stamp_of(services.clock.now())
    with services.database.write() as connection:
        connection.execute(
            credential.update().where(credential.c.source == name).values(verdict=verdict, checked=now)
        )


def _state(row: Row[tuple[str, str, str, str | None, str | None, str | None]]) -> CredentialState:
    return CredentialState(row.source, row.stored, row.expires, row.checked, row.verdict)


def _box(settings: Settings) -> Fernet:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret_key(settings))
    return Fernet(base64.urlsafe_b64encode(key))


def _day(name: str, text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise SourceError(f"source {name!r}: expires: found {text!r}, expected a day such as 2027-01-31") from None
    return stamp_of(moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC))
