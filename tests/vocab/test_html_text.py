from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vocab.html_text import markdown_of_html
from vocab.plain_text import plain_text
from vocab.text import clean_text

TAGS = st.sampled_from([
    "<p>", "</p>", "<ul>", "<ol>", "<li>", "</li>", "</ul>", "<a href='https://sea.eu/x'>", "</a>", "<br/>", "<pre>",
    "</pre>", "<script>", "</script>", "<h2>", "</h2>", "<!-- ", "-->", "<", ">", "&lt;", "&amp;", "<td>", "<b>", "`",
])
PIECES = st.lists(st.one_of(TAGS, st.text(max_size=12)), max_size=30).map("".join)


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>One</p>\n<p>Two\nlines</p>", "One\n\nTwo lines"),
        ("First<br>second", "First\\\nsecond"),
        ("<h1>What is new</h1>text", "### What is new\n\ntext"),
        ("<ul><li>fish</li><li><p>crab</p></li></ul>", "- fish\n- crab"),
        ("<ol><li>fish<ul><li>small</li></ul></li></ol>", "1. fish\n  - small"),
        ('<p>see <a href="https://sea.eu/a_(b)">here</a></p>', "see [here](<https://sea.eu/a_(b)>)"),
        ('<a href="https://sea.eu/x">https://sea.eu/x</a>', "<https://sea.eu/x>"),
        ('<a href="javascript:alert(1)">here</a>', "here"),
        ("<pre><code>pip install x\n  y</code></pre>", "```\npip install x\n  y\n```"),
        ("<pre>a ``` b</pre>", "````\na ``` b\n````"),
        ("<p>a</p><script>alert(1)</script><p>b</p>", "a\n\nb"),
        ("<p>a</p><style>p {}", "a"),
        ("<p>5 &lt; 7 &amp; a*b_c</p>", "5 \\< 7 & a\\*b_c"),
        ("<p># not a heading</p><p>1. no list</p><p>- nor</p>", "\\# not a heading\n\n1\\. no list\n\n\\- nor"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a b"),
        ("<p></p><p> </p>", ""),
        ("No tag at all:\n* one\n* two &amp; three", "No tag at all:\n* one\n* two & three"),
    ],
)
def test_html_of_a_form_becomes_markdown_that_says_the_same(html: str, markdown: str) -> None:
    assert markdown_of_html(html) == markdown


def test_what_is_escaped_is_the_text_again_when_it_is_read() -> None:
    html = "<p>a*b* _c_ [d](e) &lt;i&gt;f `g` &amp;amp; 1. h</p>"
    assert plain_text(markdown_of_html(html)) == "a*b* _c_ [d](e) f `g` & 1. h"


@given(st.text(st.characters(exclude_characters="<>&", exclude_categories=("Cc", "Cs", "Cf", "Cn", "Co")), max_size=60))
def test_words_of_a_paragraph_are_the_same_words_in_markdown(text: str) -> None:
    assert plain_text(markdown_of_html(f"<p>{text}</p>")).split() == clean_text(text).split()


@given(PIECES)
def test_no_html_makes_trouble_and_no_script_is_left(text: str) -> None:
    made = markdown_of_html(text)
    assert made == clean_text(made)
    assert "<script>" not in made.replace("\\<", "")


@pytest.mark.parametrize(
    "piece", ["<", "<a ", "<!--", "<a href='", "<p>", "&amp;", "<ul><li>", "<a href='http://sea.eu/'>", "_*", "<pre>`"]
)
def test_time_grows_with_the_length_only(piece: str) -> None:
    begun = time.process_time()
    markdown_of_html(piece * (200_000 // len(piece)))
    assert time.process_time() - begun < 3
