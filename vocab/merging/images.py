"""One distribution for each image and digest: what the owner names, completed by what registries know of it.

An owner names an image mostly without a tag; what a registry says of the tag `latest` is then about that. Registries
that speak of one tag complete each other; where they give different digests, one asked before the tag was pushed anew,
so what was pushed last holds. Border: which image comes first is a matter of belief, as everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from vocab.findings import finding
from vocab.identifiers import image_reference
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

    @property
    def pushed(self) -> str:
        """When it came to stand under its tags."""
        return self.known.pushed or self.known.created or ""


@dataclass(slots=True)
class _Image:
    """What is known of one image: as it is named without a tag, and its builds; and the verdicts on what was said."""

    name: str
    bare: _Build | None = None
    builds: list[_Build] = field(default_factory=list)
    verdicts: dict[int, tuple[Statement, bool, str]] = field(default_factory=dict)

    def judge(self, said: Statement, *, won: bool, why: str) -> None:
        """Say what became of a statement; a later verdict takes the place of an earlier one."""
        self.verdicts[id(said)] = (said, won, why)


def images_of(desk: Desk) -> dict[str, Sequence[Distribution]]:
    """The builds of each image by its name; the one that is pulled by the bare name comes first."""
    found: dict[str, _Image] = {}
    for each in desk.said(_FIELD):
        part = _image(each)
        if part is not None:
            name = image_name(part)
            _add(found.setdefault(name, _Image(name)), part, each)
    for each in desk.told.get(_FIELD, ()):
        part = _image(each)
        if part is not None and image_name(part) in found:
            _add(found[image_name(part)], part, each)
    for image in found.values():
        _one_build_for_a_tag(desk, image)
        for said, won, why in image.verdicts.values():
            desk.ledger.note(said, won=won, why=why)
    return {name: _builds(image) for name, image in found.items()}


def tags_of(distribution: Distribution) -> frozenset[str]:
    """All tags that lead to a distribution."""
    return frozenset(filter(None, (distribution.tag, *distribution.tags)))


def is_image(statement: Statement) -> bool:
    """Does a statement about a distribution name an image?"""
    return isinstance(statement.value, dict) and statement.value.get("kind") == "image"


def _image(statement: Statement) -> Distribution | None:
    return part_of("Distribution", statement.value) if is_image(statement) else None


def _add(image: _Image, part: Distribution, said: Statement) -> None:
    """Put what is said to the build it is about: by digest, else by a tag when one of the digests is not known."""
    if part.digest is None and not tags_of(part):
        if image.bare is None:
            image.bare = _Build(part, said)
            image.judge(said, won=True, why=f"{label(said)} names it")
        else:
            _complete(image, image.bare, part, said)
        return
    same = [each for each in image.builds if part.digest is not None and part.digest == each.known.digest]
    same += [
        each for each in image.builds
        if not tags_of(part).isdisjoint(each.tags) and None in (part.digest, each.known.digest)
    ]
    if same:
        _complete(image, same[0], part, said)
    else:
        image.builds.append(_Build(part, said))
        image.judge(said, won=True, why=f"{label(said)} names it")


def _complete(image: _Image, build: _Build, part: Distribution, said: Statement) -> None:
    tags = build.tags | tags_of(part)
    whole = completed(build.known, part)
    if len(tags) > 1:
        whole = replace(whole, tags=tuple(sorted(tags)))
    why = "says the same" if whole == build.known else f"completes what {label(build.first)} says"
    image.judge(said, won=False, why=why)
    build.known = whole


def _one_build_for_a_tag(desk: Desk, image: _Image) -> None:
    """Two digests under one tag: what was pushed last holds, and the other one is told."""
    for tag in sorted({one for each in image.builds for one in each.tags}):
        holders = [each for each in image.builds if tag in each.tags]
        holds = max(holders, key=lambda each: each.pushed, default=None)
        for each in holders:
            if holds is None or each is holds:
                continue
            _tell(desk, image, tag, each, holds)
            left = sorted(each.tags - {tag})
            if left:
                each.known = _under(each.known, left)
            else:
                image.builds.remove(each)
                why = f"{label(holds.first)} gives {tag} a digest that was pushed later"
                image.judge(each.first, won=False, why=why)


def _under(known: Distribution, tags: Sequence[str]) -> Distribution:
    """The same build under these tags alone."""
    named = image_reference(f"{image_name(known)}:{tags[0]}")
    reference, pull = (named.reference, named.pull) if named else (known.reference, known.pull)
    return replace(
        known, tag=tags[0], tags=tuple(tags) if len(tags) > 1 else (), reference=reference, pull=pull
    )


def _tell(desk: Desk, image: _Image, tag: str, old: _Build, new: _Build) -> None:
    at = old.first.origin
    desk.findings.append(finding(
        "conflict-image",
        f"The tag {tag} of {image.name} is {old.known.digest} for {label(old.first)} and {new.known.digest} for "
        f"{label(new.first)}.",
        source=at.source, entry=at.entry, field=_FIELD, found=old.known.digest, expected=new.known.digest,
    ))


def _builds(image: _Image) -> Sequence[Distribution]:
    """The builds of one image; the one that its bare name leads to is completed with what the owner says of it."""
    builds = sorted(image.builds, key=lambda each: _LATEST not in each.tags)
    known = [each.known for each in builds]
    if image.bare is None or not builds:
        return known or ([image.bare.known] if image.bare is not None else [])
    main = completed(image.bare.known, known[0])
    if _LATEST not in builds[0].tags:
        # Without a tag nothing would be pulled.
        main = replace(main, pull=known[0].pull or main.pull, reference=known[0].reference or main.reference)
    return [main, *known[1:]]
