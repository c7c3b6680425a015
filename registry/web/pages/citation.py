"""How to cite a module, in one sentence, from what its metadata says."""

from __future__ import annotations

from vocab.module import Module


def citation(module: Module, publisher: str) -> str:
    """Authors (year): title, version. Publisher. Identifier: the DOI where there is one, else our address."""
    named = [agent.name for agent in module.authors]
    authors = "; ".join(named[:10]) + (" et al." if len(named) > 10 else "")
    year = (module.dates.issued or module.dates.updated or module.dates.content or module.dates.created or "")[:4]
    doi = next((each.value for each in module.identifiers if each.scheme == "doi"), None)
    head = f"{authors or publisher} ({year or 'n.d.'}): {module.title}"
    version = f", version {module.version}" if module.version else ""
    return f"{head}{version}. {publisher}. {f'https://doi.org/{doi}' if doi else module.uri}"
