"""The source kind `huggingface`: the models of authors on the Hugging Face Hub, or single models.

A page of an author's list tells of a hundred models what a change would change: commit, licence, DOI. A model that
moved is asked for alone, then for its card and the few other files that readers know, at the commit; weights are never
touched. An unchanged author costs the pages of the list.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Annotated, Self
from urllib.parse import urlsplit

import orjson
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from harvester.answers import Credential
from harvester.bounds import MIB
from harvester.endpoints import Endpoints
from harvester.errors import EmptyRepository, ListingUnusable, at
from harvester.events import Entry, Fetched, Gone, Listed, Unchanged
from harvester.sources.huggingface_api import HubApi, Id, Model
from harvester.sources.kind import Outcome, SourceKind, Task
from harvester.sources.repository_files import MAX_FILE, is_wanted
from harvester.sources.repository_findings import of_name
from vocab.findings import finding
from vocab.record import Document, Finding, Listing

# Part of every fingerprint: raise it when other documents are wanted, so that every model is read anew.
RULES = 1
_HOME = "huggingface.co"
_MOST_FILES = 20
# Tags by which the Hub says something of a model that may change without a commit.
_TELLING = ("doi:", "license:", "arxiv:", "dataset:", "base_model:")


def _address(written: str) -> str:
    parts = urlsplit(written)
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc or parts.query:
        message = "write the address of the Hub or of a mirror, such as https://huggingface.co"
        raise ValueError(message)
    return written.rstrip("/")


Author = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[\w.-]+$")]


class HuggingfaceSettings(BaseModel):
    """Authors whose models are listed, models by their ids, or both."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    authors: tuple[Author, ...] = Field((), description="organisations or persons: all their public models")
    models: tuple[Id, ...] = Field((), description="models as `author/name`")
    url: Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_address)] = Field(
        f"https://{_HOME}", description="the address of the Hub, or of a mirror of it"
    )

    @model_validator(mode="after")
    def _at_least_one(self) -> Self:
        if not self.authors and not self.models:
            message = "give authors, models, or both"
            raise ValueError(message)
        return self


class HuggingfaceSource:
    """An opened source of this kind."""

    def __init__(self, task: Task, settings: HuggingfaceSettings) -> None:
        self._task = task
        self._settings = settings
        self._api = HubApi(task.client, settings.url, Credential(task.token, settings.url) if task.token else None)
        self._shown: dict[str, Model] = {}

    def list_entries(self) -> Listed:
        """Everything the source lists. Raises `HarvestError`."""
        whole = True
        for author in self._settings.authors:
            with at("listing"):
                models, all_of_them = self._api.models_of(author)
                public = [each for each in models if not each.private]
                if not public:
                    raise ListingUnusable(f"The author {author} shows no models, or does not exist.")
            whole = whole and all_of_them
            self._shown |= {_key(each.id): each for each in public}
        entries = [_entry(each.id) for each in self._shown.values()]
        entries += [_entry(name) for name in self._settings.models if _key(name) not in self._shown]
        return Listed(tuple({each.key: each for each in entries}.values()), whole=whole)

    def read(self, entry: Entry) -> Outcome:
        """One model, if it changed. Raises `HarvestError`."""
        shown = self._shown.get(entry.key)
        name = shown.id if shown is not None else entry.url.removeprefix(f"https://{_HOME}/")
        known = self._task.memory.entry(self._task.source, entry.key)
        if shown is not None and known is not None and known.fingerprint == fingerprint(shown) and not self._task.full:
            self._task.client.avoided(2)  # the model and its card
            return Unchanged(entry, _key(shown.id), _counters(shown))
        with at("model"):
            model, answer = self._api.model(name)
        if model is None:
            return Gone(entry, f"The model does not exist, or is not public ({answer.status}).", answer.status)
        if model.private or model.disabled:
            return Gone(entry, f"The model is {'not public' if model.private else 'disabled'}.", 404)
        if model.sha is None:
            raise EmptyRepository("The model has no commit.", url=entry.url)
        key, print_now = _key(model.id), fingerprint(model)
        if known is not None and known.fingerprint == print_now and not self._task.full:
            self._task.client.avoided()  # its card
            return Unchanged(entry, key, _counters(model))
        page = f"https://{_HOME}/{model.id}"
        keep = self._task.memory.keep_payload
        documents = [
            Document("api:huggingface-model", answer.body, keep(answer.body), page, model.sha)
        ]
        findings = [*of_name(entry, key, page, self._task.source)]
        with at("files"):
            for found in self._files(model, key, page):
                (documents if isinstance(found, Document) else findings).append(found)  # type: ignore[arg-type]
        previous = (entry.key,) if entry.key != key else ()
        return Fetched(
            entry, key, page, model.sha, tuple(documents), print_now, previous, _counters(model), tuple(findings)
        )

    def _files(self, model: Model, key: str, page: str) -> Iterator[Document | Finding]:
        assert model.sha is not None
        names = sorted({each.rfilename for each in model.siblings if is_wanted(each.rfilename)})[:_MOST_FILES]
        for path in names:
            body, _, is_large = self._api.file(model.id, model.sha, path)
            if is_large:
                yield finding(
                    "document-too-large", f"{path} is too large to be read (more than {MAX_FILE // MIB} MiB).",
                    source=self._task.source, entry=key, file=path, found="more", expected=f"{MAX_FILE // MIB} MiB",
                )
            elif body is not None:
                sha256 = self._task.memory.keep_payload(body)
                yield Document(path, body, sha256, f"{page}/blob/{model.sha}/{path}", model.sha)

    def is_alive(self) -> bool:
        """Whether the server answers at all. Raises `HarvestError`."""
        return self._api.is_alive()


def fingerprint(model: Model) -> str:
    """What must be equal for a model to count as unmoved: whatever a module is made of, and no counters."""
    telling = sorted(tag for tag in model.tags if tag.startswith(_TELLING))
    facts = [RULES, model.id, model.sha, model.pipeline_tag, model.library_name, bool(model.gated), telling]
    return hashlib.sha256(orjson.dumps(facts)).hexdigest()


def _key(name: str) -> str:
    return f"{_HOME}/{name.lower()}"


def _entry(name: str) -> Entry:
    page = f"https://{_HOME}/{name}"
    return Entry(_key(name), page, Listing(page))


def _counters(model: Model) -> dict[str, int]:
    return {"downloads": model.downloads, "likes": model.likes}


def _open(task: Task, settings: HuggingfaceSettings) -> HuggingfaceSource:
    return HuggingfaceSource(task, settings)


def _home(_endpoints: Endpoints, settings: HuggingfaceSettings) -> str:
    return settings.url


HUGGINGFACE = SourceKind(
    "huggingface", HuggingfaceSettings, _open, home=_home, credential="a token of Hugging Face that may read",
)
