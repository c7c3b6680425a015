"""`setup.py`: literal arguments of the call of `setup(…)`, found in the syntax tree. Nothing is ever executed.

Border: a value that is computed is not known; names bound to a literal at the top of the file are.
"""

from __future__ import annotations

import ast
import warnings

from vocab.readers import addresses, values
from vocab.readers.notes import Notes
from vocab.readers.payload_text import payload_text
from vocab.readers.people import say_label
from vocab.readers.tree import Node
from vocab.record import Document, EntryContext, Reading

READER = "setup_py"

_MAX_CHARS = 200_000


def read(document: Document, context: EntryContext) -> Reading:
    """Reads the arguments that are literals."""
    notes = Notes(READER, document, context)
    decoded = payload_text(document.body, "Python", empty_is_defect=False)
    if decoded.text is None or len(decoded.text) > _MAX_CHARS:
        notes.tell_all(decoded.defects)
        return notes.reading(parsed=False)
    try:
        with warnings.catch_warnings():
            # Their code's warnings are no concern of whoever runs this.
            warnings.simplefilter("ignore")
            tree = ast.parse(decoded.text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as problem:
        notes.tell(
            "python-unreadable",
            f"no Python: {getattr(problem, 'msg', problem)}",
            at=getattr(problem, "lineno", None) or 1,
        )
        return notes.reading(parsed=False)
    arguments = _arguments(tree)
    for name, say, field in (
        ("version", values.say_line, "version"), ("description", values.say_line, "summary"),
        ("license", values.say_licence, "licence.declared"), ("keywords", values.say_keywords, "keywords"),
    ):
        if name in arguments:
            say(notes, arguments[name], field)
    for name, field in (("author", "authors"), ("maintainer", "contacts")):
        if name in arguments:
            mails = arguments.get(f"{name}_email")
            say_label(notes, arguments[name], field, (mails.text() or "") if mails else "")
    if "url" in arguments:
        addresses.say_link(notes, arguments["url"], "url", "homepage")
    return notes.reading()


def _arguments(tree: ast.Module) -> dict[str, Node]:
    constants = {
        target.id: statement.value for statement in tree.body if isinstance(statement, ast.Assign)
        for target in statement.targets if isinstance(target, ast.Name)
    }
    for each in ast.walk(tree):
        if isinstance(each, ast.Call) and _is_setup(each.func):
            nodes = {keyword.arg: _literal(keyword.value, constants) for keyword in each.keywords if keyword.arg}
            return {name: node for name, node in nodes.items() if node is not None}
    return {}


def _is_setup(called: ast.expr) -> bool:
    return (isinstance(called, ast.Name) and called.id == "setup") or (
        isinstance(called, ast.Attribute) and called.attr == "setup"
    )


def _literal(value: ast.expr, constants: dict[str, ast.expr]) -> Node | None:
    if isinstance(value, ast.Name) and value.id in constants:
        value = constants[value.id]
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return Node(value.value, value.lineno)
    if isinstance(value, (ast.List, ast.Tuple)):
        elements = [
            found for each in value.elts if isinstance(each, ast.Constant) and (found := _literal(each, {})) is not None
        ]
        return Node(list(elements), value.lineno)
    return None
