"""Sources of kind `oaipmh` as an administrator has them: in the sources file, and tried before they are harvested."""

from __future__ import annotations

from pathlib import Path

import pytest

from registry.errors import SourceError
from registry.source_files import read_sources
from registry.trying import preview_source
from registry.trying import test_source as try_source
from tests.support.federation import a_member, served
from tests.support.store import fetched, harvested

_TABLE = '[[source]]\nname = "sea"\nkind = "oaipmh"\nurl = "https://records.sea.eu/oai"\n'


def test_source_when_it_begins_at_a_date_is_kept_under_the_key_of_the_file() -> None:
    (source,) = read_sources(_TABLE + 'from = "2024-01-31"\nset = "a:b"\n')
    assert source.settings == {"url": "https://records.sea.eu/oai", "set": "a:b", "from": "2024-01-31"}


@pytest.mark.parametrize(("line", "told"), [
    ('form = "2024"', "form: found a key that there is not, expected one of check_set, datestamps,"),
    ('from = "soon"', "from: found 'soon', expected a date such as 2024-01-31, or a moment such as"),
    ('url = ""', "TOML"),
])
def test_source_when_a_key_is_wrong_is_refused_in_one_line(line: str, told: str) -> None:
    with pytest.raises(SourceError) as refused:
        read_sources(_TABLE + line + "\n")
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


def test_source_when_tried_tells_its_records_and_later_what_changed(tmp_path: Path) -> None:
    with a_member(tmp_path / "one", "one") as at_home:
        nets = (fetched(f"a/net-{each}", f"Net {each}", line=each + 1) for each in range(3))
        harvested(at_home.services, "hub", *nets)
        with served(at_home) as one, a_member(tmp_path / "two", "two", of=one) as two:
            assert try_source(two.services, "other").sentence == "other lists 3 entries."
            previews = preview_source(two.services, "other", 2)
            assert [(each.title, each.outcome) for each in previews] == [("Net 0", "fetched"), ("Net 1", "fetched")]
            two.harvest()
            for each in (one, two):
                each.clock.advance(2 * 86_400)
            told = "other lists 0 entries that changed since it was harvested."
            assert try_source(two.services, "other").sentence == told
