"""Texts made clean as they are read: illegal characters out, blanks in order, tags mended, template text told.

Border: nothing here sanitises HTML for display (the web room does) and nothing escapes for a format;
`vocab.plain_text` takes the words out of Markdown.
"""

from __future__ import annotations

import re
import unicodedata

from vocab.plain_text import plain_text, xml_legal

__all__ = [
    "clean_text", "first_sentence", "is_repository_name", "is_template_text",
    "looks_like_file_name", "malformed_tag", "one_line", "plain_text", "repair_html", "title_from_name",
]

# Control characters that XML would bear, marks that reorder text or are not seen, non-characters.
_UNSEEN = re.compile("[\x7f-\x84\x86-\x9f\u200b\u202a-\u202e\u2060\u2066-\u2069\ufdd0-\ufdef\ufeff]")
_LINE_ENDS = re.compile("\r\n|\r|\x85|\u2028|\u2029")


def clean_text(text: str) -> str:
    """The text in NFC, without characters that XML forbids or nobody sees, with newlines as line ends, stripped."""
    return unicodedata.normalize("NFC", _UNSEEN.sub("", xml_legal(_LINE_ENDS.sub("\n", text)))).strip()


def one_line(text: str) -> str:
    """The clean text on one line, with single blanks. Markup stays as it is written."""
    return " ".join(clean_text(text).split())


_SENTENCE_END = re.compile(r"(?<![A-Z])(?<!e\.g)(?<!i\.e)(?<!\bie)(?<!\beg)(?<!etc)[.!?](?=\s+[A-Z(\"'\[]|\Z)")


def first_sentence(text: str, length: int = 300) -> str:
    """The first sentence of a Markdown text, for use as a summary; cut at a word when longer than `length`."""
    paragraph = " ".join(plain_text(text).split("\n\n", 1)[0].split())
    end = _SENTENCE_END.search(paragraph)
    sentence = paragraph[:end.end()] if end else paragraph
    if len(sentence) <= length:
        return sentence
    words = sentence[:length].rpartition(" ")[0] or sentence[:length - 1]
    return words.rstrip(",;:- ") + "…"


_TAG = re.compile(r"<(img|video|source|a|iframe)\b([^<>]{1,2000}?)(/?)>", re.IGNORECASE)
_VALUE = r"""''([^'<>]*)''|""([^"<>]*)""|"([^"<>]*)"|'([^'<>]*)'|([^\s"'<>,]+)"""
_ATTRIBUTE = re.compile(rf"([a-zA-Z][\w-]*)\s*=\s*(?:{_VALUE})")
_FAULTY = re.compile(r"""['"]\s*,|,\s*[a-zA-Z][\w-]*\s*=|=\s*''[^'\s]|=\s*""[^"\s]""")


def repair_html(text: str) -> str:
    """The text with malformed tags put right: commas between attributes and doubled quotes."""
    return _TAG.sub(_repaired_tag, text)


def malformed_tag(text: str) -> str | None:
    """The first tag of the text that has commas between its attributes or doubled quotes."""
    return next((tag.group() for tag in _TAG.finditer(text) if _FAULTY.search(tag.group(2))), None)


def _repaired_tag(tag: re.Match[str]) -> str:
    if not _FAULTY.search(tag.group(2)):
        return tag.group(0)
    pairs = ((found.group(1), _value_of(found)) for found in _ATTRIBUTE.finditer(tag.group(2)))
    attributes = "".join(f' {name}="{value}"' for name, value in pairs)
    return f"<{tag.group(1)}{attributes}{' /' if tag.group(3) else ''}>"


def _value_of(attribute: re.Match[str]) -> str:
    value = next((value for value in attribute.groups()[1:] if value is not None), "")
    return value.strip().replace('"', "&quot;")


_KIND = r"(?:module|project|model|application|app|repository|repo|package)"
_PART = r"(?:description|summary|title|text)"
_TEMPLATE_TEXT = tuple(re.compile(pattern, re.IGNORECASE) for pattern in (
    r"is an application using the DEEPaaS API",
    r"^(?:an? )?(?:toy|demo) application for (?:demo|testing)",
    rf"^(?:this is )?(?:(?:an?|the) )?(?:(?:short|brief|one[- ]line|long|detailed) )?{_PART} (?:of|for)"
    rf" (?:the|your|my|this) {_KIND}\b",
    rf"^(?:add|write|put|insert|enter|provide) (?:here )?(?:an?|the|your|some) (?:\w+ )?{_PART}\b",
    rf"^(?:my|your)[ _-](?:(?:awesome|new|first)[ _-])?{_KIND}(?: (?:title|name|summary|description))?[.!]?$",
    r"^\{\{.*\}\}$",
))


def is_template_text(text: str) -> bool:
    """Whether a title, summary or description is text that a project template brought along."""
    line = one_line(text)
    return any(pattern.search(line) for pattern in _TEMPLATE_TEXT)


def is_repository_name(title: str, repository: str) -> bool:
    """Whether a title is no more than the name of the repository (`host/owner/name` or a bare name)."""
    return _letters(title) == _letters(_name_of(repository)) != ""


def looks_like_file_name(title: str) -> bool:
    """Whether a title is written like the name of a repository: one word with underscores or several hyphens."""
    line = one_line(title)
    return " " not in line and ("_" in line or line.count("-") >= 2)


_OLD_PREFIX = re.compile(r"(?:UC-.+?-)?DEEP-OC-", re.IGNORECASE)


def title_from_name(repository: str) -> str:
    """A title for people out of a repository's name: `DEEP-OC-satsr` gives `Satsr`, `dogs_breed` gives `Dogs breed`."""
    name = _name_of(repository)
    old = _OLD_PREFIX.match(name)
    words = [word for word in re.split(r"[-_.\s]+", name[old.end():] if old else name) if word]
    return " ".join([words[0][:1].upper() + words[0][1:], *words[1:]]) if words else name


def _name_of(repository: str) -> str:
    return repository.rstrip("/").rsplit("/", 1)[-1].removesuffix(".git")


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text.casefold())
