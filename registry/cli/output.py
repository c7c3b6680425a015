"""What commands print: tables for people, one JSON value for programs; and how they end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from typing import Any

import click
import orjson


class Exit(IntEnum):
    """The exit codes of every command."""

    DONE = 0
    FAILED = 1
    WRONG_USE = 2
    DONE_BUT = 3


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")


def print_json(value: Any) -> None:
    """One JSON value, indented."""
    click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode())


def print_json_lines(values: Iterable[Any]) -> None:
    """One JSON value a line."""
    for value in values:
        click.echo(orjson.dumps(value).decode())


def print_table(columns: Sequence[str], rows: Iterable[Mapping[str, Any]], empty: str) -> None:
    """Rows as a table with a head, as wide as their values; `empty` when there are none."""
    texts = [[_text(row.get(name)) for name in columns] for row in rows]
    if not texts:
        click.echo(empty)
        return
    widths = [max(len(name), *(len(line[number]) for line in texts)) for number, name in enumerate(columns)]
    for line in ([name.upper() for name in columns], *texts):
        click.echo("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())


def plain(value: object) -> str:
    """A foreign text for a terminal: one line, without what would move or colour it."""
    return "".join(each if each.isprintable() else " " for each in str(value))


def _text(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " ".join(plain(value).split())
