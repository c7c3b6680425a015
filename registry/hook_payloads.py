"""What a webhook's message is about: keys of entries and the words by which a source's settings may name it.

Nothing else of a message is believed or kept. It comes from outside, so any part may be missing or of another type.
Border: who sent it, and which sources list it, is the business of `registry.hooks`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from vocab.identifiers import doi_key, image_key, repository_key, zenodo_key
from vocab.identifiers.dois import own_doi
from vocab.identifiers.images import image_reference

Form = Mapping[str, Any]
_LONGEST = 500
_MOST = 100


@dataclass(frozen=True, slots=True)
class Subject:
    """`keys` are canonical (`vocab.identifiers.entry_keys`), `words` as settings write them, in lower case.

    `related` are keys of what the thing itself names: sources that follow links may list it because of them.
    """

    keys: frozenset[str] = field(default=frozenset())
    words: frozenset[str] = field(default=frozenset())
    related: frozenset[str] = field(default=frozenset())

    @property
    def name(self) -> str | None:
        """What it is called in an answer."""
        return min(self.keys, default=None)


@dataclass(frozen=True, slots=True)
class Hook:
    """One service that sends messages: how they are read, and which kinds of source name its things by words.

    `events` None: all of its messages tell of a change.
    """

    name: str
    read: Callable[[Form], Subject]
    kinds: frozenset[str]
    events: frozenset[str] | None = None


def _github(form: Form) -> Subject:
    """A repository; after a rename or transfer also by the name it had."""
    repository, changes = _form(form, "repository"), _form(form, "changes")
    full_name = _text(repository, "full_name")
    owner, _, name = full_name.partition("/")
    before = _text(_form(changes, "repository", "name"), "from")
    old_owner = _form(changes, "owner", "from")
    owners = [_text(_form(old_owner, kind), "login") for kind in ("user", "organization")]
    names = [full_name, *(f"{owner}/{before}" for _ in [0] if before), *(f"{each}/{name}" for each in owners if each)]
    page = _text(repository, "html_url")
    base = page[: -len(full_name)] if full_name and page.endswith(full_name) else "https://github.com/"
    urls = [f"{base}{each}" for each in names if each]
    words = {*names, *urls, *(f"{url}.git" for url in urls), owner, *owners}
    return Subject(_keys(repository_key(url) for url in urls), _lowered(words))


def _dockerhub(form: Form) -> Subject:
    repository = _form(form, "repository")
    name = _text(repository, "repo_name")
    found = image_reference(name) if name else None
    if found is None:
        return Subject()
    words = {name, found.name, _text(repository, "namespace") or name.partition("/")[0]}
    return Subject(frozenset({image_key(found.name)}), _lowered(words))


def _zenodo(form: Form) -> Subject:
    """A record in any of its shapes, or a message that holds one as `record`."""
    record = _form(form, "record") or form
    metadata, parent = _form(record, "metadata"), _form(record, "parent")
    dois = [own_doi(text) for text in _dois(record, metadata, parent)]
    numbers = [_number(record, name) for name in ("recid", "id", "record_id", "conceptrecid")]
    numbers.append(_number(parent, "id"))
    numbers = [each for each in numbers if each]
    dois += [f"10.5281/zenodo.{each}" for each in numbers]
    keys = _keys([*(doi_key(each) for each in dois if each), *(zenodo_key(each) for each in numbers)])
    communities = [*_list(metadata, "communities"), *_list(_form(parent, "communities"), "entries")]
    words = {_text(each, name) for each in communities for name in ("identifier", "id", "slug")}
    words |= {each for each in dois if each}
    related = [_text(each, "identifier") for each in _list(metadata, "related_identifiers")[:_MOST]]
    related.append(_text(_form(record, "custom_fields"), "code:codeRepository"))
    return Subject(keys, _lowered(words), _keys(repository_key(each) for each in related if each))


def _dois(record: Form, metadata: Form, parent: Form) -> Iterator[str]:
    for form, name in ((record, "doi"), (record, "conceptdoi"), (metadata, "doi")):
        yield _text(form, name)
    for form in (record, parent):
        yield _text(_form(form, "pids", "doi"), "identifier")


HOOKS: dict[str, Hook] = {
    each.name: each
    for each in (
        Hook(
            "github", _github, frozenset({"github", "git"}),
            frozenset({"push", "release", "repository", "create", "delete", "public"}),
        ),
        Hook("dockerhub", _dockerhub, frozenset({"dockerhub", "oci"})),
        Hook("zenodo", _zenodo, frozenset({"zenodo", "datacite", "oaipmh"})),
    )
}


def _form(form: Form, *path: str) -> Form:
    """The object at a path, or an empty one."""
    found: Any = form
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _text(form: Any, name: str) -> str:
    found = form.get(name) if isinstance(form, Mapping) else None
    return found.strip() if isinstance(found, str) and len(found) <= _LONGEST else ""


def _number(form: Form, name: str) -> str:
    found = form.get(name)
    text = str(found) if isinstance(found, int) and not isinstance(found, bool) else _text(form, name)
    return text if text.isascii() and text.isdigit() and len(text) <= 18 else ""


def _list(form: Form, name: str) -> list[Any]:
    found = form.get(name)
    return found[:_MOST] if isinstance(found, list) else []


def _keys(found: Iterator[str | None] | list[str]) -> frozenset[str]:
    return frozenset(each for each in found if each)


def _lowered(words: set[str]) -> frozenset[str]:
    return frozenset(each.lower() for each in words if each)
