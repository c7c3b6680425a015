"""Texts made clean: illegal characters out, blanks in order, plain words out of Markdown and HTML, template text told.

Border: nothing here sanitises HTML for display (the web room does); `plain_text` gives words, never markup.
"""

from __future__ import annotations

import html
import re
import unicodedata

# Characters that XML 1.0 forbids, lone surrogates and the marks that reorder text.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\u202a-\u202e\u2066-\u2069\ufeff]|[" +
                      "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(1, 17)) + "]")
_BLANKS = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u205f\u3000]+")


def clean_text(text: str) -> str:
    """The text without characters that XML forbids, with `\\n` line ends and without blanks around it."""
    composed = unicodedata.normalize("NFC", _ILLEGAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\x85", "\n")))
    return composed.strip()


def one_line(text: str) -> str:
    """The clean text on one line, with single blanks."""
    return _BLANKS.sub(" ", re.sub(r"\s+", " ", clean_text(text))).strip()


_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)\b([^<>]*?)/?>")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_DROPPED = re.compile(r"<(script|style|video|iframe|svg|object)\b[^<>]*>.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_MARKDOWN = (
    (re.compile(r"^ {0,3}(?:```|~~~)[^\n]*$", re.MULTILINE), ""),
    (re.compile(r"^ {0,3}\[[^\]\n]{1,200}\]:[ \t]*\S+.*$", re.MULTILINE), ""),
    (re.compile(r"\[!\[[^\]\n]{0,300}\]\([^)\n]{0,600}\)\]\([^)\n]{0,600}\)"), ""),
    (re.compile(r"!\[[^\]\n]{0,300}\]\([^)\n]{0,600}\)"), ""),
    (re.compile(r"!?\[([^\]\n]{1,300})\]\([^)\n]{0,600}\)"), r"\1"),
    (re.compile(r"\[([^\]\n]{1,300})\]\[[^\]\n]{0,200}\]"), r"\1"),
    (re.compile(r"<((?:https?|mailto):[^<>\s]{1,600})>"), r"\1"),
    (re.compile(r"^ {0,3}#{1,6}[ \t]+(.*?)[ \t]*#*[ \t]*$", re.MULTILINE), r"\1"),
    (re.compile(r"^ {0,3}(?:=+|-{2,}|\*{3,}|_{3,})[ \t]*$", re.MULTILINE), ""),
    (re.compile(r"^[ \t]*>[ \t]?", re.MULTILINE), ""),
    (re.compile(r"^[ \t]*(?:[-*+]|\d{1,3}[.)])[ \t]+", re.MULTILINE), ""),
    (re.compile(r"(\*\*\*|\*\*|__)(?=\S)(.{1,500}?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<![\w*])\*(?=[^\s*])([^*\n]{1,500}?)(?<=[^\s*])\*(?![\w*])"), r"\1"),
    (re.compile(r"(?<![\w_])_(?=[^\s_])([^_\n]{1,500}?)(?<=[^\s_])_(?![\w_])"), r"\1"),
    (re.compile(r"(`{1,3})([^`\n]{1,300})\1"), r"\2"),
    (re.compile(r"\\([\\`*_{}\[\]()#+\-.!>~|])"), r"\1"),
)


def plain_text(text: str) -> str:
    """The words of a Markdown or HTML text: paragraphs parted by an empty line, no markup, no images."""
    words = _DROPPED.sub(" ", _COMMENT.sub(" ", repair_html(clean_text(text))[:200_000]))
    for pattern, replacement in _MARKDOWN:
        words = pattern.sub(replacement, words)
    words = _TAG.sub(lambda tag: "\n" if tag.group(2).lower() in {"br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6"} else "", words)
    words = clean_text(html.unescape(words))
    paragraphs = (one_line(paragraph) for paragraph in re.split(r"\n[ \t]*\n", words))
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def first_sentence(text: str, length: int = 300) -> str:
    """The first sentence of a Markdown or HTML text for use as a summary, at most `length` characters."""
    paragraph = plain_text(text).split("\n\n", 1)[0]
    end = re.search(r"(?<![A-Z])(?<!e\.g)(?<!i\.e)(?<!ie)(?<!etc)[.!?](?=\s+[A-Z(\"']|\Z)", paragraph)
    sentence = paragraph[:end.end()] if end else paragraph
    if len(sentence) <= length:
        return sentence
    return sentence[:length - 1].rsplit(" ", 1)[0].rstrip(",;:-") + "…"


_BAD_TAG = re.compile(r"<(img|video|source|a|iframe)\b([^<>]{1,2000}?)(/?)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([a-zA-Z][\w-]*)\s*=\s*(?:''([^'<>]*)''|""([^"<>]*)""|"([^"<>]*)"|'([^'<>]*)'|([^\s"'<>,]+))""")
_FAULTY = re.compile(r"""['"]\s*,|,\s*[a-zA-Z][\w-]*\s*=|=\s*''[^'\s]|=\s*""[^"\s]""")


def repair_html(text: str) -> str:
    """The text with malformed tags put right: commas between attributes and doubled quotes."""
    return _BAD_TAG.sub(_repaired_tag, text)


def has_malformed_html(text: str) -> bool:
    """Whether a tag of the text has commas between its attributes or doubled quotes."""
    return any(_FAULTY.search(tag.group(2)) for tag in _BAD_TAG.finditer(text))


def _repaired_tag(tag: re.Match[str]) -> str:
    if not _FAULTY.search(tag.group(2)):
        return tag.group(0)
    pairs = ((found.group(1), next((value for value in found.groups()[1:] if value is not None), "")) for found in _ATTRIBUTE.finditer(tag.group(2)))
    attributes = "".join(f' {name}="{value.strip()}"' for name, value in pairs)
    return f"<{tag.group(1)}{attributes}{' /' if tag.group(3) else ''}>"


_TEMPLATE_TEXT = (
    re.compile(r"is an application using the DEEPaaS API", re.IGNORECASE),
    re.compile(r"^(?:a )?(?:toy|demo) application for (?:demo|testing)", re.IGNORECASE),
    re.compile(r"^(?:this is )?(?:a |an |the )?(?:short|brief|one[- ]line|long|detailed)? ?(?:description|summary|title) (?:of|for) (?:the|your|my|this) (?:module|project|model|application|app|repository)\b", re.IGNORECASE),
    re.compile(r"^(?:add|write|put|insert|enter|provide) (?:here )?(?:a|an|the|your|some) (?:\w+ )?(?:description|summary|title|text)\b", re.IGNORECASE),
    re.compile(r"^(?:my|your)[ _-](?:awesome |new |first )?(?:module|project|model|app|application|repo|repository)\b", re.IGNORECASE),
    re.compile(r"^\{\{.*\}\}$"),
)


def is_template_text(text: str) -> bool:
    """Whether a title, summary or description is text that a project template brought along."""
    line = one_line(text)
    return any(pattern.search(line) for pattern in _TEMPLATE_TEXT)


def is_repository_name(title: str, repository: str) -> bool:
    """Whether a title is no more than the name of the repository (`host/owner/name` or a bare name)."""
    return _letters(title) == _letters(repository.rsplit("/", 1)[-1].removesuffix(".git")) != ""


def looks_like_file_name(title: str) -> bool:
    """Whether a title is written like the name of a repository: one word with underscores or several hyphens."""
    line = one_line(title)
    return " " not in line and ("_" in line or line.count("-") >= 2 or line.upper().startswith("DEEP-OC-"))


def title_from_name(repository: str) -> str:
    """A title for people made of a repository's name: `DEEP-OC-satsr` → `Satsr`, `dogs_breed_det` → `Dogs breed det`."""
    name = repository.rsplit("/", 1)[-1].removesuffix(".git")
    words = [word for word in re.split(r"[-_.\s]+", re.sub(r"^(?:UC-[^-]+(?:-[^-]+)?-)?DEEP-OC-", "", name, flags=re.IGNORECASE)) if word]
    return " ".join([words[0][:1].upper() + words[0][1:], *words[1:]]) if words else name


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.casefold())
