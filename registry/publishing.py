"""From the source records of one module to what is public of it: form, origins, aliases, findings, change.

Writes only what is news. One `Change` is appended when the content moved, and only then the datestamp moves; what is
volatile (counts of findings, revisions) changes the form alone. `registry.rendering` writes the faces afterwards, when
the titles of all modules are known.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
from sqlalchemy import Connection, Row, bindparam, select

from registry.aliases import keep_aliases, keep_mentions, modules_named, slug_mention
from registry.components import Member
from registry.finding_rows import (
    assign_findings,
    entry_scope,
    findings_of_scopes,
    module_scope,
    replace_findings,
)
from registry.oai_sets import sets_of
from registry.tables import change, curated, entry, module, source, source_record
from registry.work import Work
from vocab.canonical import NOT_CONTENT, content_hash
from vocab.checks import check
from vocab.differences import moved_fields
from vocab.faces import canonical_json
from vocab.merge import Merged, merge
from vocab.module import Alias, Module, Status
from vocab.record import Finding, Origin, SourceRecord, Statement

CREATED, UPDATED, WITHDRAWN, RESTORED = "created", "updated", "withdrawn", "restored"
MODERATED = "moderated"

# What is asked for every module that is published; made once, because making a statement takes as long as running it.
_MODULE = select(module).where(module.c.id == bindparam("module"))
_CURATED = select(curated).where(curated.c.module_id.in_(bindparam("modules", expanding=True))).order_by(curated.c.id)
_SETTINGS = select(source.c.name, source.c.settings).where(source.c.name.in_(bindparam("names", expanding=True)))
_ENTRIES = (
    select(entry.c.source, entry.c.key)
    .join(source_record, (source_record.c.source == entry.c.source) & (source_record.c.key == entry.c.record_key))
    .where(source_record.c.id.in_(bindparam("records", expanding=True)))
    .order_by(source_record.c.id, entry.c.key)
)


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing did to one module: the whole module as it is now, and whether its form and content moved.

    `sets` are those of OAI-PMH; a tombstone stays in all that the module was in. `touched` are the alias values and
    slugs that mean something else now.
    """

    module_id: int
    module: Module
    form_moved: bool
    content_moved: bool
    public: bool
    sets: tuple[str, ...]
    touched: frozenset[str] = frozenset()
    absorbed: bool = False


@dataclass(frozen=True, slots=True)
class Prepared:
    """One module put together, before it is known which other modules its relations name.

    `touched` are the alias values that mean something else since.
    """

    member: Member
    row: Row[Any]
    records: tuple[SourceRecord, ...]
    merged: Merged
    aliases: tuple[Alias, ...]
    draft: bool
    touched: frozenset[str]


def prepare(work: Work, member: Member) -> Prepared:
    """Put one module together and keep its aliases: all modules of a component have theirs before one is published."""
    connection = work.connection
    row = _row(connection, member.module_id)
    records = member.speaking
    merged = merge(
        records,
        slug=row.slug,
        uri=work.uri(row.slug),
        curated=curated_statements(connection, [member.module_id, *member.absorbed], row.slug),
        relations=tuple(member.relations),
        things=member.things,
        disowned=member.disowned,
    )
    draft = _is_draft(connection, row, member)
    elsewhere = _borne_elsewhere(connection, member.module_id, records)
    stated = [each for each in merged.module.aliases if each not in elsewhere]
    aliases = _aliases(work, row.slug, stated, member.absorbed)
    touched = set() if draft else keep_aliases(connection, member.module_id, aliases)
    for each in member.absorbed:
        touched |= keep_aliases(connection, each, ())
    return Prepared(member, row, records, merged, aliases, draft, frozenset(touched))


def publish(work: Work, prepared: Prepared) -> Published:
    """Bring what is kept of one module up to its source records."""
    connection, member, row, records = work.connection, prepared.member, prepared.row, prepared.records
    named = (*prepared.merged.module.relations, *prepared.merged.waiting)
    merged = prepared.merged.with_modules(modules_named(connection, named))
    status = Status.WITHDRAWN if member.gone else Status.DRAFT if prepared.draft else Status.PUBLISHED
    made = replace(
        merged.module,
        status=status,
        withdrawn_reason=_reason(member, merged.module) if member.gone else None,
        archived=_archived(member),
        aliases=prepared.aliases,
    )
    found = (*member.findings, *merged.findings, *(each for one in records for each in one.findings))
    found = tuple(dict.fromkeys((*found, *check(made, records))))
    made = replace(made, findings=_keep_findings(work, member, found))
    keep_mentions(connection, member.module_id, named, made)
    touched = set(prepared.touched)
    if row.status != status.value:
        # An alias that two modules have leads to the one that is public.
        touched |= {each.value for each in made.aliases}
    if row.title != made.title:
        touched.add(slug_mention(row.slug))
    values = {"title": made.title, "origins": orjson.dumps(merged.origins.to_json()), "evidence": member.evidence,
              "merged_into": None, "withdrawn_reason": made.withdrawn_reason}
    return _keep(work, row, made, values, frozenset(touched))


def bury(work: Work, module_id: int, survivor: str) -> Published:
    """Make a module the tombstone of one that was merged into another."""
    connection = work.connection
    row = _row(connection, module_id)
    into = connection.scalar(select(module.c.id).where(module.c.slug == survivor))
    stone = Module(
        slug=row.slug, title=row.title, uri=work.uri(row.slug), status=Status.WITHDRAWN,
        withdrawn_reason=f"merged into {survivor}",
    )
    touched = keep_aliases(connection, module_id, ())
    keep_mentions(connection, module_id, (), stone)
    replace_findings(connection, module_scope(module_id), ())
    values = {"title": row.title, "origins": b"{}", "evidence": [], "merged_into": into,
              "withdrawn_reason": stone.withdrawn_reason}
    return replace(_keep(work, row, stone, values, frozenset(touched)), absorbed=True)


def curated_statements(connection: Connection, module_ids: Sequence[int], slug: str) -> tuple[Statement, ...]:
    """What curators said of a module, as statements; of modules merged into it only fields it has no word on itself."""
    rows = connection.execute(_CURATED, {"modules": list(module_ids)}).all()
    own = {row.field for row in rows if row.module_id == module_ids[0]}
    origin = Origin(source="curator", entry=slug, reader="curator", rule="curated")
    chosen = [row for row in rows if row.module_id == module_ids[0] or row.field not in own]
    return tuple(Statement(row.field, row.value, origin) for row in chosen)


def _row(connection: Connection, module_id: int) -> Row[Any]:
    return connection.execute(_MODULE, {"module": module_id}).one()


def _is_draft(connection: Connection, row: Row[Any], member: Member) -> bool:
    """Modules of moderated sources alone wait for a curator; what was public once never goes back."""
    if row.approved or row.sequence is not None:
        return False
    names = sorted({each.record.source for each in member.living if each.id in member.makers})
    rows = connection.execute(_SETTINGS, {"names": names}).all()
    moderated = {each.name for each in rows if each.settings.get("trust") == MODERATED}
    return bool(names) and set(names) <= moderated


def _reason(member: Member, made: Module) -> str:
    """Why a module is withdrawn: what is known of its records' end, and what came after it."""
    if not member.makers:
        return "no source lists it for its own sake any more"
    makers = [each for each in member.living if each.id in member.makers]
    told = sorted({each.reason for each in makers if each.reason})
    sources = sorted({each.record.source for each in makers})
    reason = "; ".join(told) or f"no longer listed by {', '.join(sources)}"
    successors = sorted(each.target for each in made.relations if each.type == "successor")
    return f"{reason}; replaced by {', '.join(successors)}" if successors else reason


def _archived(member: Member) -> str | None:
    """Why nobody keeps a module up to date any more, when that is so."""
    makers = [each for each in member.living if each.id in member.makers]
    if member.gone or not makers or not all(each.archived for each in makers):
        return None
    sources, day = sorted({each.record.source for each in makers}), max(each.archived or "" for each in makers)[:10]
    return f"as it was on {day}, when the source {' and '.join(sources)} was removed"


def _borne_elsewhere(connection: Connection, module_id: int, records: Sequence[SourceRecord]) -> set[Alias]:
    """The former names by a catalogue's words under which another module is listed today: they lead there."""
    named = sorted({str(each) for record in records for each in record.values("evidence.catalogue_rename")})
    if not named:
        return set()
    others = select(source_record.c.key).where(
        source_record.c.key.in_(named), source_record.c.retired.is_(None), source_record.c.module_id != module_id
    )
    return {Alias("repository", key) for key in connection.scalars(others)}


def _aliases(work: Work, slug: str, stated: Sequence[Alias], absorbed: Sequence[int]) -> tuple[Alias, ...]:
    """What the records say, and the slugs and URIs of the modules that went into this one; never its own slug."""
    were_public = (module.c.id.in_(list(absorbed)), module.c.sequence.is_not(None))
    rows = work.connection.execute(select(module.c.slug).where(*were_public)).all() if absorbed else []
    old = [each for row in rows for each in (Alias("slug", row.slug), Alias("uri", work.uri(row.slug)))]
    found = {each for each in (*stated, *old) if each != Alias("slug", slug)}
    return tuple(sorted(found, key=lambda each: (each.kind, each.value)))


def _keep_findings(work: Work, member: Member, found: Sequence[Finding]) -> dict[str, int]:
    """Keep the findings of a module and its entries; returns how many there are of each severity."""
    connection = work.connection
    replace_findings(connection, module_scope(member.module_id), found, member.module_id)
    rows = connection.execute(_ENTRIES, {"records": [each.id for each in member.records]}).all()
    scopes = [entry_scope(row.source, row.key) for row in rows]
    assign_findings(connection, scopes, member.module_id)
    counts: dict[str, int] = {}
    for one in (*found, *findings_of_scopes(connection, scopes)):
        counts[str(one.severity)] = counts.get(str(one.severity), 0) + 1
    return dict(sorted(counts.items()))


def _keep(
    work: Work, row: Row[Any], made: Module, values: dict[str, Any], touched: frozenset[str]
) -> Published:
    """Write the row of a module, and a change when its content moved."""
    content = content_key(made)
    public = made.status is not Status.DRAFT and (row.sequence is not None or made.status is Status.PUBLISHED)
    moved = public and (row.sequence is None or content != row.content_hash)
    datestamp, sequence = row.datestamp, row.sequence
    if moved:
        datestamp, sequence = work.datestamp(), work.next_sequence()
    made = replace(made, datestamp=datestamp, sequence=sequence)
    sets = _sets(row, made)
    values = values | {
        "status": made.status.value, "form": canonical_json.render(made, work.face_context()), "content_hash": content,
        "datestamp": datestamp, "sequence": sequence, "sets": list(sets),
    }
    news = {name: value for name, value in values.items() if row._mapping[name] != value}
    if news:
        work.connection.execute(module.update().where(module.c.id == row.id).values(news))
        work.written["module"] += 1
    if moved:
        _append_change(work, row, made, content, _fields(row, values["form"], sets))
    return Published(row.id, made, "form" in news, moved, public, sets, touched)


def _sets(row: Row[Any], made: Module) -> tuple[str, ...]:
    """The OAI-PMH sets of a module. A tombstone is of all sets that the module was in, for ever."""
    if made.status is not Status.WITHDRAWN:
        return sets_of(made)
    return tuple(row.sets) or sets_of(made)


def _fields(row: Row[Any], form: bytes, sets: Sequence[str]) -> list[str] | None:
    """The fields of a module that moved, for its change; None when it is new or what it was cannot be read."""
    try:
        before = orjson.loads(row.form) if row.sequence is not None else None
    except orjson.JSONDecodeError:
        before = None
    if before is None:
        return None
    moved = [name for name in moved_fields(before, orjson.loads(form)) if name == "uri" or name not in NOT_CONTENT]
    return [*moved, *(["sets"] if list(row.sets) != list(sets) else [])]


def _append_change(work: Work, row: Row[Any], made: Module, content: str, fields: list[str] | None) -> None:
    if made.status is Status.WITHDRAWN:
        kind = WITHDRAWN
    elif row.sequence is None:
        kind = CREATED
    else:
        kind = RESTORED if row.status == Status.WITHDRAWN.value else UPDATED
    work.connection.execute(
        change.insert().values(
            sequence=made.sequence, module_id=row.id, kind=kind, datestamp=made.datestamp, content_hash=content,
            run_id=work.run_id, fields=fields,
        )
    )
    work.changed[kind] += 1
    work.slugs.append((kind, made.slug))


def content_key(made: Module) -> str:
    """The hash of what a module says, under which URI and in which OAI-PMH sets: when it moves, the datestamp does."""
    return hashlib.sha256(f"{content_hash(made)} {made.uri} {' '.join(sets_of(made))}".encode()).hexdigest()
