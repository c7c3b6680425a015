"""`modreg export`, `findings` and `modules …`: what is published, and what a curator does to it."""

from __future__ import annotations

import sys

import click
import orjson

from registry.addressing import find_module
from registry.changes import newest_changes
from registry.cli.context import CommandContext, pass_command
from registry.cli.output import Exit, json_option, print_json, print_json_lines, print_table
from registry.curation import curate, join, list_curated, list_drafts, publish_draft, split, take_back
from registry.exporting import FORMATS, export
from registry.findings import list_findings
from registry.followers import run_followers
from registry.modules import evidence_of, list_modules, module_by_slug, origins_of


@click.command("export")
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="jsonl", show_default=True, help="A face, or jsonl."
)
@click.argument("slugs", nargs=-1, metavar="[SLUG]...")
@pass_command
def export_command(command: CommandContext, form: str, slugs: tuple[str, ...]) -> None:
    """Write the published modules to standard output; `jsonl` is one canonical module a line."""
    for piece in export(command.services(), form, slugs):
        sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()


@click.command("findings")
@click.option("--module", help="Only of this module.")
@click.option("--source", help="Only of this source.")
@click.option("--severity", type=click.Choice(("info", "warning", "error")))
@click.option("--code", help="Only with this code.")
@json_option
@pass_command
def findings_command(
    command: CommandContext,
    module: str | None,
    source: str | None,
    severity: str | None,
    code: str | None,
    as_json: bool,
) -> int:
    """Tell what is wrong in the harvested metadata, where, and how it is mended; one finding a line."""
    found = list_findings(command.services().database, module=module, source=source, severity=severity, code=code)
    rows = [each.as_json() for each in found]
    if as_json:
        print_json_lines(rows)
    else:
        for row in rows:
            place = ":".join(str(row[name]) for name in ("entry", "file", "line") if name in row)
            click.echo(f"{row['severity']:<8}{row['code']:<26}{place}: {row['message']} {row['mend']}")
    return Exit.DONE_BUT if any(row["severity"] == "error" for row in rows) else Exit.DONE


@click.group("modules")
def modules_group() -> None:
    """Look at modules, and correct what harvesting made of them."""


@modules_group.command("list")
@json_option
@pass_command
def list_command(command: CommandContext, as_json: bool) -> None:
    """List every module with its status."""
    database = command.services().database
    rows = [
        {"slug": each.module.slug, "status": each.status.value, "title": each.module.title, "datestamp": each.datestamp}
        for each in list_modules(database, limit=1_000_000)
    ]
    if as_json:
        print_json(rows)
        return
    print_table(("slug", "status", "datestamp", "title"), rows, "no modules yet; `modreg harvest`")


@modules_group.command("show")
@click.argument("name")
@click.option("--origins", is_flag=True, help="Who said each value instead of the values.")
@pass_command
def show_command(command: CommandContext, name: str, origins: bool) -> None:
    """Show one module by slug or any of its names: canonical form, why its records are one, or origins."""
    services = command.services()
    stored, _ = find_module(services.database, name)
    if stored is None:
        raise click.UsageError(f"no module is known as '{name}'; `modreg modules list` shows them")
    slug = stored.module.slug
    if origins:
        print_json(origins_of(services.database, slug))
        return
    print_json({**orjson.loads(stored.canonical), "evidence": evidence_of(services.database, slug)})


@modules_group.command("history")
@click.argument("name")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True)
@json_option
@pass_command
def history_command(command: CommandContext, name: str, limit: int, as_json: bool) -> None:
    """Tell when a module changed, in which run of which source, and which of its fields moved; newest first."""
    database = command.services().database
    stored = module_by_slug(database, name) or find_module(database, name)[0]
    if stored is None:
        raise click.UsageError(f"no module is known as '{name}'; `modreg modules list` shows them")
    found = [each.as_json() for each in newest_changes(database, stored.module.slug, limit)]
    if as_json:
        print_json(found)
        return
    rows = [each | {"fields": ", ".join(each.get("fields", ()))} for each in found]
    print_table(("datestamp", "sequence", "kind", "run", "source", "fields"), rows, "no change yet")


@modules_group.command("drafts")
@json_option
@pass_command
def drafts_command(command: CommandContext, as_json: bool) -> None:
    """List the modules of moderated sources that wait for a yes."""
    rows = [{"slug": slug, "title": title} for slug, title in list_drafts(command.services())]
    if as_json:
        print_json(rows)
        return
    print_table(("slug", "title"), rows, "no drafts")


@modules_group.command("publish")
@click.argument("slug")
@pass_command
def publish_command(command: CommandContext, slug: str) -> None:
    """Publish a draft of a moderated source."""
    services = command.services()
    done = publish_draft(services, slug)
    run_followers(services)
    click.echo("\n".join(f"{kind}: {each}" for kind, each in done) or "nothing changed")


@modules_group.command("curated")
@click.argument("slug")
@json_option
@pass_command
def curated_command(command: CommandContext, slug: str, as_json: bool) -> None:
    """List what curators stated for a module."""
    rows = list_curated(command.services(), slug)
    if as_json:
        print_json(rows)
        return
    print_table(("field", "value", "account", "made"), rows, "nobody stated anything")


@modules_group.command("split")
@click.argument("keys", nargs=-1, required=True, metavar="KEY...")
@pass_command
def split_command(command: CommandContext, keys: tuple[str, ...]) -> None:
    """Say that records are different modules, now and after every harvest: `split github.com/a/x github.com/b/x`."""
    services = command.services()
    done = split(services, keys)
    run_followers(services)
    click.echo("\n".join(f"{kind}: {slug}" for kind, slug in done) or "nothing changed")


@modules_group.command("join")
@click.argument("keys", nargs=-1, required=True, metavar="KEY...")
@pass_command
def join_command(command: CommandContext, keys: tuple[str, ...]) -> None:
    """Say that records are one module, now and after every harvest."""
    services = command.services()
    done = join(services, keys)
    run_followers(services)
    click.echo("\n".join(f"{kind}: {slug}" for kind, slug in done) or "nothing changed")


@modules_group.command("set")
@click.argument("slug")
@click.argument("field")
@click.argument("value")
@pass_command
def set_command(command: CommandContext, slug: str, field: str, value: str) -> None:
    """Set FIELD of a module to VALUE (JSON, or plain text); it wins over everything harvested until taken back."""
    services = command.services()
    try:
        stated = orjson.loads(value)
    except orjson.JSONDecodeError:
        stated = value
    curate(services, slug, field, stated)
    run_followers(services)
    click.echo(f"{slug}: {field} set")


@modules_group.command("unset")
@click.argument("slug")
@click.argument("field")
@pass_command
def unset_command(command: CommandContext, slug: str, field: str) -> None:
    """Take back what a curator set."""
    services = command.services()
    take_back(services, slug, field)
    run_followers(services)
    click.echo(f"{slug}: {field} is again what the sources say")
