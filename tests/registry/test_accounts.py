"""Accounts: one-time links, passwords, the trail, over both kinds of database."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from registry.accounts import (
    LINK_LIFE,
    LONGEST_PASSWORD,
    account_by_id,
    first_link,
    link_is_good,
    needs_first_administrator,
    note,
    set_password,
    sign_in,
)
from registry.errors import AccountError
from registry.services import Services
from registry.tables import account, audit, one_time_link
from tests.support.clock import START

PASSWORD = "correct horse battery"


def test_link_when_used_then_password_is_set_and_the_link_is_used_up(services: Services) -> None:
    database = services.database
    assert needs_first_administrator(database)
    token = first_link(database, START)
    assert link_is_good(database, token, START)
    made = set_password(database, token, PASSWORD, START)
    assert (made.name, made.role) == ("admin", "administrator")
    assert not needs_first_administrator(database)
    assert not link_is_good(database, token, START)
    with pytest.raises(AccountError) as again:
        set_password(database, token, PASSWORD + "!", START)
    assert str(again.value) == "this link was used or is too old; `modreg init` makes a new one"
    assert sign_in(database, "admin", PASSWORD) == made == account_by_id(database, made.id)
    with pytest.raises(AccountError) as second:
        first_link(database, START)
    assert str(second.value) == "an administrator has a password already; sign in at /admin"


def test_link_when_another_is_made_or_time_passes_then_good_no_more(services: Services) -> None:
    first = first_link(services.database, START)
    second = first_link(services.database, START)
    assert not link_is_good(services.database, first, START)
    assert link_is_good(services.database, second, START + LINK_LIFE - timedelta(seconds=1))
    assert not link_is_good(services.database, second, START + LINK_LIFE)
    assert not link_is_good(services.database, "guessed", START)


@pytest.mark.parametrize("length", [0, 11, LONGEST_PASSWORD + 1])
def test_password_when_too_short_or_long_then_refused_and_the_link_stays(local: Services, length: int) -> None:
    token = first_link(local.database, START)
    with pytest.raises(AccountError) as wrong:
        set_password(local.database, token, "x" * length, START)
    assert str(wrong.value) == f"the password has {length} characters, expected 12 to 1000"
    assert link_is_good(local.database, token, START)


@pytest.mark.parametrize(("name", "password"), [("admin", "wrong"), ("nobody", PASSWORD), ("admin", ""), ("", "")])
def test_sign_in_when_name_or_password_is_wrong_then_none(local: Services, name: str, password: str) -> None:
    set_password(local.database, first_link(local.database, START), PASSWORD, START)
    assert sign_in(local.database, name, password) is None


def test_sign_in_when_no_password_was_set_then_none(local: Services) -> None:
    first_link(local.database, START)
    assert sign_in(local.database, "admin", "") is None


def test_account_when_disabled_then_out_at_once(services: Services) -> None:
    made = set_password(services.database, first_link(services.database, START), PASSWORD, START)
    with services.database.write() as connection:
        connection.execute(update(account).values(enabled=False))
    assert account_by_id(services.database, made.id) is None
    assert sign_in(services.database, "admin", PASSWORD) is None
    assert needs_first_administrator(services.database)


def test_sign_in_when_the_kept_hash_is_damaged_then_none(local: Services) -> None:
    values = {"name": "odd", "role": "administrator", "enabled": True, "created": "x", "password": "no hash"}
    with local.database.write() as connection:
        connection.execute(insert(account).values(values))
    assert sign_in(local.database, "odd", PASSWORD) is None


def test_store_when_read_by_a_thief_then_holds_neither_password_nor_token(local: Services) -> None:
    token = first_link(local.database, START)
    set_password(local.database, token, PASSWORD, START)
    with local.database.read() as connection:
        kept = str(connection.execute(select(account)).all()) + str(connection.execute(select(one_time_link)).all())
    assert PASSWORD not in kept
    assert token not in kept
    assert "$argon2id$" in kept


def test_trail_when_something_is_done_then_who_what_when(services: Services) -> None:
    set_password(services.database, first_link(services.database, START), PASSWORD, START)
    note(services.database, START, "admin", "source disable", "hub")
    with services.database.read() as connection:
        rows = connection.execute(select(audit).order_by(audit.c.id)).all()
    assert [(row.account, row.action, row.subject) for row in rows] == [
        (None, "one-time link made", "admin"), ("admin", "password set", "admin"), ("admin", "source disable", "hub"),
    ]  # fmt: skip
    assert {row.at for row in rows} == {"2026-01-02T03:04:05Z"}
