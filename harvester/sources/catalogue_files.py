"""The files in which catalogues list their modules: `MODULES.yml` and `.gitmodules`.

Both are written by hand and read tolerantly, row by row with their lines. A file that is empty, an error page, or
looks cut off raises `ListingUnusable`: whoever believes half a listing withdraws the other half. A file that does not
end with a line break counts as cut off. Border: bytes in, rows out; whether an address is a repository is the
caller's question. Form of `.gitmodules`: git-config(1), gitmodules(5).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urljoin

import yaml

from harvester.errors import ListingUnusable

_URL_KEYS = ("module", "url", "repository", "repo")
_WHOLE_URL = re.compile(r"(?:[a-z+]+://[^/\s]+/|[\w.-]+@[\w.-]+:)[^/\s]+/[^/\s]+", re.IGNORECASE)
_SECTION = re.compile(r"\s*\[\s*([\w.-]+)(?:\s+\"((?:[^\"\\]|\\.)*)\")?\s*\]\s*(?:[#;].*)?$")
_SETTING = re.compile(r"\s*([A-Za-z][\w-]*)\s*=\s*(.*)$")


@dataclass(frozen=True, slots=True)
class Row:
    """One listed module: its address as written, and where it stands."""

    url: str
    line: int
    branch: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Defect:
    """Something in the file that is written wrongly."""

    line: int
    message: str
    found: str
    expected: str


@dataclass(slots=True)
class CatalogueFile:
    """What one file lists."""

    rows: list[Row] = field(default_factory=list)
    defects: list[Defect] = field(default_factory=list)


def read_modules_yml(body: bytes, base: str) -> CatalogueFile:
    """The rows of a `MODULES.yml`: a list of `- module: URL`, or of plain addresses.

    Raises:
        ListingUnusable: the file must not be believed.
    """
    del base  # addresses in this file are whole
    text = _text(body, "MODULES.yml")
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ListingUnusable(f"MODULES.yml is not YAML at line {line}: {error.problem}.") from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise ListingUnusable(f"MODULES.yml is not YAML: {type(error).__name__}.") from None
    if node is None or (isinstance(node, yaml.ScalarNode) and not node.value):
        raise ListingUnusable("MODULES.yml is empty.")
    if not isinstance(node, yaml.SequenceNode):
        raise ListingUnusable("MODULES.yml is not a list of `- module: URL`.")
    found = CatalogueFile()
    for item in node.value:
        row = _yaml_row(item)
        if row is None:
            line = item.start_mark.line + 1
            written = text.splitlines()[line - 1].strip()[:200]
            found.defects.append(Defect(line, "This row names no address.", written, "`- module: URL`"))
        else:
            found.rows.append(row)
    last = node.value[-1].start_mark.line + 1 if node.value else 0
    if not found.rows or found.rows[-1].line < last or not _WHOLE_URL.match(found.rows[-1].url):
        raise ListingUnusable(f"MODULES.yml looks cut off: its last row (line {last}) names no whole address.")
    return found


def _yaml_row(item: yaml.Node) -> Row | None:
    if isinstance(item, yaml.ScalarNode):
        written = {"module": item}
    elif isinstance(item, yaml.MappingNode):
        pairs = [(key.value, value) for key, value in item.value if isinstance(key, yaml.ScalarNode)]
        written = {key: value for key, value in pairs if isinstance(value, yaml.ScalarNode)}
    else:
        return None
    for key in _URL_KEYS:
        value = written.get(key)
        if value is not None and re.search(r"[/:]", value.value):
            branch, name = written.get("branch"), written.get("name")
            line = value.start_mark.line + 1
            return Row(value.value.strip(), line, _filled(branch), _filled(name))
    return None


def _filled(node: yaml.ScalarNode | None) -> str | None:
    text = node.value.strip() if node is not None else ""
    return text or None


@dataclass(slots=True)
class _Section:
    """One `[submodule "NAME"]` while it is read."""

    name: str
    line: int
    settings: dict[str, tuple[str, int]] = field(default_factory=dict)


def read_gitmodules(body: bytes, base: str) -> CatalogueFile:
    """The rows of a `.gitmodules`; addresses that begin with `./` or `../` are relative to `base`.

    Raises:
        ListingUnusable: the file must not be believed.
    """
    text = _text(body, ".gitmodules")
    found = CatalogueFile()
    sections = _sections(text, found)
    if not sections:
        raise ListingUnusable(".gitmodules names no submodule.")
    last = sections[-1]
    if not {"path", "url"} <= last.settings.keys():
        raise ListingUnusable(f".gitmodules looks cut off: its last section (line {last.line}) has no path or no url.")
    names: dict[str, int] = {}
    for section in sections:
        if section.name in names:
            message = f"The section stands twice, first at line {names[section.name]}."
            found.defects.append(Defect(section.line, message, section.name, "one section for each module"))
        names.setdefault(section.name, section.line)
        url, line = section.settings.get("url", ("", section.line))
        if not url:
            found.defects.append(Defect(section.line, "This section has no url.", section.name, "`url = URL`"))
            continue
        branch = section.settings.get("branch", ("", 0))[0]
        if url.startswith(("./", "../")):
            url = urljoin(base.rstrip("/") + "/", url)
        found.rows.append(Row(url, line, branch if branch not in ("", ".") else None, section.name))
    if not found.rows:
        raise ListingUnusable(".gitmodules names no address.")
    return found


def _sections(text: str, found: CatalogueFile) -> list[_Section]:
    sections: list[_Section] = []
    current: _Section | None = None
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip() or line.lstrip()[0] in "#;":
            continue
        head, setting = _SECTION.match(line), _SETTING.match(line)
        if head:
            is_module = head.group(1).lower() == "submodule"
            current = _Section(head.group(2) or "", number) if is_module else None
            if current is not None:
                sections.append(current)
        elif setting and sections:
            if current is not None:
                current.settings[setting.group(1).lower()] = (_value(setting.group(2)), number)
        else:
            found.defects.append(Defect(number, "This line is no setting.", line.strip()[:200], "`key = value`"))
    return sections


def _value(text: str) -> str:
    """The value of a setting, by git's rules for quotes and comments."""
    text = text.strip()
    if text.startswith('"'):
        match = re.match(r'"((?:[^"\\]|\\.)*)"', text)
        return re.sub(r"\\(.)", r"\1", match.group(1)) if match else text.strip('"')
    return re.split(r"\s[#;]", text, maxsplit=1)[0].strip()


def _text(body: bytes, file: str) -> str:
    """The text of a file, if it is one that can be a listing at all."""
    text = body.decode("utf-8-sig", errors="replace").replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise ListingUnusable(f"{file} is empty.")
    if re.match(r"\s*<", text):
        raise ListingUnusable(f"{file} holds an HTML page instead of a listing.")
    if "\0" in text:
        raise ListingUnusable(f"{file} is no text.")
    if not text.endswith("\n"):
        raise ListingUnusable(
            f"{file} looks cut off: it ends in the middle of a line.",
            mend="Check the catalogue's file and end it with a line break; nothing was withdrawn.",
        )
    return text


# The first of them that a catalogue has is its list.
CATALOGUE_FILES: dict[str, Callable[[bytes, str], CatalogueFile]] = {
    "MODULES.yml": read_modules_yml,
    ".gitmodules": read_gitmodules,
}
