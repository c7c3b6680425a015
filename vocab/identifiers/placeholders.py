"""Texts that stand where a value should be: template words, sample addresses, sample identifiers.

One table of patterns; a value that matches a row counts as absent everywhere. Border: this room knows only texts that
nobody can have meant, never values that are merely doubtful.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class PlaceholderRule:
    """One row: a pattern that must match the whole text (blanks around it ignored), and what it stands for."""

    pattern: re.Pattern[str]
    meaning: str


def _rule(meaning: str, *alternatives: str) -> PlaceholderRule:
    return PlaceholderRule(re.compile(rf"(?:{'|'.join(alternatives)})\Z", re.IGNORECASE | re.ASCII), meaning)


_WEB = r"(?:https?://)?(?:www\.)?"
_HOSTS = r"(?:[a-z0-9-]{1,63}\.){0,6}"
_TAIL = r"(?::\d{1,5})?(?:[/?#]\S{0,300})?"
_DOI = r"(?:(?:https?://)?(?:dx\.)?doi\.org/|doi:\s?)?"
_END = r"[ .!\u2026]{0,5}"
_SITES = r"(?:site|url|domain|website|page|link|dataset|repo|project)s?"
_ACCOUNTS = r"(?:user|username|name|org|organi[sz]ation|repo|repository|project|account)"
_COUNTING = r"1234(?:5(?:6(?:78?)?)?)?"
_THINGS = (
    r"(?:name|title|e-?mail|author|affiliation|organi[sz]ation|institute|institution|description|summary|text"
    r"|keywords?|tags?|url|link|doi|orcid|project|module|model|version)"
)

PLACEHOLDERS: tuple[PlaceholderRule, ...] = (
    _rule("no value", r"[-\u2013\u2014.?_*\u2026]{1,20}"),
    _rule("no value", r"n/?a\.?", "none", "null", "nil", "undefined", "unknown"),
    _rule("no value", "not (?:available|applicable|known|specified|set)"),
    _rule("to be written", rf"(?:todo|tbd|tba|tbc|fixme|xxx+|wip|coming soon){_END}"),
    _rule("to be written", r"(?:todo|fixme|tbd)\s*[:-].{0,200}"),
    _rule("to be written", rf"to be (?:done|defined|added|announced|confirmed){_END}"),
    _rule("template address", rf"{_WEB}add-(?:some|your)-[a-z0-9-]{{1,80}}\.[a-z]{{2,6}}{_TAIL}"),
    _rule("template address", rf"{_WEB}(?:your|my|some)-?{_SITES}\.[a-z]{{2,6}}{_TAIL}"),
    _rule("template address", rf"(?:https?://)?[\w./-]{{0,100}}/(?:your|my)[-_]?{_ACCOUNTS}(?:/\S{{0,200}})?"),
    _rule("template address", r"https?://(?:\.{0,3}|url|link|path)/?", rf"{_WEB}(?:(?:dx\.)?doi|orcid)\.org/?"),
    _rule("sample address", rf"(?:[a-z]{{2,6}}://)?{_HOSTS}example\.(?:com|org|net|edu){_TAIL}"),
    _rule("reserved address", rf"https?://{_HOSTS}(?:example|invalid|test){_TAIL}"),
    _rule("sample mail address", rf"(?:mailto:)?[\w.+-]{{1,64}}@{_HOSTS}example\.(?:com|org|net|edu)"),
    _rule("template date", r"y{4}([-/.])m{2}\1d{2}(?:[t ]hh:mm(?::ss)?z?)?"),
    _rule("template date", r"dd([-/.])mm\1y{4}", "0000-00-00"),
    _rule("template date", r"mm([-/.])dd\1y{4}"),
    _rule("no licence", "no licen[cs]e(?: file)?", "without licen[cs]e", "licen[cs]e(?: file)?"),
    _rule("no licence", "(?:your|some|add(?: a| your)?) licen[cs]e"),
    _rule("template mark", r"(?:https?://)?<[^<>@:/]{1,80}>", r"\[(?:your|insert|add)\b[^\[\]]{0,80}\]"),
    _rule("template mark", r"\{\{.{0,200}\}\}", r"\$\{[^{}]{0,80}\}"),
    _rule("template text", rf"(?:your|my)[ _-](?:full[ _-])?{_THINGS}(?: here)?{_END}"),
    _rule("template text", rf"(?:insert|enter|write|add)(?:[ _-](?:your|some|an?|the))?[ _-]{_THINGS}(?: here)?{_END}"),
    _rule("template text", r"(?:short|long|brief|one[- ]line) (?:description|summary) (?:of|here)\b.{0,120}"),
    _rule("filler text", r"lorem ipsum\b[^\0]{0,4000}"),
    _rule("sample person", r"(?:first ?name|name)[ ,]{1,3}(?:last ?name|surname)", "author[_ ]?(?:name)?"),
    _rule("sample person", "(?:john|jane) doe", "max mustermann"),
    _rule("sample DOI", rf"{_DOI}10\.5281/zenodo\.(?:x{{2,10}}|n{{1,10}}|#{{1,10}}|0{{2,10}}|{_COUNTING})"),
    _rule("sample DOI", rf"{_DOI}10\.(?:x{{4,5}}|n{{4,5}}|1234|12345|5072|0000)/\S{{1,200}}"),
    _rule("sample ORCID", r"(?:https?://orcid\.org/)?(?:x{4}-x{4}-x{4}-x{4}|0{4}-0{4}-0{4}-0{4})"),
)
_MAX_LENGTH = 5000
# Longer texts are not remembered: they seldom come twice.
_SHORT = 300


def placeholder_meaning(text: object) -> str | None:
    """What kind of placeholder a text is (`template address`, `no licence`, …), or None when it is a real value."""
    if not isinstance(text, str) or len(text) > _MAX_LENGTH:
        return None
    return _remembered(text) if len(text) <= _SHORT else _meaning(text)


def _meaning(text: str) -> str | None:
    bare = text.strip().strip("\"'`").strip()
    if not bare:
        return "no value"
    return next((row.meaning for row in PLACEHOLDERS if row.pattern.match(bare)), None)


_remembered = lru_cache(maxsize=4_000)(_meaning)


def is_placeholder(text: object) -> bool:
    """Whether a text stands where a value should be: empty, a template word, a sample address or identifier."""
    return placeholder_meaning(text) is not None
