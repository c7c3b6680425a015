"""The arguments of a request: read from bytes as a multi-map, checked by one table of verbs.

A dictionary would hide an argument that is given twice, and a lenient decoder one that is no UTF-8; both are errors.
Everything that passes can be repeated in the answer's `request` element without breaking its schema.
OAI-PMH 2.0 §3.1, §3.2, §3.3 (dates), §4 (verbs).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import parse_qsl

from registry.web.oai.errors import BadArgumentError, BadVerbError
from vocab.plain_text import is_xml_legal

LARGEST_BODY = 64 * 1024

_MOST_ARGUMENTS = 50
_NAME_PART = r"[A-Za-z0-9\-_.!~*'()]+"
_PREFIX = re.compile(_NAME_PART)
_SET = re.compile(rf"{_NAME_PART}(?::{_NAME_PART})*")
# What RFC 3986 allows without an authority that could be malformed, so that the answer may hold it as xs:anyURI.
_SEGMENT = r"(?:[A-Za-z0-9\-._~!$&'()*+,;=@]|%[0-9A-Fa-f]{2})"
_REST = rf"(?:{_SEGMENT}|[:/?])"
_IDENTIFIER = re.compile(
    rf"(?:[A-Za-z][A-Za-z0-9+.\-]*:(?://[A-Za-z0-9\-.]+(?::[0-9]{{1,5}})?(?:[/?]{_REST}*)?|(?!//){_REST}+)"
    rf"|{_SEGMENT}+(?:[/?]{_REST}*)?|/(?:{_SEGMENT}{_REST}*)?)"
)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SECOND = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


@dataclass(frozen=True, slots=True)
class VerbSpec:
    """One row: what a verb must and may be given. `resumable` verbs take a resumptionToken instead of all that."""

    name: str
    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    resumable: bool = False


_LIST = frozenset({"from", "until", "set"})
_ROWS = (
    VerbSpec("GetRecord", required=frozenset({"identifier", "metadataPrefix"})),
    VerbSpec("Identify"),
    VerbSpec("ListIdentifiers", required=frozenset({"metadataPrefix"}), optional=_LIST, resumable=True),
    VerbSpec("ListMetadataFormats", optional=frozenset({"identifier"})),
    VerbSpec("ListRecords", required=frozenset({"metadataPrefix"}), optional=_LIST, resumable=True),
    VerbSpec("ListSets", resumable=True),
)

VERBS: dict[str, VerbSpec] = {row.name: row for row in _ROWS}


@dataclass(frozen=True, slots=True)
class Arguments:
    """A request that may be answered: its verb, and its other arguments as they were sent."""

    verb: str
    values: dict[str, str]

    def get(self, name: str) -> str | None:
        """The value of an argument, or None."""
        return self.values.get(name)


def read_arguments(query: bytes, body: bytes = b"") -> Arguments:
    """The checked arguments of a query string and the body of a form.

    Raises:
        BadVerbError: no verb that we know, or more than one.
        BadArgumentError: an argument that is not the verb's, missing, repeated or written wrongly.
    """
    pairs = _decoded(query) + _decoded(body)
    verb = _verb([value for name, value in pairs if name == "verb"])
    others = [(name, value) for name, value in pairs if name != "verb"]
    _refuse_repeated(name for name, _ in others)
    values = dict(others)
    _check_names(VERBS[verb], values)
    _check_syntax(values)
    return Arguments(verb, values)


def stamps(arguments: Arguments) -> tuple[str | None, str | None]:
    """`from` and `until` as inclusive bounds with seconds; a day begins at its first and ends with its last second.

    Raises:
        BadArgumentError: one that is no date, both of different granularity, or in the wrong order.
    """
    start, end = arguments.get("from"), arguments.get("until")
    for name, value in (("from", start), ("until", end)):
        if value is not None and not _is_date(value):
            raise BadArgumentError(f"{name} must be YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ, and a date that exists")
    if start is not None and end is not None and len(start) != len(end):
        raise BadArgumentError("from and until must have the same granularity")
    lower = f"{start}T00:00:00Z" if start is not None and len(start) == 10 else start
    upper = f"{end}T23:59:59Z" if end is not None and len(end) == 10 else end
    if lower is not None and upper is not None and lower > upper:
        raise BadArgumentError("from must not be later than until")
    return lower, upper


def _decoded(form: bytes) -> list[tuple[str, str]]:
    try:
        text = form.decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_ARGUMENTS)
    except ValueError:
        raise BadArgumentError("the arguments must be few, in UTF-8 and percent-encoded") from None
    if not all(is_xml_legal(name) and is_xml_legal(value) for name, value in pairs):
        raise BadArgumentError("an argument holds a character that XML does not allow")
    return pairs


def _verb(given: list[str]) -> str:
    if len(given) > 1:
        raise BadVerbError("verb is given more than once")
    if not given or given[0] not in VERBS:
        raise BadVerbError(f"verb must be one of {', '.join(VERBS)}")
    return given[0]


def _refuse_repeated(names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise BadArgumentError(f"{_short(name)} is given more than once")
        seen.add(name)


def _check_names(spec: VerbSpec, values: dict[str, str]) -> None:
    allowed = spec.required | spec.optional | ({"resumptionToken"} if spec.resumable else frozenset())
    for name in values:
        if name not in allowed:
            known = ", ".join(sorted(allowed)) or "no other argument"
            raise BadArgumentError(f"{spec.name} does not take {_short(name)}; it takes {known}")
    if "resumptionToken" in values:
        if len(values) > 1:
            raise BadArgumentError("resumptionToken must stand alone beside verb")
        return
    missing = sorted(spec.required - values.keys())
    if missing:
        raise BadArgumentError(f"{spec.name} needs {' and '.join(missing)}")


def _check_syntax(values: dict[str, str]) -> None:
    if "metadataPrefix" in values and not _PREFIX.fullmatch(values["metadataPrefix"]):
        raise BadArgumentError("metadataPrefix may hold letters, digits and -_.!~*'() only")
    if "set" in values and not _SET.fullmatch(values["set"]):
        raise BadArgumentError("set must be names of letters, digits and -_.!~*'(), joined by colons")
    if "identifier" in values and not _IDENTIFIER.fullmatch(values["identifier"]):
        raise BadArgumentError("identifier must be a URI such as oai:example.org:name")


def _is_date(value: str) -> bool:
    kind: type[date] | None = date if _DAY.fullmatch(value) else datetime if _SECOND.fullmatch(value) else None
    try:
        return kind is not None and bool(kind.fromisoformat(value))
    except ValueError:
        return False


def _short(name: str) -> str:
    return name if len(name) <= 40 else name[:40] + "…"
