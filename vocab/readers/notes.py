"""What a reader writes down while it goes through one document: statements with origin, findings with place.

Border: no format and no field is known here beyond the tables `FIELDS` and `FINDINGS`, which both refuse unknown names.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from vocab.canonical import to_json
from vocab.fields import FIELDS
from vocab.findings import finding
from vocab.readers.tree import Defect, Node
from vocab.record import Document, EntryContext, Finding, Json, Origin, Reading, Statement

# What was expected where the finding itself does not say it.
EXPECTED: dict[str, str] = {
    "json-repaired": "strict JSON",
    "json-unreadable": "strict JSON",
    "json-duplicate-key": "every key once",
    "yaml-salvaged": "valid YAML",
    "yaml-unreadable": "valid YAML",
    "yaml-duplicate-key": "every key once",
    "toml-unreadable": "valid TOML",
    "ini-unreadable": "sections with keys and values",
    "python-unreadable": "valid Python",
    "text-not-utf8": "UTF-8",
    "key-unknown": "a key of the schema",
    "value-null": "a value, or no such key",
    "value-empty": "a text, or no such key",
    "value-placeholder": "a real value, or no such key",
    "value-template-text": "a text of your own",
    "url-dead-host": "an address that answers",
    "image-unreadable": "namespace/name",
    "doi-unreadable": "10.…/…",
    "licence-missing": "an SPDX identifier",
    "orcid-invalid": "the ORCID of this person",
    "number-unreadable": "a number",
    "date-unreadable": "YYYY-MM-DD",
    "maintainer-unclear": "full names",
    "tag-not-a-version": "a tag like 1.2.0 or v1.2.0",
    "html-malformed": "attributes parted by blanks, each in one pair of quotes",
}

MAX_FINDINGS = 200
MAX_STATEMENTS = 5_000
_SHOWN = 200


class Notes:
    """The growing `Reading` of one document."""

    def __init__(self, reader: str, document: Document, context: EntryContext) -> None:
        self.reader = reader
        self.document = document
        self.context = context
        self.file = None if document.path.startswith(("api:", "listing:", "oai:")) else document.path
        self._statements: list[Statement] = []
        self._findings: list[Finding] = []
        self._seen: set[tuple[str, str, str]] = set()

    def say(
        self, field: str, value: object, *, at: Node | int | None = None, raw: object = None, rule: str = "declared",
        url: str | None = None,
    ) -> None:
        """States a value; nothing happens for an empty one or one that was stated before.

        Args:
            field: a row of `vocab.fields.FIELDS`.
            value: text, or an object of `vocab.module`.
            at: where it stood.
            raw: what stood there; kept only when it differs from the value.
            rule: how it was found.
            url: the page it came from, for values that stand in no file.
        """
        FIELDS[field]
        plain = _finite(to_json(value))
        if plain in (None, "", [], {}) or len(self._statements) >= MAX_STATEMENTS:
            return
        if (field, repr(plain), rule) in self._seen:
            return
        self._seen.add((field, repr(plain), rule))
        if isinstance(at, Node) and at.mended and rule == "declared":
            rule = "repaired"
        plain_raw = _finite(to_json(raw))
        origin = Origin(
            source=self.context.source, entry=self.context.entry, reader=self.reader, rule=rule,
            file=self.file,
            commit=self.document.commit, line=at.line if isinstance(at, Node) else at, url=url or self.document.url,
        )
        self._statements.append(Statement(field, plain, origin, None if plain_raw in (plain, "") else plain_raw))

    def tell(
        self, code: str, message: str, *, at: Node | int | None = None, field: str | None = None,
        found: object = None, expected: str | None = None,
    ) -> None:
        """Notes a finding at a place in the document."""
        if len(self._findings) >= MAX_FINDINGS:
            return
        made = finding(
            code, message, source=self.context.source, entry=self.context.entry, file=self.file,
            line=at.line if isinstance(at, Node) else at, field=field,
            found=None if found is None else shown(found) or None, expected=expected or EXPECTED.get(code),
        )
        if made not in self._findings:
            self._findings.append(made)

    def tell_all(self, defects: Iterable[Defect]) -> None:
        """Notes what was wrong with the text itself."""
        for each in defects:
            self.tell(each.code, each.message, at=each.line, found=each.found, expected=each.expected)

    def has(self, field: str) -> bool:
        """Whether a value of this field was stated."""
        return any(name == field for name, _, _ in self._seen)

    def reading(self, *, parsed: bool = True) -> Reading:
        """All of it."""
        return Reading(tuple(self._statements), tuple(self._findings), parsed)


def shown(value: object) -> str:
    """A value as it is shown in a message: one line, not too long."""
    text = " ".join(str(value).split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _finite(value: Json) -> Json:
    """The value without numbers that JSON cannot write."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, list):
        return [_finite(each) for each in value]
    if isinstance(value, dict):
        return {name: _finite(each) for name, each in value.items()}
    return value
