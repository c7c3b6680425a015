"""Which representation a client wants: `Accept` with q-values (RFC 9110 §12.5.1) and profiles.

A profile is asked for by `?profile=`, by the `Accept-Profile` header or as parameter of a media type, by the face's
name or its IRI. An unknown profile falls back to the default, as content negotiation by profile recommends.
Border: works on header values, so that it is tested without a server.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from vocab.faces import FACES, FaceSpec, Serialisation

HTML = "text/html"
# The first face in this order that has the media type is meant when no profile is named.
_ORDER = ("dcat-ap", "json", "oai_dc", "schema.org")
_QUALITY = re.compile(r";\s*q=([01](?:\.\d{1,3})?)")
# Parameters of a media type that are no quality, such as `charset`: what we send has none to choose from.
_OTHER = re.compile(r';\s*(?!q=)[\w-]+=(?:"[^"]*"|[^;,]*)', re.IGNORECASE)
_PROFILE = re.compile(r'profile="?([^";,]+)"?')


@dataclass(frozen=True, slots=True)
class Choice:
    """A face in one serialisation."""

    face: FaceSpec
    serialisation: Serialisation


def all_choices() -> tuple[Choice, ...]:
    """Every face in every serialisation; those a media type means without a profile come first."""
    known = [*(name for name in _ORDER if name in FACES), *(name for name in FACES if name not in _ORDER)]
    return tuple(Choice(FACES[name], each) for name in known for each in FACES[name].serialisations)


def choice_of_extension(extension: str) -> Choice | None:
    """The document with this ending, or None."""
    return next((each for each in all_choices() if each.serialisation.extension == extension), None)


def choose(accept: str, profile: str | None, accept_profile: str = "") -> Choice | str | None:
    """What to send: a `Choice`, `"text/html"` for the page, or None when nothing is acceptable (406).

    Args:
        accept: The `Accept` header; empty means anything.
        profile: The `profile` parameter of the address, or None.
        accept_profile: The `Accept-Profile` header.
    """
    named = [profile] if profile else [*_PROFILE.findall(accept), *_listed(accept_profile)]
    face = next((known for each in named if (known := _face(each)) is not None), None)
    plain = parse_accept_header(_OTHER.sub("", accept) or "*/*", MIMEAccept)
    offered = [each for each in all_choices() if face is None or each.face.name == face.name]
    media_types = ([] if face is not None else [HTML]) + list(
        dict.fromkeys(each.serialisation.media_type for each in offered)
    )
    # A type that is refused by `q=0` is not to be had by a wildcard beside it.
    best = plain.best_match([each for each in media_types if plain.quality(each) > 0])
    if best is None or best == HTML:
        # A profile that was asked for by a browser, whose Accept names no data format, is still what it wants.
        if face is not None and "html" in accept:
            return offered[0]
        return best
    return next(each for each in offered if each.serialisation.media_type == best)


def _listed(accept_profile: str) -> list[str]:
    """The profiles of an `Accept-Profile` header, the most wanted first."""
    found = [(_quality(part), part.partition(";")[0].strip(' <>"')) for part in accept_profile.split(",")]
    return [name for quality, name in sorted(found, key=lambda each: -each[0]) if name and quality > 0]


def _quality(part: str) -> float:
    told = _QUALITY.search(part)
    return float(told[1]) if told else 1.0


def _face(wanted: str) -> FaceSpec | None:
    folded = wanted.strip().strip("<>").casefold()
    return next((each for each in FACES.values() if folded in (each.name.casefold(), each.profile.casefold())), None)
