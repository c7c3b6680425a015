"""Harvested markdown becomes HTML that can do nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.web.markdown import rendered
from tests.support.pages import tree

FILES, PAGES = "https://raw.example.org/a/b/HEAD/", "https://example.org/a/b/blob/HEAD/"
_PIECES = st.sampled_from([
    "<script>", "</script>", "<img src=", "onerror=alert(1)", "javascript:alert(1)", "[a](", ")", "![", "](", '"', "'",
    ">",
    "<a href=", "<svg/onload=alert(1)>", "<iframe src=x>", "<!--", "-->", "`", "\n", "# ",
    "| a | b |\n|---|---|\n", "&#106;",
    "<style>*{}</style>", "<math><mi//xlink:href=", "data:text/html,x", "text", "<b>", "\x00",
    "<p id=x class=y style=z>",
])  # fmt: skip


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("# One\n## Two", "<h3>One</h3>\n<h4>Two</h4>\n"),
        ("a ~~b~~ **c**", "<p>a <s>b</s> <strong>c</strong></p>\n"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>\n"),
        ('<a href="javascript:alert(1)">x</a>', '<p><a rel="nofollow noopener noreferrer ugc">x</a></p>\n'),
        (
            '<a href="docs/x.md">x</a>',
            f'<p><a href="{PAGES}docs/x.md" rel="nofollow noopener noreferrer ugc">x</a></p>\n',
        ),
        ("[x](#part)", '<p><a href="#part" rel="nofollow noopener noreferrer ugc">x</a></p>\n'),
        ("<script>alert(1)</script>", ""),
        ("<div onclick=x style=y class=z>a</div>", "<div>a</div>"),
    ],
)
def test_rendered_when_given_markdown_then_plain_elements(markdown: str, expected: str) -> None:
    assert rendered(markdown, files_at=FILES, pages_at=PAGES) == expected


@pytest.mark.parametrize(
    ("markdown", "source"),
    [("![](/pic.png)", f"{FILES}pic.png"), ("<img src='http://example.org/a.png'>", "https://example.org/a.png")],
)
def test_rendered_when_there_is_a_picture_then_over_https_and_without_telling_where_from(
    markdown: str, source: str
) -> None:
    picture = tree(rendered(markdown, files_at=FILES)).xpath("descendant-or-self::img")[0]
    assert dict(picture.attrib) == {"src": source, "alt": "", "loading": "lazy", "referrerpolicy": "no-referrer"}


def test_rendered_when_repository_is_not_known_then_relative_addresses_go() -> None:
    assert "href" not in rendered("[x](docs/x.md)")
    assert "src" not in rendered("![x](x.png)")


@given(st.lists(st.one_of(_PIECES, st.text(max_size=8)), max_size=12).map("".join))
def test_rendered_when_text_is_anything_then_nothing_acts(markdown: str) -> None:
    page = tree(f"<div>{rendered(markdown, files_at=FILES, pages_at=PAGES)}</div>")
    for node in page.iter():
        assert str(node.tag) not in {
            "script", "style", "iframe", "svg", "math", "form", "input", "object", "link", "meta",
        }  # fmt: skip
        for name, value in node.attrib.items():
            assert name in {
                "href", "src", "alt", "title", "rel", "align", "start", "loading", "referrerpolicy",
            }  # fmt: skip
            if name in ("href", "src"):
                assert str(value).startswith(("https:", "http:", "mailto:", "#", "//")), value
