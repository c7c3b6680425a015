"""The manual's lines work as they stand: an operator types them in the order of the page, over the sample world."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from registry.cli import main
from tests.standin.server import StandIn

CHECKOUT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
# The catalogues that exist, and those of the sample world that stand for them.
PLAYED = {
    "ai4os-hub/modules-catalog": "sample-hub/modules-catalog",
    "ai4os/tools-catalog": "sample-tools/tools-catalog",
    "deephdc/deep-oc": "sample-oc/open-catalogue",
}
DONE, DONE_BUT = 0, 3


def _lines(page: str, program: str) -> list[list[str]]:
    text = (CHECKOUT / page).read_text("utf-8")
    lines = [line for block in BLOCK.findall(text) for line in block.splitlines()]
    return [shlex.split(line[2:])[1:] for line in lines if line.startswith(f"$ {program} ")]


@pytest.fixture
def typed_at(tmp_path: Path, standin: StandIn, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a registry with the configuration that is shipped, over the sample world."""
    config = tmp_path / "config"
    config.mkdir()
    for file in ("registry.toml", "sources.toml"):
        text = (CHECKOUT / "config" / file).read_text("utf-8")
        for real, sample in PLAYED.items():
            text = text.replace(f'catalogue = "{real}"', f'catalogue = "{sample}"')
        (config / file).write_text(text, "utf-8")
    (config / "endpoints.json").write_text(json.dumps(dict(standin.endpoints)), "utf-8")
    monkeypatch.setenv("MODREG_ENDPOINTS", "config/endpoints.json")
    monkeypatch.setenv("MODREG_GITHUB_TOKEN", "sample")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.slow
def test_lines_of_the_operators_guide_work_in_their_order(
    typed_at: Path, standin: StandIn, capfd: pytest.CaptureFixture[str]
) -> None:
    lines = _lines("docs/operator.md", "modreg")
    assert ["init"] in lines
    assert ["harvest"] in lines
    for line in lines:
        with pytest.raises(SystemExit) as ended:
            main(line)
        out, errors = capfd.readouterr()
        assert ended.value.code in (DONE, DONE_BUT), f"modreg {shlex.join(line)}: {errors}"
        assert out or errors, f"modreg {shlex.join(line)} says nothing"
        assert "Traceback" not in errors
    assert any("/sample-oc/" in row.target for row in standin.requests)
    played = {urlsplit(address).path for address in standin.endpoints.values()}
    asked = {row.target[: row.target.index("/", 1)] for row in standin.requests}
    assert played - asked <= {"/raw"}  # files come by the API where there is a token
    assert (typed_at / "var" / "registry.sqlite3").is_file()


def test_make_lines_of_the_readme_name_targets_that_there_are() -> None:
    targets = re.findall(r"^([a-z-]+):.*## ", (CHECKOUT / "Makefile").read_text("utf-8"), re.MULTILINE)
    lines = _lines("README.md", "make")
    assert lines
    assert [line for line in lines if line[0] not in targets] == []
    for line in lines:  # what make itself would say of them
        told = subprocess.run(
            ["make", "--dry-run", *line], cwd=CHECKOUT, capture_output=True, text=True, check=False, timeout=30
        )
        assert told.returncode == 0, told.stderr
