"""Which two repositories are the same module, and why: one function for each kind of evidence.

The strength of a kind stands in one table. Explicit words of the owner (a banner, metadata that names the other
repository) go before likeness (title and names), and history that is shared never joins anything by itself: templates
hand their whole history to unrelated children. Border: pairs only; what becomes of a chain of pairs is decided in
`vocab.identity`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from vocab.evidence_facts import Subject, host_of, last_part, owner_of, who_bears
from vocab.evidence_names import distinctive, name_signature, names_equal, names_related

# How strong a kind of evidence is: from 90 the forge's own word, from 70 the owner's or the catalogue's, from 40
# likeness that is supported; below 40 it supports and joins nothing. Those of images, DOIs and OAI items, by which
# `vocab.attachments` goes, stand among them.
STRENGTH = {
    "ruling": 100,
    "same-thing": 99,
    "same-repository": 99,
    "same-numeric-id": 98,
    "renamed": 95,
    "thing-of-repository": 92,
    "thing-of-module": 91,
    "same-page": 82,
    "banner": 80,
    "names-repository": 75,
    "catalogue-commit": 72,
    "names-thing": 74,
    "same-image": 70,
    "same-repository-elsewhere": 60,
    "equal-title": 50,
    "banner-to-former-name": 48,
    "thing-of-code": 46,
    "equal-name": 44,
    "related-names": 9,
    "shared-image": 7,
    "similar-text": 6,
    "same-day": 5,
    "same-things": 4,
    "shared-history": 3,
}
EXPLICIT = 70
LIKENESS = 40

# Half of the shorter text standing in the other one is more than a shared template sentence gives.
SIMILAR_TEXT = 0.5


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason to take two repositories for the same module; `a` and `b` are entry keys, `detail` is for people."""

    kind: str
    a: str
    b: str
    detail: str
    strength: int


@dataclass(frozen=True, eq=False)
class Link:
    """Two repositories that are the same module by all that is said of the two alone; the first reason joined them."""

    a: Subject
    b: Subject
    reasons: tuple[Evidence, ...]

    @property
    def strength(self) -> int:
        """The strength of the reason that joins, with the number of those that support it."""
        return self.reasons[0].strength * 10 + min(9, len(self.reasons) - 1)

    @property
    def explicit(self) -> bool:
        """Did the forge, the owner or the catalogue say it?"""
        return self.reasons[0].strength >= EXPLICIT


@dataclass(frozen=True)
class Doubt:
    """Something that speaks for two repositories being the same module and was not followed, and why."""

    a: Subject
    b: Subject
    why: str


class Neighbourhood:
    """The repositories that are looked at together, and what they say of each other."""

    def __init__(self, subjects: Iterable[Subject]) -> None:
        self.subjects = tuple(sorted(subjects, key=lambda each: each.order))
        self._bearers = who_bears(self.subjects)
        self._image_holders = Counter(image for each in self.subjects for image in each.images)

    def lead(self, keys: Iterable[str], away_from: Subject) -> list[Subject]:
        """The repositories that these keys lead to, in the order of the keys, the one that names them left out."""
        found = (each for key in keys for each in self._bearers.get(key, ()))
        return [each for each in dict.fromkeys(found) if each is not away_from]

    @cached_property
    def banner_targets(self) -> dict[Subject, Subject]:
        """Where each repository's banner leads: one repository of ours. Of several the one that is alike is meant."""
        chosen = {}
        for subject in self.subjects:
            found = self.lead(subject.moved_to, subject)
            alike = [each for each in found if self.alike(subject, each)]
            if alike or len(found) == 1:
                chosen[subject] = (alike or found)[0]
        return chosen

    def image_of_their_own(self, a: Subject, b: Subject) -> str | None:
        """An image that these two name and no third repository."""
        return min((each for each in a.images & b.images if self._image_holders[each] == 2), default=None)

    def alike(self, a: Subject, b: Subject) -> bool:
        """Do their own titles, names or images say that they are the same, whatever a link says?"""
        return bool(
            (a.titles and a.titles[:1] == b.titles[:1])
            or names_equal(a.signature, b.signature)
            or self.image_of_their_own(a, b)
            or (not side_by_side(a, b) and _related(a, b))
        )


def side_by_side(a: Subject, b: Subject) -> bool:
    """Does one catalogue list both, as two?

    Who takes all repositories of an organisation says nothing about them: old and new stand beside each other there.
    """
    return not a.catalogues.isdisjoint(b.catalogues)


def same_words(a: Subject, b: Subject) -> bool:
    """Are the repositories named with the same words, be they common ones?"""
    return bool(a.signature) and a.signature == b.signature


def _related(a: Subject, b: Subject) -> bool:
    return any(names_related(x, y) for x in a.signatures for y in b.signatures)


def other_repository_of_the_name(a: Subject, b: Subject) -> bool:
    """Does the forge say, by its own ids, that these are two repositories?"""
    return bool(a.numeric_id and b.numeric_id and a.numeric_id != b.numeric_id)


def links_by_forge(near: Neighbourhood) -> Iterator[Link]:
    """Renames: the same id of the forge, or a name that the other bore before."""
    by_id: dict[str, Subject] = {}
    for subject in near.subjects:
        if subject.numeric_id is not None:
            first = by_id.setdefault(subject.numeric_id, subject)
            if first is not subject:
                yield link("same-numeric-id", first, subject, f"the forge's own id of both is {subject.numeric_id}")
        for other in near.lead(sorted(subject.former_keys), subject):
            if not other_repository_of_the_name(subject, other):
                yield link("renamed", subject, other, f"{subject.key} was named {other.key} before")


def links_by_banner(near: Neighbourhood) -> Iterator[Link | Doubt]:
    """A banner in the README says where it is maintained now."""
    for subject in near.subjects:
        target = near.banner_targets.get(subject)
        if target is None:
            if found := near.lead(subject.moved_to, subject):
                named = ", ".join(each.key for each in found)
                yield Doubt(subject, found[0], f"its banner names several repositories, none of them alike: {named}")
            continue
        doubt = _why_not_by_banner(near, subject, target)
        if doubt:
            yield Doubt(subject, target, doubt)
        else:
            detail = f"{_place(subject, target)} says that it is maintained in {target.key}"
            yield link("banner", subject, target, detail)


def _why_not_by_banner(near: Neighbourhood, subject: Subject, target: Subject) -> str | None:
    if near.alike(subject, target) or same_words(subject, target):
        return None
    if side_by_side(subject, target):
        return "its banner leads there, but one catalogue lists both and neither title nor name is alike"
    others = [each for each, to in near.banner_targets.items() if to is target and each is not subject]
    originals = [each for each in others if near.alike(each, target) or same_words(each, target)]
    if originals and not any(near.alike(subject, each) or same_words(subject, each) for each in originals):
        return f"its banner leads there, but it is that of {originals[0].key} and looks like a copy of it"
    return None


def _place(subject: Subject, target: Subject) -> str:
    for key in (target.key, *sorted(target.former_keys)):
        said = subject.saying("evidence.moved_to", key)
        if said is not None and said.origin.file:
            line = f" line {said.origin.line}" if said.origin.line else ""
            return f"{said.origin.file}{line} of {subject.key}"
    return f"a banner of {subject.key}"


def links_by_named_repository(near: Neighbourhood) -> Iterator[Link | Doubt]:
    """Metadata that calls the other repository its own, and does not name the one it stands in.

    Children of a module often name its repository as their code, so something else must be alike too.
    """
    for subject in near.subjects:
        if not subject.named_keys.isdisjoint({subject.key, *subject.former_keys}):
            continue
        for other in near.lead(sorted(subject.named_keys), subject):
            if not near.alike(subject, other):
                continue
            if side_by_side(subject, other):
                yield Doubt(subject, other, "its metadata calls it its own repository, but one catalogue lists both")
            else:
                yield link("names-repository", subject, other,
                           f"the metadata of {subject.key} names {other.key} as its own repository")


def links_by_catalogue(near: Neighbourhood) -> Iterator[Link | Doubt]:
    """A commit of a catalogue says that it was another repository before."""
    for subject in near.subjects:
        for key in sorted(subject.catalogue_renames):
            for other in near.lead([key], subject):
                said = f"{_commit_of(subject, 'catalogue_rename', key)} says that {key} was renamed to it"
                if side_by_side(subject, other):
                    yield Doubt(subject, other, f"{said}, but one catalogue lists both")
                else:
                    yield link("catalogue-commit", subject, other, f"{subject.key}: {said}")


def successors(near: Neighbourhood) -> Iterator[tuple[Subject, Subject, str]]:
    """Which repository took the place of which, old and new, and who says so."""
    for subject in near.subjects:
        for other in near.lead(sorted(subject.replaced_by), subject):
            yield subject, other, f"{subject.key} says that {other.key} replaces it"
        for key in sorted(subject.replaces):
            for other in near.lead([key], subject):
                said = _commit_of(subject, "replaces", key)
                yield other, subject, f"{said} says that {subject.key} replaces {other.key}"


def _commit_of(subject: Subject, name: str, key: str) -> str:
    said = subject.saying(f"evidence.{name}", key)
    commit = said.origin.commit if said is not None else None
    return f"commit {commit[:10]} of the catalogue" if commit else "a commit of the catalogue"


def link(kind: str, a: Subject, b: Subject, detail: str, supports: Iterable[Evidence] = ()) -> Link:
    """A link by this kind of evidence, with what else is alike."""
    first, second = sorted((a, b), key=lambda each: each.order)
    reason = Evidence(kind, first.key, second.key, detail, STRENGTH[kind])
    return Link(first, second, (reason, *(supports or supporting(first, second))))


def supporting(a: Subject, b: Subject) -> list[Evidence]:
    """What else is alike; none of it joins by itself."""
    found = {
        "related-names": _related(a, b) and f"the names {last_part(a.key)} and {last_part(b.key)} share their words",
        "shared-image": a.images & b.images and f"both name the image {min(a.images & b.images)}",
        "similar-text": _similar_text(a, b) and "the one description stands largely in the other",
        "same-day": a.created & b.created and f"both say that they were created on {min(a.created & b.created)}",
        "same-things": a.things & b.things and f"both name {min(a.things & b.things)}",
        "shared-history": a.commits & b.commits and f"they share {len(a.commits & b.commits)} commits or more",
    }
    return [Evidence(kind, a.key, b.key, str(text), STRENGTH[kind]) for kind, text in found.items() if text]


def _similar_text(a: Subject, b: Subject) -> bool:
    return any(len(x & y) >= SIMILAR_TEXT * min(len(x), len(y)) for x in a.wording for y in b.wording)


def link_by_likeness(near: Neighbourhood, a: Subject, b: Subject) -> Link | None:
    """Equal title, equal name or image, a banner that leads to a former name: each with something that supports it.

    Nothing of this counts against a list that names both, or against owners who send their readers elsewhere.
    """
    if side_by_side(a, b) or _sent_elsewhere(near, a, b):
        return None
    # In one organisation only names that agree are worth a look; elsewhere other names are no wonder.
    if not a.sources.isdisjoint(b.sources) and not (same_words(a, b) or _related(a, b)):
        return None
    supports = supporting(a, b)
    kinds = {each.kind for each in supports}
    if (image := near.image_of_their_own(a, b)) and "related-names" in kinds:
        return link("same-image", a, b, f"no other repository names the image {image}", supports)
    if _equal_titles(a, b, kinds):
        return link("equal-title", a, b, f"both are called “{_shared_title(a, b)}”", supports)
    for one, other in ((a, b), (b, a)):
        if former := _former_name(near, one, other, kinds):
            return link("banner-to-former-name", one, other,
                        f"the banner of {one.key} leads to {former}, which {other.key} seems to have been", supports)
    if same_words(a, b) and "similar-text" in kinds and _history_agrees(a, kinds):
        return link("equal-name", a, b, "the names consist of the same words", supports)
    return None


def _history_agrees(a: Subject, kinds: set[str]) -> bool:
    witnesses = kinds & {"same-day", "shared-history"}
    return len(witnesses) == 2 if not distinctive(a.signature) else bool(witnesses)


def _sent_elsewhere(near: Neighbourhood, a: Subject, b: Subject) -> bool:
    if any(other in near.lead([*one.replaced_by, *one.replaces], one) for one, other in ((a, b), (b, a))):
        return True
    first, second = near.banner_targets.get(a), near.banner_targets.get(b)
    return first is not None and second is not None and first is not second and first is not b and second is not a


def _shared_title(a: Subject, b: Subject) -> str:
    return next((each for each in a.titles if each in b.titles), "")


def _equal_titles(a: Subject, b: Subject, kinds: set[str]) -> bool:
    """The title of each; one that stands only in an older file must come with a related name.

    Unrelated modules bear a title of common words, and so do copies of one template: the names must agree as well
    and something beside them.
    """
    if not _shared_title(a, b):
        return False
    if a.titles[0] != b.titles[0]:
        return "related-names" in kinds and len(kinds) > 1
    if a.has_generic_title or b.has_generic_title:
        return ("related-names" in kinds or bool(a.signatures & b.signatures)) and bool(kinds - {"related-names"})
    return bool(kinds) or bool(a.signatures & b.signatures)


def _former_name(near: Neighbourhood, one: Subject, other: Subject, kinds: set[str]) -> str | None:
    """A banner that leads to nothing we know, but to a name of the same words beside the other or on another forge."""
    if near.lead(one.moved_to, one):
        return None
    for key in one.moved_to:
        words = name_signature(last_part(key))
        beside = owner_of(key) == owner_of(other.key)
        mirrored = host_of(key) != host_of(other.key) and last_part(key) == last_part(other.key)
        named_alike = bool(words) and words == other.signature and (beside or mirrored)
        if named_alike and (kinds - {"related-names"} or (distinctive(words) and kinds)):
            return key
    return None
