"""One distribution for each image and digest: what the owner names, completed by what registries know of it.

An owner names an image mostly without a tag; what a registry says of the tag `latest` is then about that. Registries
that speak of one tag complete each other; where they give different digests, one asked before the tag was pushed anew,
so what was pushed last holds. Border: which image comes first is a matter of belief, as everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from vocab.findings import finding
from vocab.merging.choice import Desk, label
from vocab.merging.values import completed, image_name, part_of
from vocab.module import Distribution
from vocab.record import Statement

_FIELD = "distributions"
_LATEST = "latest"


@dataclass(slots=True)
class _Build:
    """What is known of one digest of an image, under one tag or several."""

    known: Distribution
    first: Statement

    @property
    def tags(self) -> frozenset[str]:
        """The tags that lead to it."""
        return tags_of(self.known)


@dataclass(slots=True)
class _Image:
    """What is known of one image: as it is named without a tag, and its builds."""

    bare: Distribution | None = None
    bare_first: Statement | None = None
    builds: list[_Build] = field(default_factory=list)


def images_of(desk: Desk) -> dict[str, Sequence[Distribution]]:
    """The builds of each image by its name; the one that is pulled by the bare name comes first."""
    found: dict[str, _Image] = {}
    for each in desk.said(_FIELD):
        part = _image(each)
        if part is not None:
            _add(desk, found.setdefault(image_name(part), _Image()), part, each)
    for each in desk.told.get(_FIELD, ()):
        part = _image(each)
        if part is not None and image_name(part) in found:
            _add(desk, found[image_name(part)], part, each)
    return {name: _builds(image) for name, image in found.items()}


def tags_of(distribution: Distribution) -> frozenset[str]:
    """All tags that lead to a distribution."""
    return frozenset(filter(None, (distribution.tag, *distribution.tags)))


def is_image(statement: Statement) -> bool:
    """Does a statement about a distribution name an image?"""
    return isinstance(statement.value, dict) and statement.value.get("kind") == "image"


def _image(statement: Statement) -> Distribution | None:
    return part_of("Distribution", statement.value) if is_image(statement) else None


def _add(desk: Desk, image: _Image, part: Distribution, said: Statement) -> None:
    if part.digest is None and not tags_of(part):
        if image.bare is None or image.bare_first is None:
            image.bare, image.bare_first = part, said
            desk.ledger.note(said, won=True, why=f"{label(said)} names it")
        else:
            image.bare = _complete(desk, image.bare, image.bare_first, part, said)
        return
    for build in image.builds:
        if part.digest is not None and part.digest == build.known.digest:
            build.known = _complete(desk, build.known, build.first, part, said)
            return
    build_of_tag = next((each for each in image.builds if not tags_of(part).isdisjoint(each.tags)), None)
    if build_of_tag is None:
        image.builds.append(_Build(part, said))
        desk.ledger.note(said, won=True, why=f"{label(said)} names it")
    elif part.digest is None or build_of_tag.known.digest is None:
        build_of_tag.known = _complete(desk, build_of_tag.known, build_of_tag.first, part, said)
    else:
        _decide(desk, build_of_tag, part, said)


def _complete(
    desk: Desk, known: Distribution, first: Statement, part: Distribution, said: Statement
) -> Distribution:
    tags = tuple(dict.fromkeys((*known.tags, *part.tags, *filter(None, [part.tag])))) if known.tag else part.tags
    whole = completed(known, part)
    if known.tag and (set(tags) - {known.tag} or known.tags):
        whole = replace(whole, tags=_sorted({known.tag, *tags}))
    why = "says the same" if whole == known else f"completes what {label(first)} says"
    desk.ledger.note(said, won=False, why=why)
    return whole


def _sorted(tags: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(tags))


def _decide(desk: Desk, build: _Build, part: Distribution, said: Statement) -> None:
    """Two digests under one tag: what was pushed last holds, and the other one is told."""
    tag = min(tags_of(part) & build.tags)
    newer = _pushed(part) > _pushed(build.known)
    winner, loser = (said, build.first) if newer else (build.first, said)
    why = f"{label(winner)} gives {tag} a digest that was pushed later"
    if newer:
        desk.ledger.note(said, won=True, why=why)
        old, build.known, build.first = build.known, part, said
    else:
        desk.ledger.note(said, won=False, why=why)
        old = part
    at = loser.origin
    desk.findings.append(finding(
        "conflict-image",
        f"The tag {tag} of {image_name(part)} is {old.digest} for {label(loser)} and {build.known.digest} for "
        f"{label(winner)}.",
        source=at.source, entry=at.entry, field=_FIELD, found=old.digest, expected=build.known.digest,
    ))


def _pushed(part: Distribution) -> str:
    return part.pushed or part.created or ""


def _builds(image: _Image) -> Sequence[Distribution]:
    """The builds of one image; the one that its bare name leads to is completed with what the owner says of it."""
    builds = sorted(image.builds, key=lambda each: _LATEST not in each.tags)
    known = [each.known for each in builds]
    if image.bare is None or not builds:
        return known or ([image.bare] if image.bare is not None else [])
    main = completed(image.bare, known[0])
    if _LATEST not in builds[0].tags:
        # Without a tag nothing would be pulled.
        main = replace(main, pull=known[0].pull or main.pull, reference=known[0].reference or main.reference)
    return [main, *known[1:]]
