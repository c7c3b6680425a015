"""A day of operation, as an operator plays it: each kind of thing happens, and the registry does what it must."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]


def _played(program: str, *arguments: str) -> str:
    answer = subprocess.run(
        [sys.executable, f"benchmarks/{program}.py", *arguments], cwd=CHECKOUT, capture_output=True, text=True,
        check=False, timeout=300,
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return answer.stdout


@pytest.mark.slow
def test_day_over_the_sample_world_goes_as_it_should() -> None:
    told = _played("day").splitlines()
    assert told[-1] == "everything as it should be"
    rows = [" ".join(line.split()) for line in told]
    for trigger, status in (
        ("schedule", "ok with findings"), ("schedule", "failed"), ("webhook github push", "partial"),
        ("webhook github push", "held"), ("person ada", "ok with findings"),
    ):
        assert any(f" {trigger} {status} " in row for row in rows), (trigger, status)
    mails = [row.partition("Module Registry: ")[2] for row in rows if "mail to" in row]
    assert mails == [
        "deep-open-catalogue fails", "deep-open-catalogue is well again",
        "ai4os-hub waits for a yes: it would take out many modules", "ai4os-hub is well again",
    ]
    # The pause ends at 20:00; what was due meanwhile is done once, then.
    tools = [row for row in rows if row.split()[1:2] == ["ai4os-tools"] and row[:2].isdigit()]
    assert [row[:5] for row in tools][-2:][1] == "20:00"


@pytest.mark.slow
def test_exactly_once_as_a_command_tells_its_figures() -> None:
    told = _played("exactly_once", "--due", "40", "--sources", "4", "--workers", "2")
    assert told.endswith("each due time was executed exactly once\n")
    assert "done twice" in told
