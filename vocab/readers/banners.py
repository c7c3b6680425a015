"""What the words of a banner say: that a repository moved, or that another one replaces it.

A move is believed only where the sentence leads to a place: "moved to https://github.com/a/b", "has moved!", "moved to
a new repository", and neither "moved to Python 3.11" nor "the data moved to …". In the languages of the communities
that write such banners. Border: one block of text; which link is meant is decided in `vocab.evidence`.
"""

from __future__ import annotations

import re
from typing import Literal

from vocab.identifiers import repositories_in

_MOVED = re.compile(
    # English
    r"\b(?:now|currently|henceforth|is)\s+(?:being\s+)?(?:maintained|developed|continued)\s+(?:in|at|on|under|here)\b"
    r"|\bmaintenance\s+(?:continues|has\s+moved)\b|\bdevelopment\s+(?:now\s+)?(?:continues|takes\s+place|goes\s+on)\b"
    r"|\b(?:moved|migrated|transferred|relocated|renamed)\s+to\b|\bha(?:s|ve)\s+moved\b|^\W*moved\W*$"
    r"|\bcan\s+now\s+be\s+found\b|\bnow\s+(?:lives|hosted|located|available)\s+(?:in|at|on|under)\b"
    r"|\bnew\s+(?:home|location|address)\b|\bnew\s+repo(?:sitory)?\b\W*(?::|=|\bis\b|\bat\b|\bhere\b)"
    # German
    r"|\b(?:umgezogen|verschoben|migriert|übertragen)\s+(?:nach|auf|zu|in)\b|\bjetzt\s+(?:unter|auf|in|bei|hier)\b"
    r"|\bneue[ersmn]?\s+(?:adresse|heimat|ort|repository|repositorium)\b"
    # French, Spanish, Portuguese, Italian
    r"|\b(?:déplacé|migré|transféré|déménagé)e?\s+(?:vers|à|sur|dans)\b|\bnouve(?:au|lle)\s+(?:dépôt|adresse|emplacement)\b"
    r"|\bdésormais\s+(?:maintenu|disponible|hébergé|développé)e?\s+(?:sur|à|dans)\b"
    r"|\b(?:movid|migrad|trasladad|transferid)[oa]\s+(?:a|para)\b|\bahora\s+(?:se\s+)?(?:mantiene|encuentra|desarrolla|está)\s+en\b"
    r"|\bnuev[oa]\s+(?:repositorio|dirección|ubicación)\b|\b(?:spostat|migrat|trasferit)[oa]\s+(?:su|in|a)\b",
    re.IGNORECASE | re.MULTILINE,
)
# The verb after the place, as in German.
_PLACE_FIRST = re.compile(
    r"\b(?:nach|auf|zu|in|unter)\b.{0,200}\b(?:umgezogen|verschoben|migriert|übertragen|weiter(?:entwickelt|geführt|gepflegt))\b",
    re.IGNORECASE,
)
_REPLACED = re.compile(
    r"\b(?:replaced|superseded|succeeded|obsoleted)\s+by\b|\bin\s+favou?r\s+of\b|\bsuccessor\b"
    r"|\b(?:please\s+)?use\b.{0,300}\binstead\b|\bdeprecated\b"
    r"|\b(?:ersetzt|abgelöst)\s+(?:durch|von)\b|\b(?:durch|von)\b.{0,200}\b(?:ersetzt|abgelöst)\b|\bzugunsten\s+von\b"
    r"|\bnachfolge(?:r|projekt|modul)\b|\bveraltet\b|\bremplacée?\s+par\b|\bsuccesseur\b|\bobsolète\b"
    r"|\b(?:re[ie]mplazad|sustituid|substituíd)[oa]\s+por\b|\bsostituit[oa]\s+da\b|\bobsolet[oa]\b",
    re.IGNORECASE | re.DOTALL,
)
_ENDED = re.compile(
    r"\barchived\b|\bno\s+longer\s+(?:maintained|developed|supported)\b|\b(?:obsolete|unmaintained|discontinued)\b"
    r"|\barchiviert\b|\bnicht\s+(?:mehr|länger)\s+(?:gepflegt|weiterentwickelt)\b|\barchivée?\b|\bplus\s+maintenue?\b"
    r"|\barchivad[oa]\b|\bya\s+no\s+se\s+mantiene\b", re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?;](?=\s|$)")
_PLACE = re.compile(
    r"\b(?:here|home|hub|location|address|place|account|organi[sz]ation|repo(?:sitory)?|github|gitlab|hier|adresse|dépôt|"
    r"repositorio)\b", re.IGNORECASE,
)
# What comes before the link of a banner is short; these words lead to a link that is no place to move to.
_ASIDE = re.compile(r"\b(?:using|with|based|top|thanks|like|from)\b", re.IGNORECASE)
_LONGEST_WAY = 80
_OTHER_THING = re.compile(
    r"\b(?:upstream|data(?:set)?s?|weights|documentation|docs|tutorials?|library|package|framework|dependenc(?:y|ies)"
    r"|original\s+(?:code|pipeline|models?|implementation|work|version))\b", re.IGNORECASE,
)


def banner_of(text: str) -> Literal["moved", "replaced"] | None:
    """What a block of text says of its repository, if it is a banner."""
    if any(repositories_in(match[0]) for match in _PLACE_FIRST.finditer(text)):
        return "moved"
    if any(_leads_somewhere(text, match) for match in _MOVED.finditer(text)):
        return "moved"
    return "replaced" if _REPLACED.search(text) or _ENDED.search(text) else None


def is_banner(text: str) -> bool:
    """Is this a notice about the repository and no description of the module?"""
    return banner_of(text) == "moved" or bool(_ENDED.search(text))


def _leads_somewhere(text: str, match: re.Match[str]) -> bool:
    before = _SENTENCE_END.split(text[: match.start()])[-1]
    if _OTHER_THING.search(before):
        return False
    rest = _SENTENCE_END.split(text[match.end() :], maxsplit=1)[0]
    way = rest.split("://", 1)[0]
    if repositories_in(rest):
        return len(way) <= _LONGEST_WAY and not _ASIDE.search(way)
    return "://" not in rest and (not re.search(r"\w", rest) or bool(_PLACE.search(rest)))
