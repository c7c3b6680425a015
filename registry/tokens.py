"""Tokens by which programs administer: made for an account, shown once, kept as a digest, ended by date or by hand."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from registry.accounts import Account
from registry.database import Database
from registry.errors import AccountError
from registry.tables import account, token
from registry.work import stamp_of

# By it a token is known for what it is, in logs and by scanners for secrets.
MARK = "modreg_"
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class ApiToken:
    """One token as it may be shown: never the token itself."""

    id: int
    account: str
    name: str
    created: str
    expires: str | None = None
    revoked: str | None = None

    def as_json(self) -> dict[str, int | str]:
        """The form of `modreg tokens list --json`; absent values are absent."""
        form: dict[str, int | str | None] = {
            "id": self.id, "account": self.account, "name": self.name, "created": self.created,
            "expires": self.expires, "revoked": self.revoked,
        }
        return {name: value for name, value in form.items() if value is not None}


def make_token(database: Database, who: str, name: str, now: datetime, life: timedelta | None = None) -> str:
    """A new token for an account; it can be read this once. Raises `AccountError` for an account there is not."""
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        expected = f"what the token is for, in at most {LONGEST_NAME} letters"
        raise AccountError(f"name: found {name[:60]!r}, expected {expected}")
    made = MARK + secrets.token_urlsafe(32)
    with database.write() as connection:
        number = connection.scalar(select(account.c.id).where(account.c.name == who, account.c.enabled))
        if number is None:
            raise AccountError(f"account {who!r}: there is none of this name that is enabled")
        connection.execute(token.insert().values(
            account_id=number, name=name.strip(), digest=_digest(made), created=stamp_of(now),
            expires=stamp_of(now + life) if life else None,
        ))
    return made


def list_tokens(database: Database) -> list[ApiToken]:
    """Every token that was made, oldest first."""
    shown = (token.c.id, token.c.name.label("label"), token.c.created, token.c.expires, token.c.revoked)
    question = (
        select(account.c.name, *shown).select_from(token)
        .join(account, account.c.id == token.c.account_id).order_by(token.c.id)
    )
    with database.read() as connection:
        return [
            ApiToken(row.id, row.name, row.label, row.created, row.expires, row.revoked)
            for row in connection.execute(question)
        ]


def revoke_token(database: Database, number: int, now: datetime) -> None:
    """End a token at once. Raises `AccountError` when there is none of this number."""
    with database.write() as connection:
        done = connection.execute(
            token.update().where(token.c.id == number, token.c.revoked.is_(None)).values(revoked=stamp_of(now))
        )
    if not done.rowcount:
        raise AccountError(f"token {number}: there is none in use of this number; `modreg tokens list` shows them")


def account_of_token(database: Database, given: str, now: datetime) -> Account | None:
    """Whose token this is, or None when it is nobody's, ended or revoked."""
    question = (
        select(account.c.id, account.c.name, account.c.role)
        .join(token, account.c.id == token.c.account_id)
        .where(
            token.c.digest == _digest(given), token.c.revoked.is_(None), account.c.enabled,
            token.c.expires.is_(None) | (token.c.expires > stamp_of(now)),
        )
    )
    with database.read() as connection:
        row = connection.execute(question).first()
    return Account(row.id, row.name, row.role) if row else None


def _digest(given: str) -> str:
    return hashlib.sha256(given.encode("utf-8", "surrogatepass")).hexdigest()
