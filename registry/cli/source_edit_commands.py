"""`modreg sources add`, `change`, `credential`: enter a source by hand, with the same models as the sources file."""

from __future__ import annotations

import sys
from collections.abc import Iterable

import click

from harvester.sources import SOURCES
from registry.cli.context import CommandContext, pass_command
from registry.cli.output import Exit, json_option, print_json
from registry.credentials import credential_state, forget_credential, store_credential
from registry.errors import SourceError
from registry.source_editing import Saved, add_source, change_source, table_of_source
from registry.source_forms import fields_of, table_of
from registry.source_rows import require_source

_set_option = click.option(
    "--set", "pairs", multiple=True, metavar="KEY=VALUE",
    help="A key of the sources file; again for each value of a list. `modreg sources kinds` shows all keys.",
)
_untried_option = click.option("--untried", is_flag=True, help="Store it without asking the source for its list first.")


@click.command("kinds")
@click.argument("kind", required=False)
@json_option
def kinds_command(kind: str | None, as_json: bool) -> None:
    """List the kinds of sources, or the keys of one KIND."""
    if kind is None:
        _tell_kinds(as_json)
        return
    if kind not in SOURCES:
        raise SourceError(f"kind {kind!r}: there is none of this name; there are: {', '.join(sorted(SOURCES))}")
    if as_json:
        print_json([
            {"name": each.name, "kind": each.kind, "meaning": each.meaning, "required": each.required,
             "default": each.default, "choices": list(each.choices)} for each in fields_of(kind)
        ])
        return
    for each in fields_of(kind):
        choices = f" ({' or '.join(each.choices)})" if each.choices else ""
        default = f" [{each.default}]" if each.default else ""
        click.echo(f"{each.name}: {each.meaning}{choices}{default}")


def _tell_kinds(as_json: bool) -> None:
    found = {name: row.credential for name, row in sorted(SOURCES.items())}
    if as_json:
        print_json([{"kind": name, "credential": secret} for name, secret in found.items()])
        return
    for name, secret in found.items():
        click.echo(name + (f": with or without {secret}" if secret else ""))


@click.command("add")
@click.argument("name")
@click.option("--kind", required=True, help="A kind of source.")
@_set_option
@click.option("--credential", "with_secret", is_flag=True, help="Ask for its credential (read from a pipe, or typed).")
@_untried_option
@json_option
@pass_command
def add_command(
    command: CommandContext, name: str, kind: str, pairs: tuple[str, ...], with_secret: bool, untried: bool,
    as_json: bool,
) -> int:
    """Register one source; it is asked for its list first, and not stored when it has none to give."""
    table = table_of(kind, [("name", name), *_split(pairs)], "the source")
    secret = _read_secret() if with_secret else None
    return _tell(add_source(command.services(), table, secret, untried=untried), "added", as_json)


@click.command("change")
@click.argument("name")
@_set_option
@click.option("--unset", "dropped", multiple=True, metavar="KEY", help="A key to leave out from now on.")
@_untried_option
@json_option
@pass_command
def change_command(
    command: CommandContext, name: str, pairs: tuple[str, ...], dropped: tuple[str, ...], untried: bool, as_json: bool
) -> int:
    """Change keys of a source, and keep the others; it is asked for its list first."""
    services = command.services()
    before = require_source(services.database, name)
    news = table_of(before.kind, _split(pairs), "the source")
    table = {key: value for key, value in table_of_source(before).items() if key not in dropped} | news
    return _tell(change_source(services, name, table, untried=untried), "changed", as_json)


@click.command("credential")
@click.argument("name")
@click.option("--expires", metavar="DAY", help="The day on which it ends, such as 2027-01-31; you are warned before.")
@click.option("--forget", is_flag=True, help="Forget it; that of the kind in the settings counts again.")
@json_option
@pass_command
def credential_command(command: CommandContext, name: str, expires: str | None, forget: bool, as_json: bool) -> None:
    """Store the credential of one source, read from standard input; it is sealed and never shown again."""
    services = command.services()
    if forget:
        there = forget_credential(services, name)
        click.echo(f"{name}: " + ("its credential is forgotten" if there else "it has none of its own"))
        return
    store_credential(services, name, _read_secret(), expires)
    state = credential_state(services.database, name)
    if as_json and state is not None:
        print_json({"source": name, **state.as_json()})
        return
    click.echo(f"{name}: its credential is stored; `modreg sources test {name}` tries it")


def _split(pairs: Iterable[str]) -> list[tuple[str, str]]:
    found = []
    for each in pairs:
        name, equals, value = each.partition("=")
        if not equals:
            raise SourceError(f"--set: found {each!r}, expected KEY=VALUE")
        found.append((name.strip(), value))
    return found


def _read_secret() -> str:
    """From a pipe, or typed without being shown."""
    if sys.stdin.isatty():
        typed: str = click.prompt("Credential", hide_input=True)
        return typed
    return sys.stdin.readline().rstrip("\n")


def _tell(saved: Saved, word: str, as_json: bool) -> int:
    if as_json:
        print_json({
            "source": saved.source.as_json() if saved.source else None,
            "trial": saved.trial.as_json() if saved.trial else None,
        })
    elif saved.source is None and saved.trial is not None:
        click.echo(f"{saved.trial.sentence} Nothing was stored; --untried stores it all the same.")
    elif saved.source is not None:
        click.echo(f"{saved.source.name}: {word}" + (f"; {saved.trial.sentence}" if saved.trial else ""))
    return Exit.FAILED if saved.source is None else Exit.DONE
