"""Harvested markdown as HTML that can be shown: raw HTML in it is cleaned, not trusted.

Descriptions mix markdown with hand-written HTML, so HTML is let through the markdown step and everything is then
sanitised by nh3 with our own short list of elements. Nothing a module says can run a script, send a form, or load a
page; images are loaded over https only and without telling where from.
"""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

import nh3
from markdown_it import MarkdownIt

from vocab.text import repair_html

# fmt: off
_TAGS = {
    "a", "abbr", "b", "blockquote", "br", "code", "dd", "del", "details", "div", "dl", "dt", "em", "h3", "h4", "h5",
    "h6", "hr", "i", "img", "kbd", "li", "ol", "p", "pre", "s", "span", "strong", "sub", "summary", "sup", "table",
    "tbody", "td", "th", "thead", "tr", "u", "ul",
}
# fmt: on
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "td": {"align"},
    "th": {"align"},
    "ol": {"start"},
}
# A picture that nobody described is passed over by screen readers, not spelled out by its address.
_WITHOUT_WORDS = re.compile(r"<img (?![^>]*\balt=)")
_RELATIVE_TO_REPOSITORY = frozenset({"src", "href"})

_MARKDOWN = MarkdownIt("commonmark", {"html": True, "linkify": False}).enable(["table", "strikethrough"])


def rendered(markdown: str, *, files_at: str | None = None, pages_at: str | None = None) -> str:
    """HTML of a harvested markdown text.

    Args:
        markdown: The text; anything.
        files_at: Address that relative images are relative to (raw files of the repository), ending in `/`.
        pages_at: Address that relative links are relative to, ending in `/`.

    Returns:
        HTML of `_TAGS` only, headings lowered by two levels to stand below the page's own.
    """
    html = _lowered(_MARKDOWN.render(repair_html(markdown)))

    def filtered(tag: str, attribute: str, value: str) -> str | None:
        if attribute not in _RELATIVE_TO_REPOSITORY:
            return value
        return _address(value, files_at if tag == "img" else pages_at, image=tag == "img")

    cleaned = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=filtered,
        url_schemes={"https", "http", "mailto"},
        link_rel="nofollow noopener noreferrer ugc",
        set_tag_attribute_values={"img": {"loading": "lazy", "referrerpolicy": "no-referrer"}},
    )
    return _WITHOUT_WORDS.sub('<img alt="" ', cleaned)


def _address(value: str, base: str | None, *, image: bool) -> str | None:
    parts = urlsplit(value.strip())
    if parts.scheme or parts.netloc:
        # A picture over http would be blocked or warned about on an https page.
        return "https:" + value.strip()[5:] if image and parts.scheme == "http" else value
    if value.startswith("#"):
        return value
    return urljoin(base, value.lstrip("/")) if base else None


def _lowered(html: str) -> str:
    for level in range(4, 0, -1):
        html = html.replace(f"<h{level}>", f"<h{level + 2}>").replace(f"</h{level}>", f"</h{level + 2}>")
    return html
