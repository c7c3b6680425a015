r"""HTML that somebody typed into a form → Markdown that says the same: paragraphs, headings, lists, links, code.

Whatever else there is goes away with its tags; scripts and styles go with their content. The text itself is escaped,
so that a `*` or `<` in it stays one. A text without any tag is Markdown already, or plain. Work grows with the length
of the text only. Border: the result is text, not safe HTML; whoever shows it as HTML makes it safe. CommonMark 0.31
§2.4 (backslash escapes).
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from vocab.identifiers import clean_url
from vocab.text import clean_text

_MAX = 200_000
_TOKEN = re.compile(
    r"<(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]{0,15})(?P<attributes>(?:[\s/][^<>]{0,2000})?)>|<!--.{0,500}?-->|<[!?][^<>]{0,500}>",
    re.DOTALL,
)
_HREF = re.compile(r"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_MUTED = frozenset({"script", "style", "head", "template", "noscript", "svg", "math"})
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt", "figcaption",
    "figure", "footer", "header", "hr", "main", "p", "section", "summary", "table", "tbody", "tfoot", "thead", "tr",
})
_HEADINGS = {f"h{level}": "#" * min(6, level + 2) for level in range(1, 7)}
_LISTS = frozenset({"ul", "ol"})
_ESCAPED = re.compile(r"[\\`*\[\]<]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w{1,31};)")
_AT_START = re.compile(r"\A(\s*)(?:([#>+=~|-])|(\d{1,9})([.)]))")
_MAX_DEPTH = 6


def markdown_of_html(text: str) -> str:
    """The Markdown of a text that may be HTML; clean, without anything that is not seen."""
    text = text[:_MAX]
    if not _TOKEN.search(text):
        return clean_text(html.unescape(text))
    page, at, muted = _Page(), 0, ""
    for token in _TOKEN.finditer(text):
        name = (token["name"] or "").lower()
        if not muted:
            page.say(html.unescape(text[at : token.start()]))
        at = token.end()
        if muted:
            muted = "" if token["end"] and name == muted else muted
        elif name in _MUTED:
            muted = "" if token["end"] or (token["attributes"] or "").endswith("/") else name
        elif name:
            page.close(name) if token["end"] else page.open(name, token["attributes"] or "")
    if not muted:
        page.say(html.unescape(text[at:]))
    return page.markdown()


@dataclass(slots=True)
class _Page:
    """The growing Markdown: finished blocks, and the one that is being written."""

    blocks: list[str] = field(default_factory=list)
    line: list[str] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)
    prefix: str = ""
    link: tuple[int, str] | None = None
    code: bool = False

    def say(self, text: str) -> None:
        """Text between two tags."""
        self.line.append(text if self.code else _escaped(re.sub(r"\s+", " ", text)))

    def open(self, name: str, attributes: str) -> None:
        """A tag that begins something, or stands alone."""
        if name == "br":
            self.line.append("\n")
        elif name in ("td", "th"):
            self.line.append(" ")
        elif name == "a":
            self._open_link(attributes)
        elif name in _LISTS:
            self._end()
            self.lists = [*self.lists, name][-_MAX_DEPTH:]
        elif name == "li":
            self._end()
            depth = max(0, len(self.lists) - 1)
            self.prefix = "  " * depth + ("1. " if self.lists[-1:] == ["ol"] else "- ")
        elif name == "pre":
            self._end()
            self.code = True
        elif name in _HEADINGS:
            self._end()
            self.prefix = _HEADINGS[name] + " "
        elif name in _BLOCKS:
            self._end(keep_prefix=True)

    def close(self, name: str) -> None:
        """A tag that ends something."""
        if name == "a":
            self._close_link()
        elif name in _LISTS:
            self._end()
            self.lists = self.lists[:-1]
        elif name in _BLOCKS or name in _HEADINGS or name in ("li", "pre"):
            self._end()

    def markdown(self) -> str:
        """All of it."""
        self._end()
        made = ""
        for before, block in zip(["", *self.blocks], self.blocks, strict=False):
            close = _is_item(before) and _is_item(block)
            made += ("" if not made else "\n" if close else "\n\n") + block
        return clean_text(made)

    def _open_link(self, attributes: str) -> None:
        self._close_link()
        match = _HREF.search(attributes)
        url = clean_url(html.unescape(next(filter(None, match.groups()), ""))) if match else None
        if url and not self.code and "<" not in url and ">" not in url:
            self.link = (len(self.line), url)

    def _close_link(self) -> None:
        if self.link is None:
            return
        (start, url), self.link = self.link, None
        words = " ".join("".join(self.line[start:]).split())
        if words and start <= len(self.line):
            bare = words.replace("\\", "")
            self.line[start:] = [f"<{url}>" if clean_url(bare) == url else f"[{words}](<{url}>)"]

    def _end(self, *, keep_prefix: bool = False) -> None:
        """Finish the block; one without words is none, and hands its mark on."""
        self._close_link()
        text = "".join(self.line)
        self.line = []
        if self.code:
            self.code = False
            if text.strip():
                fence = "`" * max(3, *(len(each) + 1 for each in re.findall(r"`+", text)), 3)
                self.blocks.append(f"{fence}\n{text.strip(chr(10))}\n{fence}")
            return
        lines = (_AT_START.sub(_escaped_start, " ".join(each.split())) for each in text.split("\n"))
        words = "\\\n".join(each for each in lines if each)
        if not words:
            self.prefix = self.prefix if keep_prefix else ""
            return
        self.blocks.append(self.prefix + words)
        self.prefix = ""


def _escaped(text: str) -> str:
    return _ESCAPED.sub(lambda match: "\\" + match.group(0), text)


def _escaped_start(match: re.Match[str]) -> str:
    """What would begin a heading, a quotation or a list at the start of a block."""
    blanks, sign, number, dot = match.groups()
    return f"{blanks}\\{sign}" if sign else f"{blanks}{number}\\{dot}"


def _is_item(block: str) -> bool:
    return bool(re.match(r" *(?:- |1\. )", block))
