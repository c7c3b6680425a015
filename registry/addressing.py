"""From what stands in an address to a module: its slug, or any identifier by which it is known."""

from __future__ import annotations

from registry.database import Database
from registry.modules import StoredModule, module_by_slug, slug_of_alias
from registry.search.documents import name_key
from vocab.identifiers import doi, image_reference, repository_key, slug_of


def find_module(database: Database, name: str) -> tuple[StoredModule | None, str | None]:
    """The module of a slug or alias.

    Returns:
        The module, and the slug that it has to be asked under when `name` is another one (an alias, or the slug of a
        module that was merged away). `(None, None)` when nothing is known by this name.
    """
    stored = module_by_slug(database, name)
    if stored is not None and stored.merged_into is None:
        return stored, None
    slug = stored.merged_into if stored is not None else _slug_of(database, name)
    found = module_by_slug(database, slug) if slug else None
    return (found, slug) if found is not None else (None, None)


def _slug_of(database: Database, name: str) -> str | None:
    """The slug by alias, tried in the canonical form of each kind of identifier that the name could be."""
    reference = image_reference(name)
    forms = (
        name,
        repository_key(name),
        repository_key(f"https://github.com/{name}"),
        doi(name),
        reference.name if reference else None,
        slug_of(name),
    )
    tried = {form for form in (*forms, name.casefold(), name_key(name)) if form}
    for form in sorted(tried, key=lambda form: form != name):
        slug = slug_of_alias(database, form)
        if slug is not None:
            return slug
    return None
