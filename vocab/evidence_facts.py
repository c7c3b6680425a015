"""What identity looks at, gathered once for each repository from everything the sources say about it.

Border: this file reads statements and weighs nothing. `Subject` is one repository as identity sees it: the records
of several catalogues that list the same repository are one subject from the start.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from vocab.evidence_names import is_generic_title, name_signature, shingles, title_key
from vocab.record import Json, SourceRecord, Statement

# Readers of what the owner wrote about the module. Titles of others (a forge's description, a heading) are no title.
METADATA_READERS = ("curator", "ai4_v2", "deep_v1", "zenodo_json", "zenodo", "datacite", "codemeta", "citation_cff")

# Before the source of a record that no source lists any more: such a record still tells what its module is, but stands
# beside nothing in a list.
RETIRED_PREFIX = "retired:"

# A text shorter than this many runs of three words is a stock phrase.
LEAST_SHINGLES = 4


@dataclass(frozen=True, eq=False)
class Witness:
    """One repository as its sources list it, and the statements in its records.

    `key` is the current canonical key, `numeric_id` the forge's own id with the host before it.
    """

    key: str
    numeric_id: str | None
    records: tuple[SourceRecord, ...] = field(repr=False)

    @property
    def order(self) -> tuple[str, str]:
        """By what subjects are sorted, so that the order of the input does not matter."""
        return (self.key, self.numeric_id or "")

    @property
    def members(self) -> tuple[tuple[str, str], ...]:
        """The (source, key) pairs behind it."""
        return tuple(sorted((each.source, each.key) for each in self.records))

    @cached_property
    def sources(self) -> frozenset[str]:
        """The sources that list it."""
        return frozenset(each.source for each in self.records)

    @cached_property
    def catalogues(self) -> frozenset[str]:
        """The sources in whose list somebody wrote it as one module, unlike an organisation whose all is taken."""
        return frozenset(each.source for each in self.records if _listed_by_hand(each))

    def statements(self, name: str) -> list[Statement]:
        """All statements about one field, in a settled order."""
        return [one for each in self.records for one in each.statements if one.field == name]

    def texts(self, name: str) -> list[str]:
        """The values of one field as text, in a settled order."""
        return [str(each.value) for each in self.statements(name) if each.value]

    def saying(self, name: str, value: str) -> Statement | None:
        """The first statement that says this, for showing where it stands."""
        return next((each for each in self.statements(name) if each.value == value), None)


@dataclass(frozen=True, eq=False)
class Subject(Witness):
    """One repository: what its records say that tells which module it is."""

    @cached_property
    def former_keys(self) -> frozenset[str]:
        """The names the repository had before."""
        return frozenset(self.texts("evidence.repository")) - {self.key}

    @cached_property
    def named_keys(self) -> frozenset[str]:
        """The repositories that the metadata calls its own."""
        return frozenset(self.texts("evidence.names_repository"))

    @cached_property
    def moved_to(self) -> tuple[str, ...]:
        """Where banners say that it is now maintained, in the order of the text, itself left out."""
        own = {self.key, *self.former_keys}
        return tuple(dict.fromkeys(each for each in self.texts("evidence.moved_to") if each not in own))

    @cached_property
    def replaced_by(self) -> frozenset[str]:
        """What is said to replace it."""
        return frozenset(self.texts("evidence.replaced_by")) - {self.key}

    @cached_property
    def catalogue_renames(self) -> frozenset[str]:
        """The names it had before by the commits of a catalogue."""
        return frozenset(self.texts("evidence.catalogue_rename")) - {self.key, *self.former_keys}

    @cached_property
    def replaces(self) -> frozenset[str]:
        """What it is said to replace."""
        return frozenset(self.texts("evidence.replaces")) - {self.key}

    @cached_property
    def images(self) -> frozenset[str]:
        """The names of its container images, without tags."""
        return frozenset(self.texts("evidence.image"))

    @cached_property
    def signature(self) -> frozenset[str]:
        """The words of its repository's name."""
        return name_signature(last_part(self.key))

    @cached_property
    def signatures(self) -> frozenset[frozenset[str]]:
        """The words of every name of its own: repository now and before, image."""
        names = {self.key, *self.former_keys, *self.images}
        return frozenset(filter(None, (name_signature(last_part(each)) for each in names)))

    @cached_property
    def titles(self) -> tuple[str, ...]:
        """The titles that its metadata states, compared form, the best witness first."""
        found = [each for each in self.statements("title") if each.origin.reader in METADATA_READERS]
        found.sort(key=lambda each: (METADATA_READERS.index(each.origin.reader), title_key(str(each.value))))
        return tuple(dict.fromkeys(filter(None, (title_key(str(each.value)) for each in found))))

    @cached_property
    def has_generic_title(self) -> bool:
        """Does its title consist of words that any module may bear?"""
        return all(is_generic_title(each) for each in self.titles)

    @cached_property
    def commits(self) -> frozenset[str]:
        """The commits of its default branch, as far as fetched."""
        return frozenset(self.texts("evidence.commits"))

    @cached_property
    def created(self) -> frozenset[str]:
        """The days on which its metadata says that it was created. New Year's Day stands for "I do not know"."""
        stated = (str(each.value)[:10] for each in self.statements("dates.created")
                  if each.origin.reader in METADATA_READERS)
        return frozenset(each for each in stated if not each.endswith("-01-01"))

    @cached_property
    def wording(self) -> tuple[frozenset[str], ...]:
        """The summaries and descriptions of its metadata as runs of words, stock phrases left out."""
        texts = (str(each.value) for name in ("summary", "description") for each in self.statements(name)
                 if each.origin.reader in METADATA_READERS)
        return tuple(found for found in map(shingles, texts) if len(found) >= LEAST_SHINGLES)

    @cached_property
    def things(self) -> frozenset[str]:
        """The data sets, papers and DOIs it names."""
        found = set()
        for name in ("training_data", "publications", "identifiers"):
            for each in self.statements(name):
                if isinstance(each.value, dict):
                    found |= {each.value.get(part) for part in ("doi", "url", "value")}
        return frozenset(str(each) for each in found if each)


def last_part(key: str) -> str:
    """The name in a repository key or image name."""
    return key.rstrip("/").rsplit("/", 1)[-1]


def host_of(key: str) -> str:
    """The forge in a repository key."""
    return key.split("/", 1)[0]


def owner_of(key: str) -> str:
    """The forge and owner in a repository key."""
    return key.rsplit("/", 1)[0]


def numeric_id_of(record: SourceRecord) -> str | None:
    """The forge's own id of the repository, with the forge before it; None when it is not known."""
    values: list[Json] = record.values("evidence.numeric_id")
    return f"{host_of(record.key)}#{values[0]}" if values else None


def subjects_of(records: Iterable[SourceRecord]) -> list[Subject]:
    """The repositories that the records are about, sorted.

    One key is one repository, unless the forge's ids differ: then another repository was made under a name that
    was given up. A record that does not know the id belongs to the newest one, whose id is the highest.
    """
    by_key: dict[str, list[SourceRecord]] = defaultdict(list)
    for record in {(each.source, each.key): each for each in sorted(records, key=_record_order)}.values():
        by_key[record.key].append(record)
    found = []
    for key, same in sorted(by_key.items()):
        by_id: dict[str | None, list[SourceRecord]] = defaultdict(list)
        for record in same:
            by_id[numeric_id_of(record)].append(record)
        known = sorted((each for each in by_id if each is not None), key=lambda each: (len(each), each))
        if known and None in by_id:
            by_id[known[-1]] += by_id.pop(None)
        found += [Subject(key, each, tuple(sorted(by_id[each], key=_record_order))) for each in sorted(by_id, key=str)]
    return found


def _record_order(record: SourceRecord) -> tuple[str, str, str]:
    return (record.source, record.key, record.revision or "")


def _listed_by_hand(record: SourceRecord) -> bool:
    places = [each.origin.file for each in record.statements if each.origin.reader == "listing"]
    return not places or any(places)


def who_bears(subjects: Sequence[Subject]) -> dict[str, tuple[Subject, ...]]:
    """Who a repository key leads to: the newest that bears the name today, else all that bore it before."""
    current = {each.key: each for each in sorted(subjects, key=lambda each: (len(each.numeric_id or ""), each.order))}
    former: dict[str, list[Subject]] = defaultdict(list)
    for subject in subjects:
        for key in subject.former_keys - current.keys():
            former[key].append(subject)
    return {**{key: tuple(each) for key, each in former.items()}, **{key: (each,) for key, each in current.items()}}
