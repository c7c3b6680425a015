from __future__ import annotations

import contextlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.errors import ListingUnusable
from harvester.sources.catalogue_files import (
    CatalogueFile,
    Defect,
    Row,
    read_gitmodules,
    read_modules_yml,
)

BASE = "https://github.com/sample/catalogue"
Read = Callable[[bytes, str], CatalogueFile]


def test_modules_yml_gives_rows_with_their_lines() -> None:
    body = b"""---
# our modules
- module: https://github.com/sample/one
- module: 'https://github.com/sample/two.git'  # with a remark
  branch: stable
- https://github.com/sample/three
- url: git@github.com:sample/four.git
"""
    assert read_modules_yml(body, BASE) == CatalogueFile([
        Row("https://github.com/sample/one", 3),
        Row("https://github.com/sample/two.git", 4, "stable"),
        Row("https://github.com/sample/three", 6),
        Row("git@github.com:sample/four.git", 7),
    ])


def test_modules_yml_with_a_wrong_row_in_the_middle_keeps_the_others() -> None:
    body = b"- module: https://github.com/sample/one\n- module:\n- [1]\n- module: https://github.com/sample/two\n"
    read = read_modules_yml(body, BASE)
    assert [row.line for row in read.rows] == [1, 4]
    assert read.defects == [
        Defect(2, "This row names no address.", "- module:", "`- module: URL`"),
        Defect(3, "This row names no address.", "- [1]", "`- module: URL`"),
    ]


def test_gitmodules_gives_rows_with_the_lines_of_their_addresses() -> None:
    body = (
        b'\xef\xbb\xbf[submodule "one"]\r\n\tpath = one\r\n\turl = https://github.com/sample/one\r\n\tbranch = main\r\n'
        b'; a remark\r\n[submodule "two"]\r\n\turl = "https://github.com/sample/two.git" ; quoted\r\n\tpath = two\r\n'
        b'\tbranch = .\r\n[other "x"]\r\n\tkey = value\r\n'
        b'[submodule "three"]\r\n\tpath = three\r\n\tURL = ../three.git # beside us\r\n'
    )
    assert read_gitmodules(body, BASE) == CatalogueFile([
        Row("https://github.com/sample/one", 3, "main", "one"),
        Row("https://github.com/sample/two.git", 7, None, "two"),
        Row("https://github.com/sample/three.git", 14, None, "three"),
    ])


def test_gitmodules_with_defects_keeps_every_row_that_has_an_address() -> None:
    body = b"""[submodule "one"]
\tpath = one
[submodule "two"]
\tpath = two
\turl = https://github.com/sample/two
what is this
[submodule "two"]
\tpath = two
\turl = https://github.com/sample/other
"""
    read = read_gitmodules(body, BASE)
    assert [(row.url, row.line) for row in read.rows] == [
        ("https://github.com/sample/two", 5), ("https://github.com/sample/other", 9),
    ]
    assert read.defects == [
        Defect(6, "This line is no setting.", "what is this", "`key = value`"),
        Defect(1, "This section has no url.", "one", "`url = URL`"),
        Defect(7, "The section stands twice, first at line 3.", "two", "one section for each module"),
    ]


@pytest.mark.parametrize(
    ("read", "body", "seen"),
    [
        (read_modules_yml, b"", "MODULES.yml is empty."),
        (read_modules_yml, b" \n\n", "MODULES.yml is empty."),
        (read_modules_yml, b"---\n# nothing\n", "MODULES.yml is empty."),
        (read_modules_yml, b"[]\n", "MODULES.yml looks cut off: its last row (line 0) names no whole address."),
        (read_modules_yml, b"<!DOCTYPE html>\n<html></html>\n",
         "MODULES.yml holds an HTML page instead of a listing."),
        (read_modules_yml, b"- module: https://github.com/sample/one\n- mod",
         "MODULES.yml looks cut off: it ends in the middle of a line."),
        (read_modules_yml, b"- module: https://github.com/sample/one\n- mod\n",
         "MODULES.yml looks cut off: its last row (line 2) names no whole address."),
        (read_modules_yml, b"- module: https://github.com/sample/one\n- module: https://git\n",
         "MODULES.yml looks cut off: its last row (line 2) names no whole address."),
        (read_modules_yml, b"- module: https://github.com/sample/one\n- module:\n",
         "MODULES.yml looks cut off: its last row (line 2) names no whole address."),
        (read_modules_yml, b"message: Not Found\n", "MODULES.yml is not a list of `- module: URL`."),
        (read_modules_yml, b"- module: a: b\n",
         "MODULES.yml is not YAML at line 1: mapping values are not allowed here."),
        (read_modules_yml, b"- \x00\n", "MODULES.yml is no text."),
        (read_modules_yml, b"[" * 20_000 + b"\n", "MODULES.yml is not YAML: RecursionError."),
        (read_gitmodules, b"", ".gitmodules is empty."),
        (read_gitmodules, b"# nothing\n", ".gitmodules names no submodule."),
        (read_gitmodules, b"<html>\n", ".gitmodules holds an HTML page instead of a listing."),
        (read_gitmodules, b'[submodule "one"]\n\tpath = one\n\turl = https://github.com/sam',
         ".gitmodules looks cut off: it ends in the middle of a line."),
        (read_gitmodules,
         b'[submodule "one"]\n\tpath = one\n\turl = https://x.org/a/b\n[submodule "two"]\n\tpath = two\n',
         ".gitmodules looks cut off: its last section (line 4) has no path or no url."),
        (read_gitmodules, b'[submodule "one"]\n\tpath = one\n\turl =\n', ".gitmodules names no address."),
    ],
)
def test_listing_that_must_not_be_believed_is_refused(read: Read, body: bytes, seen: str) -> None:
    with pytest.raises(ListingUnusable) as caught:
        read(body, BASE)
    assert caught.value.seen == seen


@given(
    st.sampled_from([read_modules_yml, read_gitmodules]), st.one_of(st.binary(max_size=300), st.text().map(str.encode))
)
def test_listing_of_any_bytes_is_read_or_refused(read: Read, body: bytes) -> None:
    with contextlib.suppress(ListingUnusable):
        assert read(body, BASE).rows


@given(st.integers(min_value=0, max_value=10_000))
def test_listing_cut_anywhere_but_between_rows_is_refused(cut: int) -> None:
    rows = [f'[submodule "m{n}"]\n\tpath = m{n}\n\turl = https://github.com/sample/m{n}\n' for n in range(5)]
    whole = "".join(rows).encode()
    cut %= len(whole)
    ends = {len("".join(rows[:n])) for n in range(1, 6)}
    if cut in ends:
        assert len(read_gitmodules(whole[:cut], BASE).rows) == sorted(ends).index(cut) + 1
    else:
        with pytest.raises(ListingUnusable):
            read_gitmodules(whole[:cut], BASE)
