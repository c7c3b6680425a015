"""Registered sources: the file's errors in one line, and what importing, switching and removing does."""

from __future__ import annotations

import pytest

from harvester.sources import SOURCES
from registry.errors import SourceError
from registry.services import Services
from registry.source_files import Common, read_sources
from registry.sources import (
    disable,
    enable,
    import_sources,
    list_entries,
    list_sources,
    remove,
    require_source,
    source_by_name,
)
from tests.support.store import fetched, gone, harvested, statuses

HUB = '[[source]]\nname = "x"\nkind = "github"\ncatalogue = "a/b"\n'
KINDS = ", ".join(sorted(SOURCES))
KEYS = ", ".join(sorted({*Common.model_fields, *SOURCES["github"].settings.model_fields}))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 1", "f: found key 'x', expected only [[source]] tables"),
        ("", "f: found no [[source]] table, expected one for each source"),
        ("source = 3", "f: found no [[source]] table, expected one for each source"),
        ('[[source]]\nkind = "github"', "f: source number 1: name: found nothing, "
                                        "expected lower-case letters, digits, `.`, `_`, `-`"),
        (HUB.replace('"x"', '"X y"'), "f: source 'X y': name: found 'X y', "
                                      "expected lower-case letters, digits, `.`, `_`, `-`"),
        (HUB.replace("github", "ftp"), f"f: source 'x': kind: found 'ftp', expected one of {KINDS}"),
        (HUB + 'branch = "main"', f"f: source 'x': branch: found a key that there is not, expected one of {KEYS}"),
        (HUB + 'timezone = "Mars"', "f: source 'x': timezone: found 'Mars', expected a time zone such as "
                                    '"Europe/Madrid" or "UTC"'),
        (HUB + 'notify = ["someone"]', "f: source 'x': notify: found ['someone'], expected mail:ops@example.org, "
                                       "https://chat.example.org/hooks/…, or nobody"),
        (HUB + 'notify = ["mail:a@b@c"]', "f: source 'x': notify: found ['mail:a@b@c'], expected mail:ops@example.org, "
                                          "https://chat.example.org/hooks/…, or nobody"),
        (HUB + 'jitter = "some"', "f: source 'x': jitter: found 'some', expected a time such as "
                                  '"10m" (s, m, h, d), or "0s" for none'),
        (HUB + 'organisation = "a"', "f: source 'x': give exactly one of catalogue, organisation, repositories; "
                                     "found catalogue and organisation"),
        (HUB + 'schedule = "sometimes"', "f: source 'x': schedule: found 'sometimes', expected an interval such as "
                                         '"6h" (s, m, h, d, w; at least a minute) or cron such as "0 */6 * * *"'),
        (HUB + 'trust = "none"', "f: source 'x': trust: found 'none', expected 'full' or 'moderated'"),
        (HUB + HUB, "f: source 'x': name: found it 2 times, expected once"),
        (HUB.replace('"a/b"', '"ab"'), "f: source 'x': catalogue: found 'ab', "
                                       "expected `owner/repo` with a `MODULES.yml` or `.gitmodules`"),
        (HUB.replace('catalogue = "a/b"', "repositories = []"), "f: source 'x': repositories: found [], "
                                                                "expected repositories as `owner/repo`"),
    ],
)
def test_sources_file_when_something_is_wrong_then_one_line(text: str, said: str) -> None:
    with pytest.raises(SourceError) as error:
        read_sources(text, "f")

    assert str(error.value) == said


def test_sources_file_when_it_is_no_toml_then_one_line() -> None:
    with pytest.raises(SourceError) as error:
        read_sources("[[source", "f")

    assert str(error.value).startswith("f: found ")
    assert str(error.value).endswith("expected TOML with [[source]] tables")
    assert "\n" not in str(error.value)


def test_import_when_one_source_is_wrong_then_none_is_registered(services: Services) -> None:
    with pytest.raises(SourceError):
        import_sources(services.database, HUB + HUB.replace('"x"', '"y"').replace("github", "ftp"))

    assert source_by_name(services.database, "x") is None


def test_import_when_repeated_then_unchanged_or_updated_and_others_stay(services: Services) -> None:
    (first,) = import_sources(services.database, HUB)
    (second,) = import_sources(services.database, HUB)
    (third,) = import_sources(services.database, HUB + 'schedule = "1d"')

    assert [each.outcome for each in (first, second, third)] == ["created", "unchanged", "updated"]
    assert [each.name for each in list_sources(services.database)] == ["hub", "old", "x"]
    assert require_source(services.database, "x").schedule == "1d"


def test_switch_when_disabled_then_not_among_the_enabled(services: Services) -> None:
    assert disable(services.database, "hub").enabled is False
    assert [each.name for each in list_sources(services.database, enabled=True)] == ["old"]
    assert enable(services.database, "hub").enabled is True


def test_switch_when_the_name_is_unknown_then_the_line_names_the_known_ones(services: Services) -> None:
    with pytest.raises(SourceError) as error:
        enable(services.database, "nub")

    assert str(error.value) == "source 'nub': there is none of this name; registered are: hub, old"


def test_remove_when_told_nothing_then_its_modules_stay(services: Services) -> None:
    harvested(services, "hub", fetched("a/one", "One"), gone("a/two"))

    assert remove(services, "hub") == []

    assert statuses(services) == {"one": "published"}
    assert source_by_name(services.database, "hub") is None
    assert list_entries(services.database, "hub") == []


def test_remove_when_told_to_withdraw_then_only_what_nobody_else_lists(services: Services) -> None:
    harvested(services, "hub", fetched("a/one", "One"), fetched("a/two", "Two"))
    harvested(services, "old", fetched("a/two", "Two"))

    assert remove(services, "hub", "withdraw") == ["one"]

    assert statuses(services) == {"one": "withdrawn", "two": "published"}
