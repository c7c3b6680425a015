"""People who may administer: accounts, passwords, one-time links, and the trail of what they did.

Passwords are kept as Argon2id, one-time links as SHA-256 of a random token, so that neither can be read back.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, func, insert, select, update

from registry.database import Database
from registry.errors import AccountError
from registry.tables import account, audit, one_time_link
from registry.work import stamp_of

ADMINISTRATOR = "administrator"
FIRST_NAME = "admin"
LINK_LIFE = timedelta(days=3)
SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 1000
_SET_PASSWORD = "set-password"  # noqa: S105  # the purpose of a link, not a password
_HASHER = PasswordHasher()


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in."""

    id: int
    name: str
    role: str


def needs_first_administrator(database: Database) -> bool:
    """Whether nobody can sign in yet."""
    with database.read() as connection:
        able = select(func.count()).where(account.c.password.is_not(None), account.c.enabled)
        return not connection.scalar(able)


def first_link(database: Database, now: datetime) -> str:
    """A new one-time token by which the first administrator sets a password; older tokens for it end.

    Raises:
        AccountError: there is an administrator with a password already.
    """
    with database.write() as connection:
        if connection.scalar(select(func.count()).where(account.c.password.is_not(None), account.c.enabled)):
            raise AccountError("an administrator has a password already; sign in at /admin")
        number = connection.scalar(select(account.c.id).where(account.c.name == FIRST_NAME))
        if number is None:
            values = {"name": FIRST_NAME, "role": ADMINISTRATOR, "enabled": True, "created": stamp_of(now)}
            number = connection.execute(insert(account).values(values).returning(account.c.id)).scalar_one()
        mine = (one_time_link.c.account_id == number, one_time_link.c.used.is_(None))
        connection.execute(update(one_time_link).where(*mine).values(used=stamp_of(now)))
        token = secrets.token_urlsafe(32)
        connection.execute(
            insert(one_time_link).values(
                digest=_digest(token),
                purpose=_SET_PASSWORD,
                account_id=number,
                created=stamp_of(now),
                expires=stamp_of(now + LINK_LIFE),
            )
        )
        _note(connection, now, None, "one-time link made", FIRST_NAME)
    return token


def link_is_good(database: Database, token: str, now: datetime) -> bool:
    """Whether a one-time token can still be used."""
    with database.read() as connection:
        return _account_of_link(connection, token, now) is not None


def set_password(database: Database, token: str, password: str, now: datetime) -> Account:
    """Set the password of the account that the token was made for; the token is used up.

    Raises:
        AccountError: the token is unknown, used or expired, or the password is too short or too long.
    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise AccountError(
            f"the password has {len(password)} characters, expected {SHORTEST_PASSWORD} to {LONGEST_PASSWORD}"
        )
    hashed = _HASHER.hash(password)
    with database.write() as connection:
        number = _account_of_link(connection, token, now)
        if number is None:
            raise AccountError("this link was used or is too old; `modreg init` makes a new one")
        connection.execute(update(account).where(account.c.id == number).values(password=hashed))
        connection.execute(
            update(one_time_link).where(one_time_link.c.digest == _digest(token)).values(used=stamp_of(now))
        )
        row = connection.execute(
            select(account.c.id, account.c.name, account.c.role).where(account.c.id == number)
        ).one()
        _note(connection, now, row.name, "password set", row.name)
    return Account(row.id, row.name, row.role)


def sign_in(database: Database, name: str, password: str) -> Account | None:
    """The account with this name and password, or None."""
    with database.read() as connection:
        row = connection.execute(
            select(account.c.id, account.c.name, account.c.role, account.c.password).where(
                account.c.name == name, account.c.enabled, account.c.password.is_not(None)
            )
        ).first()
    nobody = _nobody()  # whether there is such an account or not, or the first sign-in would tell
    try:
        _HASHER.verify(row.password if row else nobody, password[:LONGEST_PASSWORD])
    except (VerificationError, InvalidHashError):
        return None
    return Account(row.id, row.name, row.role) if row else None


@lru_cache(maxsize=1)
def _nobody() -> str:
    """Checked when there is no such account, so that a wrong name takes as long as a wrong password."""
    return _HASHER.hash(secrets.token_urlsafe(16))


def account_by_id(database: Database, number: int) -> Account | None:
    """The enabled account with this number, or None."""
    with database.read() as connection:
        row = connection.execute(
            select(account.c.id, account.c.name, account.c.role).where(account.c.id == number, account.c.enabled)
        ).first()
    return Account(row.id, row.name, row.role) if row else None


def note(database: Database, now: datetime, who: str | None, action: str, subject: str) -> None:
    """Write one line of the audit trail: who did what to what."""
    with database.write() as connection:
        _note(connection, now, who, action, subject)


def _note(connection: Connection, now: datetime, who: str | None, action: str, subject: str) -> None:
    connection.execute(insert(audit).values(at=stamp_of(now), account=who, action=action, subject=subject))


def _account_of_link(connection: Connection, token: str, now: datetime) -> int | None:
    number: int | None = connection.scalar(
        select(one_time_link.c.account_id).where(
            one_time_link.c.digest == _digest(token),
            one_time_link.c.purpose == _SET_PASSWORD,
            one_time_link.c.used.is_(None),
            one_time_link.c.expires > stamp_of(now),
        )
    )
    return number


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
