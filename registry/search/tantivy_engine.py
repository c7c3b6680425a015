"""The embedded search engine: one writer, many readers, over tantivy. Implements `registry.search.engine`.

The index is derived from the store and can be thrown away. A batch is one commit, and the sequence number it brings
the index to is a document of the same commit: both are there after a kill -9, or neither.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path

import tantivy

from harvester.clock import Clock
from registry.search.documents import search_document
from registry.search.engine import Answer, Hit, Query, SearchUnavailableError, Suggestion
from registry.search.spelling import Dictionary
from registry.search.tantivy_answer import answer, hit_of, similar_query
from registry.search.tantivy_folders import Folders
from registry.search.tantivy_query import modules_only, term
from registry.search.tantivy_schema import META, META_SLUG, MODULE, fields_of, register, schema, schema_hash
from registry.search.tantivy_suggest import suggestions
from vocab.module import Module

WRITER_HEAP_BYTES = 32_000_000
RELOAD_EVERY_S = 1.0
MOST_DOCUMENTS = 10_000_000


class EmbeddedEngine:
    """The index in a folder of the home. Safe to open in many processes; one at a time may write."""

    name = "embedded (tantivy)"

    def __init__(self, root: Path, clock: Clock) -> None:
        """Open the index below `root`, or none yet; nothing is written before the first batch."""
        self._folders = Folders(root, schema_hash())
        self._clock = clock
        self._schema = schema()
        self._folder: Path | None = None
        self._index: tantivy.Index | None = None
        self._dictionary: Dictionary | None = None
        self._looked_at = float("-inf")
        self._looking = threading.Lock()

    def search(self, query: Query) -> Answer:
        """Answer one question; see `SearchEngine.search`."""
        index = self._reader()
        if index is None:
            return Answer((), 0, {})
        return answer(index.searcher(), self._schema, query, self._words(index))

    def suggest(self, text: str, limit: int = 8) -> tuple[Suggestion, ...]:
        """Complete what was typed; see `SearchEngine.suggest`."""
        index = self._reader()
        return suggestions(index.searcher(), text, limit) if index is not None and limit > 0 else ()

    def similar(self, slug: str, limit: int = 6) -> tuple[Hit, ...]:
        """Modules like this one; see `SearchEngine.similar`."""
        index = self._reader()
        if index is None or limit < 1:
            return ()
        searcher = index.searcher()
        found = searcher.search(term("slug", slug), limit=1).hits
        if not found:
            return ()
        query = modules_only(similar_query(searcher, found[0][1]))
        hits = searcher.search(query, limit=limit + 1).hits
        modules = (hit_of(searcher.doc(address), score) for score, address in hits)
        return tuple(hit for hit in modules if hit.slug != slug)[:limit]

    def apply(self, upserts: Iterable[Module], deletions: Iterable[str], sequence: int) -> None:
        """Write a batch in one commit; see `SearchEngine.apply`."""
        index = self._reader()
        if index is None:
            self.rebuild(upserts, sequence)
            return
        self._write(index, upserts, deletions, sequence)
        self._changed()

    def sequence(self) -> int:
        """The last sequence number the index has; see `SearchEngine.sequence`."""
        index = self._reader()
        if index is None:
            return 0
        searcher = index.searcher()
        hits = searcher.search(term("slug", META_SLUG), limit=1).hits
        return int(searcher.doc(hits[0][1]).get_first("sequence") or 0) if hits else 0

    def rebuild(self, modules: Iterable[Module], sequence: int) -> None:
        """A new index beside the one in use, then the swap; see `SearchEngine.rebuild`."""
        folder = self._folders.new()
        index = tantivy.Index(self._schema, str(folder))
        register(index)
        self._write(index, modules, (), sequence)
        self._folders.use(folder)
        self._looked_at = float("-inf")

    def slugs(self) -> dict[str, int]:
        """Every indexed slug with its sequence number; see `SearchEngine.slugs`."""
        index = self._reader()
        if index is None:
            return {}
        searcher = index.searcher()
        hits = searcher.search(term("kind", MODULE), limit=max(1, searcher.num_docs)).hits
        found = (searcher.doc(address) for _, address in hits)
        return {str(each.get_first("slug")): int(each.get_first("sequence") or 0) for each in found}

    def close(self) -> None:
        """Let go of the index; the files stay."""
        self._index = self._folder = self._dictionary = None

    def _reader(self) -> tantivy.Index | None:
        # Threads of a web server share the engine: none may see an index that is not whole yet.
        with self._looking:
            now = self._clock.monotonic()
            if now - self._looked_at < RELOAD_EVERY_S:
                return self._index
            self._looked_at = now
            folder = self._folders.current()
            if folder != self._folder:
                self._index = None if folder is None else tantivy.Index.open(str(folder))
                self._folder = folder
                if self._index is not None:
                    register(self._index)
                    self._index.config_reader("manual")
            if self._index is not None:
                self._index.reload()
            self._dictionary = None
            return self._index

    def _changed(self) -> None:
        self._looked_at = float("-inf")

    def _words(self, index: tantivy.Index) -> Dictionary:
        found = self._dictionary  # another thread may take it away between two looks
        if found is None:
            found = Dictionary(dict(index.searcher().terms_with_prefix("words", "", None, MOST_DOCUMENTS)))
            self._dictionary = found
        return found

    def _write(self, index: tantivy.Index, upserts: Iterable[Module], deletions: Iterable[str], sequence: int) -> None:
        try:
            writer = index.writer(WRITER_HEAP_BYTES, 1)
        except ValueError as locked:
            message = f"the search index in {self._folders.root} is being written by another process: {locked}"
            raise SearchUnavailableError(message) from locked
        try:
            for module in upserts:
                writer.delete_documents_by_term("slug", module.slug)
                writer.add_document(tantivy.Document.from_dict(fields_of(search_document(module)), self._schema))
            for slug in deletions:
                writer.delete_documents_by_term("slug", slug)
            writer.delete_documents_by_term("slug", META_SLUG)
            stamp = {"kind": META, "slug": META_SLUG, "sequence": sequence}
            writer.add_document(tantivy.Document.from_dict(stamp, self._schema))
            writer.commit()
        finally:
            writer.wait_merging_threads()
