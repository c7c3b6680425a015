"""What is held of each listed record: who it is, how it stands, and the hashes of its bytes, which are kept at once.

Tokens live for minutes, so pages are fetched first and records read later: a record's payload goes into the memory
while the list is read, unless it is as it was when it was read last. The fingerprint is made of the payload in
canonical form and of nothing else; the datestamp stands before it, for lists of headers alone. Border: no request is
sent here.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from lxml import etree
from sickle.models import Header

from harvester.errors import BrokenRecord
from harvester.events import Entry, Fetched, Gone, Unchanged
from harvester.memory import Memory
from harvester.sources.oaipmh_client import OaiAnswer, OaiRecord, address_of, own
from harvester.sources.oaipmh_pages import NAMESPACE, BadRecord
from harvester.sources.oaipmh_times import datestamp_of
from vocab.identifiers import oai_key
from vocab.plain_text import xml_attribute, xml_text
from vocab.readers.oai_formats import ABOUT_PATH, format_of, path_of
from vocab.record import Document, Listing
from vocab.safe_xml import canonical_of, local_name, namespace_of, payload_of
from vocab.text import one_line

# Part of every fingerprint: raise it when other things are kept of a record, so that every one is read anew.
RULES = 1
_LONGEST_IDENTIFIER = 400
_WITHOUT_PAYLOAD = "The record has no metadata, and is not marked as deleted."


@dataclass(frozen=True, slots=True)
class Item:
    """One listed record.

    `fingerprint` is None for a header alone. `format` is None for a payload that nothing here reads. `changed`: it is
    not as the memory knows it. `broken`: why it cannot be read, with the hash of what came.
    """

    key: str
    identifier: str
    datestamp: str | None
    deleted: bool = False
    fingerprint: str | None = None
    format: str | None = None
    namespace: str = ""
    payload: str | None = None
    about: str | None = None
    changed: bool = True
    broken: str | None = None

    @property
    def is_whole(self) -> bool:
        """Whether it was listed with its payload, or with the reason why there is none."""
        return self.deleted or self.broken is not None or self.fingerprint is not None


class Items:
    """Makes and reads the items of one source."""

    def __init__(self, source: str, memory: Memory, address: str, prefix: str, *, full: bool) -> None:
        self._source = source
        self._memory = memory
        self._address = address
        self._prefix = prefix
        self._full = full

    def of_header(self, header: Header) -> Item | None:
        """What a header alone says; None when it has no identifier one can use."""
        identifier = one_line(header.identifier or "")
        if not identifier or len(identifier) > _LONGEST_IDENTIFIER:
            return None
        return Item(oai_key(identifier), identifier, datestamp_of(header.datestamp), deleted=bool(header.deleted))

    def of_record(self, record: OaiRecord, answer: OaiAnswer) -> Item | None:
        """What a record says; its payload is kept when it is news."""
        item = self.of_header(record.header)
        if item is None or item.deleted:
            return item
        if record.metadata is None:
            return self._broken(item, _WITHOUT_PAYLOAD, payload_of(record.xml))
        namespace = namespace_of(record.metadata)
        fingerprint = fingerprint_of(record.metadata, item.datestamp)
        changed = not same_content(self.known(item.key), fingerprint)
        kept = self._memory.keep_payload(payload_of(record.metadata)) if changed else None
        about = self._memory.keep_payload(_about(record, answer, self._address)) if changed else None
        return Item(
            item.key, item.identifier, item.datestamp, fingerprint=fingerprint,
            format=format_of(namespace, local_name(record.metadata)), namespace=namespace, payload=kept, about=about,
            changed=changed,
        )

    def of_bad(self, bad: BadRecord) -> Item | None:
        """A record that is not well-formed; None when it does not even tell who it is."""
        identifier = bad.identifier
        if not identifier or len(identifier) > _LONGEST_IDENTIFIER:
            return None
        item = Item(oai_key(identifier), identifier, datestamp_of(bad.datestamp))
        return self._broken(item, f"The record is no good XML: {bad.seen}.", bad.body)

    def known(self, key: str) -> str | None:
        """The fingerprint of a record's last good reading, or None."""
        known = None if self._full else self._memory.entry(self._source, key)
        return known.fingerprint if known is not None else None

    def is_listed(self, key: str) -> bool:
        """Whether this source has a record with this key, read or not."""
        return self._memory.entry(self._source, key) is not None

    def entry(self, item: Item) -> Entry:
        """The item as an entry of the list."""
        url = self.url(item.identifier)
        return Entry(item.key, url, Listing(url))

    def url(self, identifier: str) -> str:
        """Where a record can be read: the address of its `GetRecord`."""
        question = {"verb": "GetRecord", "metadataPrefix": self._prefix, "identifier": identifier}
        return address_of(self._address, question)

    def read(self, entry: Entry, item: Item) -> Fetched | Unchanged | Gone:
        """What became of an item that `is_whole`. Raises `BrokenRecord`."""
        if item.deleted:
            when = f" on {item.datestamp[:10]}" if item.datestamp else ""
            return Gone(entry, f"deleted by its repository{when}", 410, final=True)
        if item.broken is not None:
            raise BrokenRecord(item.broken, url=entry.url)
        if item.format is None:
            seen = f"The record's metadata is of a kind that is not read here: `{item.namespace[:200]}`."
            raise BrokenRecord(seen, mend="Choose another `prefix` for this source.", url=entry.url)
        if not item.changed:
            return Unchanged(entry, item.key)
        documents = (
            *self._document(path_of(item.format), item.payload, entry.url),
            *self._document(ABOUT_PATH, item.about, entry.url),
        )
        return Fetched(entry, item.key, entry.url, item.datestamp, documents, item.fingerprint or "")

    def _document(self, path: str, sha256: str | None, url: str) -> tuple[Document, ...]:
        body = self._memory.payload(sha256) if sha256 is not None else None
        if sha256 is None or body is None:
            raise BrokenRecord("What was kept of the record is not there any more.", url=url)
        return (Document(path, body, sha256, url),)

    def _broken(self, item: Item, seen: str, body: bytes) -> Item:
        sha256 = self._memory.keep_payload(body)
        return Item(item.key, item.identifier, item.datestamp, payload=sha256, broken=seen)


def fingerprint_of(metadata: etree._Element, datestamp: str | None) -> str:
    """The datestamp, and a hash of the payload that is the same however it is written."""
    content = hashlib.sha256(b"%d\n%s" % (RULES, canonical_of(metadata))).hexdigest()
    return f"{datestamp or ''} {content}"


def same_content(known: str | None, fingerprint: str) -> bool:
    """Whether two fingerprints are of the same payload, whatever their datestamps say."""
    return known is not None and known.rpartition(" ")[2] == fingerprint.rpartition(" ")[2]


def same_stamp(known: str | None, datestamp: str | None) -> bool:
    """Whether a fingerprint is of a record with this datestamp."""
    return known is not None and datestamp is not None and known.rpartition(" ")[0] == datestamp


def _about(record: OaiRecord, answer: OaiAnswer, address: str) -> bytes:
    """The record in the envelope in which it came: when, from where, header, `about`; of the payload its bare root."""
    header, abouts = ([payload_of(each) for each in own(record.xml, name)] for name in ("header", "about"))
    metadata = record.metadata
    namespace = xml_attribute(namespace_of(metadata)) if metadata is not None else ""
    bare = f'<metadata><{local_name(metadata)} xmlns="{namespace}"/></metadata>' if metadata is not None else ""
    envelope = (
        f'<OAI-PMH xmlns="{NAMESPACE}"><responseDate>{xml_text(answer.responded or "")}</responseDate>'
        f"<request>{xml_text(address)}</request><record>"
    )
    return b"".join((envelope.encode(), *header, bare.encode(), *abouts, b"</record></OAI-PMH>"))
