"""Texts, dates, terms, licences, numbers in metadata → statements, with what is wrong about them told.

A null, an empty text and a placeholder are absent values. Border: which key holds which kind of value is told in the
tables of the readers.
"""

from __future__ import annotations

import re

from vocab.dates import in_order, iso_date
from vocab.identifiers import is_placeholder, placeholder_meaning
from vocab.licences import licence_value
from vocab.module import Requirements
from vocab.readers.notes import Notes, shown
from vocab.readers.tree import Node
from vocab.terms import classify_keyword, term
from vocab.text import (
    clean_text,
    is_repository_name,
    is_template_text,
    looks_like_file_name,
    malformed_tag,
    one_line,
)

# Text fields in which a template's wording is worth telling.
_LINES = frozenset({"title", "summary"})

# The closed lists of the schema (2.0.0 to 2.3.0), folded. A value outside is kept when it is a term of ours, and told.
CLOSED_LISTS: dict[str, frozenset[str]] = {
    "libraries": frozenset(
        {"tensorflow", "pytorch", "keras", "scikit learn", "xgboost", "lightgbm", "catboost", "other"}
    ),
    "tasks": frozenset(
        {
            "computer vision",
            "natural language processing",
            "time series",
            "recommender systems",
            "anomaly detection",
            "regression",
            "classification",
            "clustering",
            "dimensionality reduction",
            "generative models",
            "graph neural networks",
            "optimization",
            "reinforcement learning",
            "transfer learning",
            "uncertainty estimation",
            "other",
        }
    ),
    "categories": frozenset({"ai4 pre trained", "ai4 trainable", "ai4 inference", "ai4 tools"}),
    "data_types": frozenset({"image", "text", "time series", "tabular", "graph", "audio", "video", "other"}),
}

_LONE_QUOTE = re.compile(r'[^"]*[^"\d]"')
_MAX_TEXT = 200_000
_MAX_LINE = 1_000

# Statement field → scheme of `vocab.terms`.
SCHEME_OF = {
    "tasks": "tasks", "libraries": "libraries", "categories": "categories", "data_types": "data-types",
}


def text_of(notes: Notes, node: Node, field: str) -> str | None:
    """The clean text of a value, or `None` after saying why there is none."""
    raw = node.text()
    if raw is None:
        code, told = ("value-null", "has no value") if node.value is None else ("shape-unexpected", "is no text")
        notes.tell(code, f"`{field}` {told}", at=node, field=field, expected=None if node.value is None else "a text")
        return None
    text = clean_text(raw)[:_MAX_TEXT]
    if not text:
        notes.tell("value-empty", f"`{field}` is empty", at=node, field=field)
        return None
    if is_placeholder(text):
        notes.tell("value-placeholder", f"`{field}` holds a template value", at=node, field=field, found=text)
        return None
    if raw != raw.strip(" \t") and field != "description":
        notes.tell(
            "value-blanks", f"blanks around the value of `{field}`", at=node, field=field, found=raw, expected=text
        )
    return text


def say_line(notes: Notes, node: Node, field: str) -> None:
    """A text of one line: title, summary, version."""
    text = text_of(notes, node, field)
    if text is None:
        return
    line = one_line(text)[:_MAX_LINE]
    if field in _LINES:
        line = _without_lone_quote(notes, node, field, line)
        _tell_template(notes, node, field, line)
    notes.say(field, line, at=node, raw=node.text())


def _without_lone_quote(notes: Notes, node: Node, field: str, line: str) -> str:
    """The line without a quotation mark at its end that closes nothing; `10"` is a size."""
    if not _LONE_QUOTE.fullmatch(line):
        return line
    bare = line[:-1].rstrip()
    told = f"a quotation mark at the end of `{field}` closes nothing"
    notes.tell("quote-alone", told, at=node, field=field, found=line, expected=bare)
    return bare


def _tell_template(notes: Notes, node: Node, field: str, line: str) -> None:
    # "Cold coral segmentation" is a title, also of a repository of that name; "cold-coral-segmentation" is none. What
    # cites or packs software may call it by that name.
    is_name = (
        field == "title"
        and notes.reader in {"ai4_v2", "deep_v1"}
        and " " not in line
        and (is_repository_name(line, notes.context.entry) or looks_like_file_name(line))
    )
    if is_name or is_template_text(line):
        told = f"the {field} is the name of the repository" if is_name else f"the {field} is text of the template"
        notes.tell("value-template-text", told, at=node, field=field, found=line)


def say_description(notes: Notes, node: Node, field: str = "description") -> None:
    """A long text; lines in a list are joined with line breaks."""
    if isinstance(node.value, list):
        node = Node("\n".join(each.text() or "" for each in node.value), node.line, node.mended)
    text = text_of(notes, node, field)
    if text is not None:
        if tag := malformed_tag(text):
            notes.tell("html-malformed", f"a tag in `{field}` is written wrongly", at=node, field=field, found=tag)
        notes.say(field, text, at=node, raw=node.text() if text != (node.text() or "").strip() else None)


def say_date(notes: Notes, node: Node, field: str) -> str | None:
    """A date; returns it."""
    raw = node.text()
    if raw is None or not raw.strip():
        return None
    date = iso_date(raw)
    if date is None:
        is_template = placeholder_meaning(raw) is not None
        code = "value-placeholder" if is_template else "date-unreadable"
        told = "holds a template value" if is_template else f"`{shown(raw)}` is no date that can be read"
        notes.tell(code, f"`{field}`: {told}", at=node, field=field, found=raw.strip(), expected="YYYY-MM-DD")
        return None
    notes.say(field, date, at=node, raw=raw)
    return date


def tell_order(notes: Notes, created: str | None, updated: str | None, at: Node | None) -> None:
    """Tells a change that lies before the creation."""
    if created and updated and not in_order(created, updated):
        notes.tell(
            "date-order",
            f"updated {updated}, but created {created}",
            at=at,
            field="dates.updated",
            found=updated,
            expected=f"{created} or later",
        )


def say_terms(notes: Notes, node: Node, field: str) -> None:
    """Values of a closed list, as terms of ours; others go where they belong, and are told."""
    for each in _listed(node):
        raw = each.text()
        if raw is None or not raw.strip() or is_placeholder(raw):
            continue
        known = term(SCHEME_OF[field], raw)
        if _folded(raw) not in CLOSED_LISTS[field]:
            notes.tell(
                "value-not-in-list",
                f"`{shown(raw)}` is not in the list of {field}",
                at=each,
                field=field,
                found=raw.strip(),
                expected="one of the values that the schema lists",
            )
        if known is not None:
            notes.say(field, known.id, at=each, raw=raw)
        else:
            say_keyword(notes, each)


def say_keywords(notes: Notes, node: Node, field: str = "keywords") -> None:
    """Keywords, each put where it belongs; one text with commas is a list."""
    for each in _listed(node):
        if isinstance(each.value, (dict, list)):
            notes.tell(
                "shape-unexpected",
                f"an element of `{field}` is no text",
                at=each,
                field=field,
                expected="a list of texts",
            )
            continue
        say_keyword(notes, each)


def say_keyword(notes: Notes, node: Node, *, rule: str = "classified") -> None:
    """One keyword: a library, a task, a community … or a free word; words about the platform are nothing."""
    raw = node.text()
    text = one_line(raw or "")
    if not text or is_placeholder(text):
        return
    for field, value in classify_keyword(text[:200]):
        notes.say(field, value, at=node, raw=raw, rule="declared" if field == "keywords" else rule)


def _folded(text: str) -> str:
    return " ".join(re.split(r"[\s_-]+", text.strip().lower()))


def _listed(node: Node) -> list[Node]:
    text = node.text()
    if text is not None and re.search(r"[,;\n]", text):
        return [Node(part, node.line, node.mended) for part in re.split(r"[,;\n]", text) if part.strip()]
    return node.items()


def say_licence(notes: Notes, node: Node, field: str = "licence.declared") -> None:
    """A licence as the metadata names it; several are an OR."""
    names = [each.text() for each in node.items() if (each.text() or "").strip()]
    raw = " OR ".join(name.strip() for name in names if name)
    if not raw:
        return
    meaning = placeholder_meaning(raw)
    if meaning is not None:
        code = "licence-missing" if meaning == "no licence" else "value-placeholder"
        notes.tell(
            code, f"the metadata says `{shown(raw)}` where a licence should stand", at=node, field=field, found=raw
        )
        return
    value = licence_value(raw)
    if value.spdx is None:
        notes.tell(
            "licence-unknown",
            f"`{shown(raw)}` is no licence that is known",
            at=node,
            field=field,
            found=raw,
            expected="an SPDX identifier",
        )
    notes.say(field, value, at=node, raw=raw)


# Key of `resources.*` → attribute of Requirements and the kind of number it is.
_NUMBERS: dict[str, tuple[str, type[int] | type[float]]] = {
    "cpu": ("cpu", int), "gpu": ("gpu", int), "memory_mb": ("memory_mb", int), "gpu_memory_mb": ("gpu_memory_mb", int),
    "gpu_compute_capability": ("gpu_compute_capability", float), "storage_mb": ("storage_mb", int),
}


def say_requirements(notes: Notes, node: Node, field: str = "requirements") -> None:
    """Computing resources for inference and training."""
    for purpose, wanted in node.members().items():
        if purpose not in {"inference", "training"}:
            notes.tell(
                "key-unknown", f"`resources.{purpose}` is no key of the schema", at=wanted, field=field, found=purpose
            )
            continue
        numbers: dict[str, float] = {}
        for name, each in wanted.members().items():
            row = _NUMBERS.get(name.lower())
            if row is None:
                notes.tell(
                    "key-unknown",
                    f"`resources.{purpose}.{name}` is no key of the schema",
                    at=each,
                    field=field,
                    found=name,
                )
            elif (number := _number(each, row[1])) is not None:
                numbers[row[0]] = number
            elif each.value is not None:
                notes.tell(
                    "number-unreadable",
                    f"`resources.{purpose}.{name}` is no number",
                    at=each,
                    field=f"resources.{purpose}.{name}",
                    found=each.text(),
                )
        if numbers:
            notes.say("requirements", Requirements(purpose, **numbers), at=wanted)  # type: ignore[arg-type]


def _number(node: Node, kind: type[int] | type[float]) -> int | float | None:
    text = (node.text() or "").strip()
    if not re.fullmatch(r"\d{1,12}(\.\d{1,6})?", text):
        return None
    return float(text) if kind is float else int(float(text))
