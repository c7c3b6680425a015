"""How a module is related to others: what is stated, and which images it is built on are those of other modules.

That needs two steps. `relations_of` judges the statements while the module is put together; an image that a Dockerfile
names in `FROM` waits there, because most images are plain runtimes and only who knows all modules can tell.
`resolved` says which of the named things are modules of ours. Border: finding a module by a name is the registry's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from vocab.identifiers import doi, image_reference, repository_key
from vocab.merging.choice import Desk, collect, label
from vocab.merging.origins import Said
from vocab.merging.values import SAME_THING, part_of
from vocab.module import Alias, Relation
from vocab.record import Statement

BASE_MODEL = "base_model"
ITSELF = "it is the module itself"
NOBODYS_IMAGE = "no module has this image: it is what the image is built on and no base model"


def names_of(target: str) -> tuple[str, ...]:
    """The alias values by which a module could be known that this text names, likeliest first."""
    image = image_reference(target)
    found = (repository_key(target), doi(target), image.name if image else None, target if "://" in target else None)
    return tuple(dict.fromkeys(each for each in found if each))


def relations_of(
    desk: Desk, worked_out: Iterable[Relation], aliases: Iterable[Alias]
) -> tuple[tuple[Relation, ...], tuple[Relation, ...]]:
    """The relations that hold, and the base models that do only if what they name turns out to be a module.

    A declared base model is believed before an image.

    Args:
        desk: what lies on the table.
        worked_out: relations to other modules that were worked out beyond the records.
        aliases: the names of the module itself.
    """
    own = {each.value for each in aliases}
    bases = [each for each in desk.said("relations") if _is_base(each) and own.isdisjoint(names_of(_target(each)))]
    declared = [each for each in bases if not _is_image(each)]
    latest = min((desk.places.of(each) for each in declared or bases), default=0)
    waiting: list[Relation] = []

    def refuse(each: Statement) -> str | None:
        if not own.isdisjoint(names_of(_target(each))):
            return ITSELF
        if not _is_base(each):
            return None
        if declared and _is_image(each):
            return f"{label(declared[0])} declares the base model; an image stands in only when nobody does"
        if desk.places.of(each) > latest:
            return "it is what an earlier place was built from"
        if not _is_image(each):
            return None
        waiting.append(part_of("Relation", each.value))
        return NOBODYS_IMAGE

    stated: tuple[Relation, ...] = collect(desk, "relations", refuse)
    known = {SAME_THING["relations"](each) for each in stated}
    more = sorted({each for each in worked_out if SAME_THING["relations"](each) not in known},
                  key=lambda each: (each.type, each.target))
    return (*stated, *more), tuple(dict.fromkeys(waiting))


def resolved(
    relations: Sequence[Relation], waiting: Sequence[Relation], modules: Mapping[str, str], slug: str
) -> tuple[Relation, ...]:
    """The relations with slugs in place of what names modules of ours, each once; those to itself left out."""
    known = [each for each in waiting if each.target in modules]
    named = [replace(each, target=modules.get(each.target, each.target)) for each in (*relations, *known)]
    return tuple(dict.fromkeys(each for each in named if each.target != slug))


def judged(said: Sequence[Said], modules: Mapping[str, str], slug: str) -> tuple[Said, ...]:
    """The verdicts on what was said about relations, once it is known which modules are named; winners first."""
    found: list[Said] = []
    taken = {modules.get(_target(each), _target(each)) for each in said if each.won and _is_base(each)}
    for each in said:
        named = modules.get(_target(each))
        if named == slug and (each.won or each.why == NOBODYS_IMAGE):
            found.append(replace(each, won=False, why=ITSELF))
        elif named is None or each.why != NOBODYS_IMAGE:
            found.append(each)
        elif named in taken:
            found.append(replace(each, why="says the same"))
        else:
            taken.add(named)
            found.append(replace(each, won=True, why=f"it is the image of the module {named}"))
    return tuple(sorted(found, key=lambda each: not each.won))


def _target(said: Statement | Said) -> str:
    target = said.value.get("target") if isinstance(said.value, dict) else None
    return target if isinstance(target, str) else ""


def _is_base(said: Statement | Said) -> bool:
    return isinstance(said.value, dict) and said.value.get("type") == BASE_MODEL


def _is_image(statement: Statement) -> bool:
    return statement.origin.reader == "dockerfile"
