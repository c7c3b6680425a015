"""The six verbs: from checked arguments to the content of the answer's element. OAI-PMH 2.0 §4.

Border: no HTTP and no SQL; the rows come from `registry.oai_records` as bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from registry import oai_records
from registry.database import Database
from registry.oai_records import OaiRow, Selection
from registry.oai_sets import set_name
from registry.settings import Settings
from registry.web.oai.arguments import Arguments, stamps
from registry.web.oai.errors import (
    BadResumptionTokenError,
    CannotDisseminateFormatError,
    IdDoesNotExistError,
    NoMetadataFormatsError,
    NoRecordsMatchError,
    NoSetHierarchyError,
)
from registry.web.oai.identify import identify
from registry.web.oai.response import stamp
from registry.web.oai.tokens import LIFE, Signer, Token
from vocab.faces import FACES, OaiFormat
from vocab.plain_text import xml_text

# Later than any datestamp there will be.
_OPEN_END = "9999-12-31T23:59:59Z"

FORMATS: dict[str, OaiFormat] = {spec.oai.prefix: spec.oai for spec in FACES.values() if spec.oai}


@dataclass(frozen=True, slots=True)
class Repository:
    """What the verbs work with. `page_size` is how many records a page of a list has."""

    settings: Settings
    database: Database
    signer: Signer
    base_url: str
    page_size: int

    def answer(self, arguments: Arguments, now: datetime) -> bytes:
        """The content of the element that is named like the verb. Raises an `OaiError` where there is none."""
        match arguments.verb:
            case "Identify":
                earliest = oai_records.earliest_datestamp(self.database)
                return identify(self.settings, self.base_url, earliest or stamp(now))
            case "ListMetadataFormats":
                return self._list_metadata_formats(arguments.get("identifier"))
            case "ListSets":
                return self._list_sets(arguments)
            case "GetRecord":
                return self._get_record(arguments.values["identifier"], arguments.values["metadataPrefix"])
            case _:
                return self._list_records(arguments, now)

    def _list_metadata_formats(self, identifier: str | None) -> bytes:
        prefixes = tuple(FORMATS)
        if identifier is not None:
            known = oai_records.formats_of(self.database, identifier)
            if not known:
                raise IdDoesNotExistError(f"there is no {identifier}")
            prefixes = tuple(prefix for prefix in known if prefix in FORMATS)
        if not prefixes:
            raise NoMetadataFormatsError(f"{identifier} has no format")
        return "".join(
            f"<metadataFormat><metadataPrefix>{found.prefix}</metadataPrefix><schema>{found.schema}</schema>"
            f"<metadataNamespace>{found.namespace}</metadataNamespace></metadataFormat>"
            for found in (FORMATS[prefix] for prefix in prefixes)
        ).encode()

    def _list_sets(self, arguments: Arguments) -> bytes:
        if arguments.get("resumptionToken") is not None:
            raise BadResumptionTokenError("ListSets is always complete; ask without a token")
        specs = oai_records.set_specs(self.database)
        if not specs:
            raise NoSetHierarchyError("there are no records yet, and so no sets")
        return "".join(
            f"<set><setSpec>{spec}</setSpec><setName>{xml_text(set_name(spec))}</setName></set>" for spec in specs
        ).encode()

    def _get_record(self, identifier: str, prefix: str) -> bytes:
        _require_format(prefix)
        record = oai_records.get_record(self.database, prefix, identifier)
        if record is not None:
            return record
        if oai_records.formats_of(self.database, identifier):
            raise CannotDisseminateFormatError(f"{identifier} is not there in the format {prefix}")
        raise IdDoesNotExistError(f"there is no {identifier}")

    def _list_records(self, arguments: Arguments, now: datetime) -> bytes:
        text = arguments.get("resumptionToken")
        if text is not None:
            return self._resumed(self.signer.read(text, arguments.verb, now), now)
        selection, until = self._selection(arguments, now)
        headers = arguments.verb == "ListIdentifiers"
        rows, total = oai_records.first_page(self.database, selection, self.page_size + 1, headers=headers)
        if not rows:
            raise NoRecordsMatchError("no record is in this set and between these dates, in this format")
        if len(rows) <= self.page_size:
            return _joined(rows)
        token = Token(arguments.verb, selection, until, rows[self.page_size - 1].position, 0, total)
        return self._page(token, rows, now)

    def _selection(self, arguments: Arguments, now: datetime) -> tuple[Selection, bool]:
        """What is asked for. What changes after this moment is left to the next harvest, so that this one ends."""
        lower, upper = stamps(arguments)
        prefix = arguments.values["metadataPrefix"]
        _require_format(prefix)
        # A datestamp may be ahead of our clock when another node wrote it.
        bound = max(stamp(now), oai_records.latest_datestamp(self.database) or "")
        return Selection(prefix, arguments.get("set"), lower, min(upper or bound, bound)), upper is not None

    def _resumed(self, token: Token, now: datetime) -> bytes:
        if token.selection.prefix not in FORMATS:
            raise BadResumptionTokenError("the format of this list is not offered any more; begin another list")
        headers = token.verb == "ListIdentifiers"
        limit = self.page_size + 1
        rows = oai_records.next_page(self.database, token.selection, token.position, limit, headers=headers)
        if not rows and not token.until:
            # All that was left changed meanwhile and moved past the bound. A page must not be empty, so it shows them.
            beyond = replace(token.selection, bound=_OPEN_END)
            rows = oai_records.next_page(self.database, beyond, token.position, self.page_size, headers=headers)
        if not rows:
            raise NoRecordsMatchError("the rest of this list changed since it began; it comes with the next harvest")
        return self._page(token, rows, now)

    def _page(self, token: Token, rows: list[OaiRow], now: datetime) -> bytes:
        """The rows of a page and the token behind them, an empty one behind the last page."""
        shown, more = rows[: self.page_size], len(rows) > self.page_size
        # Before the first page the token's cursor is 0, and behind it the position is that of the page's last record.
        attributes = f'completeListSize="{token.total}" cursor="{token.cursor}"'
        if not more:
            return _joined(shown) + f"<resumptionToken {attributes}/>".encode()
        expires = now + LIFE
        following = replace(token, position=shown[-1].position, cursor=token.cursor + len(shown))
        written = self.signer.write(following, expires)
        attributes = f'expirationDate="{stamp(expires)}" {attributes}'
        return _joined(shown) + f"<resumptionToken {attributes}>{written}</resumptionToken>".encode()


def _joined(rows: list[OaiRow]) -> bytes:
    return b"".join(row.body for row in rows)


def _require_format(prefix: str) -> None:
    if prefix not in FORMATS:
        raise CannotDisseminateFormatError(f"there is no format {prefix}; there are {', '.join(FORMATS)}")
