"""Credentials of single sources: sealed, used, never shown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from registry.credentials import (
    credential_state,
    forget_credential,
    note_verdict,
    secret_of,
    store_credential,
)
from registry.errors import SourceError
from registry.services import Services
from registry.source_rows import require_source
from registry.sources import import_sources, remove
from tests.support.clock import HandClock
from tests.support.store import a_registry, dump

NO_SECRET = (
    "source 'hub': credential: found text that cannot be one, expected a token of GitHub, without any permission"
)
SECRET = "ghp_veryUnlikelyToStandAnywhere1234567890"


@pytest.fixture
def services(database_url: str, tmp_path: Path) -> Iterator[Services]:
    with a_registry(database_url, tmp_path, "hub", MODREG_GITHUB_TOKEN="of-the-kind") as opened:
        yield opened


def test_secret_when_stored_then_it_is_used_and_stands_nowhere(services: Services) -> None:
    assert secret_of(services, require_source(services.database, "hub")) == "of-the-kind"
    state = store_credential(services, "hub", f" {SECRET}\n", "2026-02-01")
    assert state.as_json() == {"stored": "2026-01-02T03:04:05Z", "expires": "2026-02-01T00:00:00Z"}
    source = require_source(services.database, "hub")
    assert secret_of(services, source) == SECRET
    rows = json.dumps(dump(services), default=str)
    assert SECRET not in rows
    assert SECRET not in json.dumps(source.as_json()) + repr(state)
    assert forget_credential(services, "hub")
    assert not forget_credential(services, "hub")
    assert secret_of(services, source) == "of-the-kind"


def test_secret_when_the_key_is_another_then_one_line_says_what_to_do(database_url: str, tmp_path: Path) -> None:
    with a_registry(database_url, tmp_path, "hub", MODREG_SECRET_KEY="one") as services:
        store_credential(services, "hub", SECRET)
    with (
        a_registry(database_url, tmp_path, MODREG_SECRET_KEY="two") as services,
        pytest.raises(SourceError) as told,
    ):
        secret_of(services, require_source(services.database, "hub"))
    assert str(told.value) == (
        "source 'hub': its credential was sealed with another secret_key; store it again with "
        "`modreg sources credential hub`, or bring the old key back"
    )


@pytest.mark.parametrize(
    ("secret", "expires", "message"),
    [
        ("", None, NO_SECRET),
        ("zwei\nZeilen", None, NO_SECRET),
        ("x" * 4001, None, NO_SECRET),
        (SECRET, "next year", "source 'hub': expires: found 'next year', expected a day such as 2027-01-31"),
        (SECRET, "2025-01-01", "source 'hub': expires: found '2025-01-01', which is over, expected a day to come"),
    ],
)
def test_secret_when_it_cannot_be_one_then_a_line_without_it(
    services: Services, secret: str, expires: str | None, message: str
) -> None:
    with pytest.raises(SourceError) as told:
        store_credential(services, "hub", secret, expires)
    assert str(told.value) == message
    assert credential_state(services.database, "hub") is None


def test_secret_when_its_end_is_near_then_a_warning_fourteen_days_before(services: Services) -> None:
    state = store_credential(services, "hub", SECRET, "2026-02-01")
    clock = services.clock
    assert isinstance(clock, HandClock)
    assert state.warning(clock.now()) is None
    clock.advance(timedelta(days=16).total_seconds())
    assert state.warning(clock.now()) == "the credential of hub ends on 2026-02-01, in 13 days; store a new one"
    clock.advance(timedelta(days=30).total_seconds())
    assert state.warning(clock.now()) == "the credential of hub ended on 2026-02-01; store a new one"


def test_secret_when_the_server_refused_it_then_that_is_told(services: Services) -> None:
    store_credential(services, "hub", SECRET)
    note_verdict(services, "hub", "The server does not accept the credential (401).")
    state = credential_state(services.database, "hub")
    assert state is not None
    assert state.warning(services.clock.now()) == (
        "the credential of hub: The server does not accept the credential (401)."
    )
    note_verdict(services, "hub", "accepted")
    state = credential_state(services.database, "hub")
    assert state is not None
    assert state.warning(services.clock.now()) is None


def test_secret_when_its_kind_takes_none_or_its_source_is_removed_then_there_is_none(services: Services) -> None:
    import_sources(
        services.database,
        '[[source]]\nname = "other"\nkind = "oaipmh"\nurl = "https://oai.example.org/oai"\nprefix = "oai_dc"\n',
    )
    with pytest.raises(SourceError, match="source 'other': kind oaipmh takes no credential"):
        store_credential(services, "other", SECRET)
    store_credential(services, "hub", SECRET)
    remove(services, "hub")
    assert credential_state(services.database, "hub") is None
