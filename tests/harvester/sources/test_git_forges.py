from __future__ import annotations

import base64

import pytest

from harvester.sources.git_forges import clone_address, credential_for, file_page, tag_page, web_address

CLONED = {
    "https://github.com/Mods/One": "https://github.com/Mods/One.git",
    "https://github.com/Mods/One.git": "https://github.com/Mods/One.git",
    "http://github.com/Mods/One/": "https://github.com/Mods/One.git",
    "https://ada:secret@github.com/Mods/One": "https://github.com/Mods/One.git",
    "https://github.com/Mods/One/tree/main/docs": "https://github.com/Mods/One.git",
    "git@github.com:Mods/One.git": "https://github.com/Mods/One.git",
    "ssh://git@gitlab.sea-lab.eu:2222/a/b/c.git": "https://gitlab.sea-lab.eu/a/b/c.git",
    "git+https://codeberg.org/a/b": "https://codeberg.org/a/b.git",
    "gitlab.com/group/sub/name": "https://gitlab.com/group/sub/name.git",
    "https://code.sea-lab.eu/a/b.git": "https://code.sea-lab.eu/a/b.git",
    "https://code.sea-lab.eu/a/b": "https://code.sea-lab.eu/a/b",
    "http://127.0.0.1:8080/a/b.git": "http://127.0.0.1:8080/a/b.git",
}


@pytest.mark.parametrize("written", CLONED)
def test_address_is_cloned_from_one_place_however_it_is_written(written: str) -> None:
    assert clone_address(written) == CLONED[written]
    assert clone_address(CLONED[written]) == CLONED[written]


@pytest.mark.parametrize("written", ["", "https://github.com", "mods/one", "file:///etc/passwd", "https://x y/z/a"])
def test_what_is_no_address_is_cloned_from_nowhere(written: str) -> None:
    assert clone_address(written) is None


PAGES = {
    "https://github.com/a/b": ("/blob/c0/docs/a%20b.md", "/tree/v1"),
    "https://gitlab.com/a/b": ("/-/blob/c0/docs/a%20b.md", "/-/tree/v1"),
    "https://bitbucket.org/a/b": ("/src/c0/docs/a%20b.md", "/src/v1"),
    "https://codeberg.org/a/b": ("/src/commit/c0/docs/a%20b.md", "/src/tag/v1"),
    "https://git.sr.ht/~a/b": ("/tree/c0/item/docs/a%20b.md", "/tree/v1"),
}


@pytest.mark.parametrize("web", PAGES)
def test_file_and_tag_have_the_page_that_their_forge_gives_them(web: str) -> None:
    file, tag = PAGES[web]
    assert file_page(web, "c0")("docs/a b.md") == web + file
    assert tag_page(web, "v1") == web + tag


def test_file_on_an_unknown_forge_has_the_page_of_its_repository() -> None:
    assert file_page("https://code.example.org/a/b", "c0")("x") == "https://code.example.org/a/b"
    assert tag_page("https://code.example.org/a/b", "v1") is None
    assert web_address("https://code.example.org/a/b.git") == "https://code.example.org/a/b"


@pytest.mark.parametrize(
    ("token", "address", "shown"),
    [
        ("t", "https://github.com", "x-access-token:t"), ("t", "https://gitlab.com", "oauth2:t"),
        ("t", "https://bitbucket.org", "x-token-auth:t"), ("ada:t", "https://github.com", "ada:t"),
    ],
)
def test_token_is_shown_under_the_name_that_its_forge_expects(token: str, address: str, shown: str) -> None:
    credential = credential_for(token, address)
    assert credential is not None
    assert (credential.scheme, base64.b64decode(credential.token).decode()) == ("Basic", shown)
    assert not credential.fits("https://elsewhere.example.org/a/b")
    assert credential_for(None, address) is None
