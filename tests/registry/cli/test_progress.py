"""The bar of a harvest tells rate, time to the end and quota; foreign text on a terminal moves nothing."""

from __future__ import annotations

import pytest

from registry.cli.output import plain
from registry.cli.progress import progress_bar
from registry.progress import Progress

HALFWAY = Progress(
    "hub", 40, 80, entry="github.com/a/one", outcome="fetched", rate=2.5, left_s=75,
    remaining={"github": 4900},
)


def test_bar_when_a_run_goes_on_then_rate_time_and_quota(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    with progress_bar(quiet=False) as bars, bars.of("hub") as report:
        report(HALFWAY)
    shown = capsys.readouterr().err

    assert "40/80" in shown
    assert "2.5/s, 1 min 15 s left, quota github 4900" in shown


def test_foreign_text_when_shown_then_it_moves_no_terminal() -> None:
    assert plain("a/one\x1b[31m\x07\u202eb\nc") == "a/one [31m  b c"


def test_bar_when_quiet_then_nothing_is_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar(quiet=True) as bars, bars.of("hub") as report:
        report(HALFWAY)

    assert capsys.readouterr() == ("", "")
