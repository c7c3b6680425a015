"""`Dockerfile`: whose image it builds on, who maintains it, which version it says it is.

`ARG` and `ENV` are substituted as far as they are literal. Every image that the last stage builds on is stated as a
base model. Border: whether it is one, the image of another module, is decided where all modules are known
(`vocab.merging.relations`); build steps are not looked at. Dockerfile reference: FROM, ARG, ENV, LABEL, MAINTAINER.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, replace

from vocab.identifiers import image_reference, is_placeholder, repository_address
from vocab.module import Agent, Link, Relation
from vocab.readers import values
from vocab.readers.notes import Notes
from vocab.readers.payload_text import payload_text
from vocab.readers.people import agents_in, mended_accents
from vocab.readers.tree import Node
from vocab.record import Document, EntryContext, Reading
from vocab.text import one_line

READER = "dockerfile"

# `FROM scratch` begins with nothing.
_NOTHING = "docker.io/library/scratch"
_MAX_INSTRUCTIONS = 2_000
_MAX_ARGUMENTS = 4_000
_MAX_VARIABLES = 20
_MAX_VALUE = 1_000
_VARIABLE = re.compile(r"\$(?:\{(?P<braced>\w+)(?::?[-+](?P<default>[^{}]*))?\}|(?P<bare>\w+))")
_PAIR = re.compile(
    r"""(?<![\w.@/-])(?P<name>"[^"]{1,200}"|[\w.@/-]+)=(?P<value>"(?:[^"\\]|\\.)*"|'[^']*'|(?:\\.|[^\s"'])*)""",
    re.DOTALL,
)
_VERSION = re.compile(r"v?\d[\w.+-]{0,60}")


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction with its continuation lines joined; `line` is where it begins."""

    name: str
    arguments: str
    line: int


def instructions(text: str) -> list[Instruction]:
    """The instructions of a Dockerfile, comments left out."""
    found: list[Instruction] = []
    parts: list[str] = []
    first = 0
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        first = number if not parts else first
        stripped = line.rstrip()
        parts.append(stripped.removesuffix("\\").strip())
        if stripped.endswith("\\"):
            continue
        name, _, arguments = " ".join(parts).strip().partition(" ")
        found.append(Instruction(name.upper(), arguments.strip(), first))
        parts = []
        if len(found) >= _MAX_INSTRUCTIONS:
            break
    return found


def read(document: Document, context: EntryContext) -> Reading:
    """Reads the base image, the labels and the maintainer."""
    notes = Notes(READER, document, context)
    decoded = payload_text(document.body, "a Dockerfile", empty_is_defect=False)
    notes.tell_all(decoded.defects)
    if decoded.text is None:
        return notes.reading(parsed=False)
    names: dict[str, str] = {}
    stages: dict[str, tuple[str, int]] = {}
    base: tuple[str, int] | None = None
    for each in instructions(decoded.text):
        if each.name in {"ARG", "ENV"}:
            names.update(_assignments(each, names))
        elif each.name == "FROM":
            base = _from(each, names, stages)
        elif each.name == "LABEL":
            for name, value in pairs(each.arguments).items():
                _say_label(notes, name, substituted(value, names), each.line)
        elif each.name == "MAINTAINER":
            _say_maintainer(notes, substituted(each.arguments.strip("\"'"), names), each.line)
    _say_environment(notes, names)
    if base is not None:
        _say_base(notes, *base)
    return notes.reading()


def pairs(arguments: str) -> dict[str, str]:
    """The `name=value` pairs of a LABEL or ENV, or the one pair of the older form `name value`."""
    found = {
        match["name"].strip('"'): _unquoted(match["value"]) for match in _PAIR.finditer(arguments[:_MAX_ARGUMENTS])
    }
    if found and _PAIR.match(arguments):
        return found
    name, _, value = arguments.partition(" ")
    return {name.strip('"'): _unquoted(value.strip())} if name and value else {}


def _unquoted(text: str) -> str:
    if len(text) > 1 and text[0] in "\"'" and text[-1] == text[0]:
        return text[1:-1].replace("\\\"", '"') if text[0] == '"' else text[1:-1]
    return re.sub(r"\\(.)", r"\1", text)


def _assignments(each: Instruction, names: dict[str, str]) -> dict[str, str]:
    if each.name == "ARG" and "=" not in each.arguments:
        return {}
    return {name: substituted(value, names) for name, value in pairs(each.arguments).items()}


def substituted(text: str, names: dict[str, str]) -> str:
    """The text with variables replaced as far as they are known; unknown ones stay."""
    def value(match: re.Match[str]) -> str:
        name = match["braced"] or match["bare"]
        return names.get(name) or match["default"] or match.group()
    # Bounded, or variables that name variables would double the text at every line.
    return _VARIABLE.sub(value, text[:_MAX_ARGUMENTS], count=_MAX_VARIABLES)[:_MAX_VALUE]


def _from(each: Instruction, names: dict[str, str], stages: dict[str, tuple[str, int]]) -> tuple[str, int] | None:
    try:
        words = [word for word in shlex.split(each.arguments, posix=True) if not word.startswith("--")]
    except ValueError:
        return None
    if not words:
        return None
    image = substituted(words[0], names)
    base = stages.get(image.lower(), (image, each.line))
    if len(words) > 2 and words[1].lower() == "as":
        stages[words[2].lower()] = base
    return base


def _say_base(notes: Notes, text: str, line: int) -> None:
    # A tag that nobody gave a value leaves the name, which is enough.
    image = image_reference(_VARIABLE.sub("", text).rstrip(":@"))
    if image is None or "$" in text.split(":", maxsplit=1)[0] or image.name == _NOTHING:
        return
    target = image.page or f"https://{image.name}"
    notes.say("relations", Relation("base_model", target), at=line, raw=text, rule="derived from FROM")


def _say_label(notes: Notes, name: str, value: str, line: int) -> None:
    key = name.lower().removeprefix("org.opencontainers.image.").removeprefix("org.label-schema.")
    if _VARIABLE.search(value) or not value.strip():
        return
    node = Node(value, line)
    if key in {"maintainer", "authors", "author"}:
        _say_maintainer(notes, value, line)
    elif key == "version" and _VERSION.fullmatch(value.strip()):
        notes.say("version", value.strip(), at=line, raw=value, rule=f"LABEL {name}")
    elif key in {"licenses", "license"}:
        values.say_licence(notes, node)
    elif key == "description":
        notes.say("summary", one_line(value), at=line, raw=value, rule=f"LABEL {name}")
    elif key == "source" and (found := repository_address(value)):
        notes.say("links", Link("source_code", found.url), at=line, raw=value, rule=f"LABEL {name}")


def _say_maintainer(notes: Notes, text: str, line: int) -> None:
    """Who maintains the image answers questions, and is taken for an author where nobody else is named."""
    node = Node(text, line)
    if is_placeholder(text):
        return
    agents = agents_in(mended_accents(notes, one_line(text)[:2_000], node))
    if not agents or any(" " not in each.name and each.kind == "person" for each in agents):
        notes.tell(
            "maintainer-unclear",
            "the people named here cannot be told for certain",
            at=line,
            field="contacts",
            found=text,
        )
    for agent in agents:
        _say_agent(notes, agent, text, line)


def _say_agent(notes: Notes, agent: Agent, text: str, line: int) -> None:
    notes.say("contacts", agent, at=line, raw=text, rule="LABEL maintainer")
    notes.say("authors", replace(agent, inferred=True), at=line, raw=text, rule="derived from LABEL maintainer")


def _say_environment(notes: Notes, names: dict[str, str]) -> None:
    """Older Dockerfiles of the ecosystem put what belongs into labels into variables."""
    if not notes.has("contacts") and (text := names.get("CONTAINER_MAINTAINER", "")) and not _VARIABLE.search(text):
        _say_maintainer(notes, text, 1)
    version = names.get("CONTAINER_VERSION", "").strip()
    if not notes.has("version") and _VERSION.fullmatch(version):
        notes.say("version", version, at=1, rule="ENV CONTAINER_VERSION")
