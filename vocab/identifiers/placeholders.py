"""Texts that stand where a value should be: template words, sample addresses, sample identifiers.

One table of patterns; a value that matches a row counts as absent everywhere. Border: this room knows only texts that
nobody can have meant, never values that are merely doubtful.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_WHOLE = re.IGNORECASE


@dataclass(frozen=True, slots=True)
class PlaceholderRule:
    """One row: a pattern that must match the whole text (blanks around it ignored), and what it stands for."""

    pattern: re.Pattern[str]
    meaning: str


def _rule(pattern: str, meaning: str) -> PlaceholderRule:
    return PlaceholderRule(re.compile(rf"(?:{pattern})\Z", _WHOLE), meaning)


PLACEHOLDERS: tuple[PlaceholderRule, ...] = (
    _rule(r"[-–—.?_*…]{1,20}|n/?a\.?|none|null|nil|undefined|unknown|not (?:available|applicable|known|specified|set)", "no value"),
    _rule(r"(?:todo|tbd|tba|tbc|fixme|xxx+|wip|coming soon|to be (?:done|defined|added|announced|confirmed))\b[ .:!…]{0,5}", "to be written"),
    _rule(r"(?:todo|fixme|tbd)\s*[:\-].{0,200}", "to be written"),
    _rule(r"(?:https?://)?(?:www\.)?add-(?:some|your)-[a-z0-9-]{1,80}\.[a-z]{2,6}(?:/\S{0,200})?", "template address"),
    _rule(r"(?:[a-z]{2,6}://)?(?:[a-z0-9-]{1,63}\.){0,4}example\.(?:com|org|net|edu)(?::\d{1,5})?(?:/\S{0,300})?", "sample address"),
    _rule(r"(?:[a-z]{2,6}://)?(?:[a-z0-9-]{1,63}\.){0,6}(?:example|invalid|test)(?::\d{1,5})?(?:/\S{0,300})", "reserved address"),
    _rule(r"https?://(?:[a-z0-9-]{1,63}\.){0,6}(?:example|invalid|test)(?::\d{1,5})?", "reserved address"),
    _rule(r"https?://(?:www\.)?(?:your|my|some)-?(?:site|url|domain|website|page|link|dataset|repo|project)s?\.[a-z]{2,6}(?:/\S{0,200})?", "template address"),
    _rule(r"(?:https?://)?[\w./-]{0,100}/(?:your|my)[-_](?:user|username|name|org|organi[sz]ation|repo|repository|project|account)(?:/\S{0,200})?", "template address"),
    _rule(r"(?:mailto:)?[\w.+-]{1,64}@(?:[a-z0-9-]{1,63}\.){0,3}example\.(?:com|org|net|edu)", "sample mail address"),
    _rule(r"https?://(?:\.{0,3}|url|link|path)/?", "template address"),
    _rule(r"y{4}([-/.])m{2}\1d{2}(?:[t ]hh:mm(?::ss)?z?)?|dd([-/.])mm\2y{4}|mm([-/.])dd\3y{4}|<?date>?|0000-00-00", "template date"),
    _rule(r"no licen[cs]e(?: file)?|without licen[cs]e|unlicen[cs]ed file|(?:your|some|add(?: a| your)?) licen[cs]e|licen[cs]e(?: file)?", "no licence"),
    _rule(r"<[^<>@]{1,80}>|\[(?:your|insert|add)\b[^\[\]]{0,80}\]|\{\{.{0,200}\}\}|\$\{[^{}]{0,80}\}|%\([\w ]{1,80}\)s?", "template mark"),
    _rule(r"(?:your|my|insert|enter|add(?: your| some)?|write)[ _-](?:full[ _-])?(?:name|title|e?-?mail|author|affiliation|organi[sz]ation|institute|"
          r"institution|description|summary|text|keywords?|tags?|url|link|doi|orcid|project|module|model|version)(?: here)?[ .!…]{0,3}", "template text"),
    _rule(r"(?:lorem ipsum\b.{0,4000})", "filler text"),
    _rule(r"(?:short|long|brief|one[- ]line) (?:description|summary) (?:of|here)\b.{0,120}", "template text"),
    _rule(r"(?:firstname|first name|name)[ ,]{1,3}(?:lastname|last name|surname)|john doe|jane doe|author[_ ]?(?:name)?|max mustermann", "sample person"),
    _rule(r"(?:(?:https?://)?(?:dx\.)?doi\.org/|doi:\s?)?10\.5281/zenodo\.(?:x{2,10}|n{1,10}|#{1,10}|0{2,10}|1234|12345|123456|1234567|12345678)", "sample DOI"),
    _rule(r"(?:(?:https?://)?(?:dx\.)?doi\.org/|doi:\s?)?10\.(?:x{4,5}|n{4,5}|1234|12345|5072|0000)/\S{1,200}", "sample DOI"),
    _rule(r"(?:(?:https?://)?(?:dx\.)?doi\.org/?)", "template address"),
    _rule(r"(?:https?://)?orcid\.org/?|(?:https?://orcid\.org/)?(?:x{4}-x{4}-x{4}-x{4}|0{4}-0{4}-0{4}-0{4})", "sample ORCID"),
)


def placeholder_meaning(text: object) -> str | None:
    """What kind of placeholder a text is (`template address`, `no licence`, …), or None when it is a real value."""
    if not isinstance(text, str):
        return None
    bare = text.strip().strip("\"'`").strip()
    if not bare:
        return "no value"
    if len(bare) > 5000:
        return None
    for row in PLACEHOLDERS:
        if row.pattern.match(bare):
            return row.meaning
    return None


def is_placeholder(text: object) -> bool:
    """Whether a text stands where a value should be: empty, a template word, a sample address or identifier."""
    return placeholder_meaning(text) is not None
