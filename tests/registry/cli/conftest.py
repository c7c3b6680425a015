"""A command line in this process, over a home of its own, or over one harvested once for all tests that only read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from registry.cli import main
from tests.standin.server import StandIn

SOURCES = Path(__file__).parents[2] / "standin" / "demo-sources.toml"


@dataclass(frozen=True)
class Result:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """Standard output as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]


Modreg = Callable[..., Result]


def commands(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Modreg:
    """`modreg` as a function of its arguments."""

    def modreg(*arguments: str) -> Result:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        out, err = capfd.readouterr()
        return Result(int(ended.value.code or 0), out, err)

    return modreg


def environment_of(home: Path, standin: StandIn) -> dict[str, str]:
    """The settings of a registry that harvests a stand-in."""
    endpoints = home / "endpoints.json"
    home.mkdir(parents=True, exist_ok=True)
    endpoints.write_text(json.dumps(dict(standin.endpoints)), "utf-8")
    return {"MODREG_HOME": str(home), "MODREG_ENDPOINTS": str(endpoints), "MODREG_GITHUB_TOKEN": "any"}


def harvested(environment: dict[str, str], names: Sequence[str] = ()) -> None:
    """Fill a home: init, import, harvest."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        for arguments in (["init"], ["sources", "import", str(SOURCES)], ["harvest", *names]):
            with pytest.raises(SystemExit):
                main(arguments)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of a home that was harvested from the sample world; the stand-in still runs."""
    with StandIn() as standin:
        environment = environment_of(tmp_path_factory.mktemp("filled"), standin)
        harvested(environment)
        yield environment


@pytest.fixture
def reading(
    filled: dict[str, str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Modreg:
    """`modreg` over the filled home, for tests that change nothing."""
    return commands(filled, monkeypatch, capfd)


@pytest.fixture
def modreg(
    tmp_path: Path, standin: StandIn, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Modreg:
    """`modreg` over an empty home and a stand-in of its own."""
    return commands(environment_of(tmp_path / "home", standin), monkeypatch, capfd)
