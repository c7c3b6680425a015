"""`pyproject.toml`, `setup.cfg`, `setup.py`, `VERSION`, licence files."""

from __future__ import annotations

import pytest

from tests.support.documents import a_reading, parts, place
from vocab.record import SourceRecord

PYPROJECT = """[build-system]
requires = ["setuptools"]

[project]
name = "fish-finder"
version = "0.2.0"
description = "Finds fish"
authors = [{ name = "Ada Fisher", email = "ada@sea.eu" }, { name = "Sea Institute" }]
license = { text = "MIT" }
keywords = ["pytorch"]

[project.urls]
"Bug Tracker" = "https://github.com/hub/fish-finder/issues"
Homepage = "https://fish.sea.eu/"
Source = "https://github.com/hub/fish-finder"
"""


def lines(record: SourceRecord) -> dict[str, int | None]:
    """Field → line of the first statement of a packaging file."""
    return {each.field: each.origin.line for each in reversed(record.statements) if each.origin.reader != "listing"}


def test_pyproject_says_the_project_table_with_its_lines() -> None:
    record = a_reading({"pyproject.toml": PYPROJECT})
    assert record.values("version") == ["0.2.0"]
    assert record.values("summary") == ["Finds fish"]
    assert parts(record, "authors", "name", "kind", "email") == [
        ("Ada Fisher", "person", "ada@sea.eu"),
        ("Sea Institute", "organisation", None),
    ]
    assert parts(record, "licence.declared", "spdx") == ["MIT"]
    assert parts(record, "links", "rel") == ["issues", "homepage", "source_code"]
    assert lines(record) == {
        "version": 6,
        "summary": 7,
        "authors": 8,
        "licence.declared": 9,
        "libraries": 10,
        "links": 13,
    }


def test_pyproject_of_poetry_is_read() -> None:
    record = a_reading(
        {"pyproject.toml": '[tool.poetry]\nversion = "1.0"\nauthors = ["Ada Fisher <ada@sea.eu>"]\nlicense = "MIT"\n'}
    )
    assert parts(record, "authors", "name", "email") == [("Ada Fisher", "ada@sea.eu")]
    assert record.values("version") == ["1.0"]


@pytest.mark.parametrize(
    ("text", "line"), [("[project]\nname = \n", 2), ("[project]\nversion = '1", 2), ("a = " + "9" * 5_000, 1)]
)
def test_pyproject_that_is_no_toml_is_unparsed_and_told(text: str, line: int) -> None:
    record = a_reading({"pyproject.toml": text})
    assert record.unparsed == ("pyproject.toml",)
    assert place(record, "toml-unreadable") == ("pyproject.toml", line)


def test_pyproject_with_a_whole_licence_text_leaves_it_to_the_licence_file() -> None:
    record = a_reading({"pyproject.toml": '[project]\nlicense = {text = """Permission is\ngranted"""}\n'})
    assert record.values("licence.declared") == []


def test_setup_cfg_says_the_metadata_of_pbr() -> None:
    record = a_reading({"setup.cfg": """[metadata]
name = fish
summary = Finds fish
description-file =
    README.md
author = Ada Fisher (CSIC), B.Hook (KIT)
author_email = ada@sea.eu, bo@sea.eu
version = 0.1
license = Apache 2.0
home-page = https://fish.sea.eu

[files]
packages =
    fish
"""})
    assert parts(record, "authors", "name", "affiliation", "email") == [
        ("Ada Fisher", "CSIC", "ada@sea.eu"), ("B. Hook", "KIT", "bo@sea.eu"),
    ]
    assert parts(record, "licence.declared", "spdx") == ["Apache-2.0"]
    assert lines(record) == {"version": 8, "summary": 3, "authors": 6, "licence.declared": 9, "links": 10}


@pytest.mark.parametrize("text", ["no section = 1\n", "[metadata\nversion = 1\n"])
def test_setup_cfg_that_is_none_is_unparsed_and_told(text: str) -> None:
    record = a_reading({"setup.cfg": text})
    assert record.unparsed == ("setup.cfg",)
    assert place(record, "ini-unreadable") == ("setup.cfg", 1)


def test_setup_cfg_that_refers_to_a_file_says_nothing_of_it() -> None:
    record = a_reading({"setup.cfg": "[metadata]\nversion = attr: fish.__version__\ndescription = file: README.md\n"})
    assert record.values("version") == []
    assert record.values("summary") == []


def test_setup_py_is_read_and_never_run() -> None:
    record = a_reading({"setup.py": """import setuptools
raise SystemExit("this must not run")
VERSION = "1.2.0"
setuptools.setup(
    name="fish", version=VERSION, author="Ada Fisher", author_email="ada@sea.eu",
    description="Finds" + " fish", license="MIT", keywords=["pytorch", some_name],
)
"""})
    assert record.values("version") == ["1.2.0"]
    assert record.values("summary") == []
    assert parts(record, "authors", "name", "email") == [("Ada Fisher", "ada@sea.eu")]
    assert record.values("libraries") == ["pytorch"]


def test_setup_py_that_is_no_python_is_unparsed_and_told() -> None:
    record = a_reading({"setup.py": "from x import y\nsetup(name='x'\n"})
    assert record.unparsed == ("setup.py",)
    assert place(record, "python-unreadable") == ("setup.py", 2)


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("0.1.0\n", ["0.1.0"]),
        ("\n# comment\nv1.2.3-rc1\n", ["v1.2.3-rc1"]),
        ("see git\n", []),
        ("", []),
        ("1.0 or so\n", []),
    ],
)
def test_version_file_says_a_version_or_nothing(text: str, version: list[str]) -> None:
    record = a_reading({"VERSION": text})
    assert record.values("version") == version


def test_licence_file_is_recognised_by_its_text() -> None:
    record = a_reading({"LICENSE.md": "SPDX-License-Identifier: Apache-2.0\n"})
    assert parts(record, "licence.detected", "spdx") == ["Apache-2.0"]


def test_licence_file_of_an_unknown_text_is_told() -> None:
    record = a_reading({"COPYING": "You may do as you like on Tuesdays.\n"})
    assert record.values("licence.detected") == []
    assert place(record, "licence-unknown") == ("COPYING", 1)
