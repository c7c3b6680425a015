"""How to cite a module, as a sentence and as BibTeX, from what its metadata says."""

from __future__ import annotations

from vocab.faces.facts import main_doi
from vocab.module import Agent, Module

MOST_AUTHORS = 10
# What has a meaning in TeX, and how it is written so that it has none.
_TEX = str.maketrans({
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "%": r"\%", "#": r"\#", "&": r"\&", "_": r"\_", "$": r"\$",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "\n": " ", "\r": " ",
})  # fmt: skip


def citation(module: Module, uri: str, publisher: str) -> str:
    """Authors (year): title, version. Publisher. Identifier: the DOI where there is one, else our address."""
    named = [agent.name for agent in module.authors]
    authors = "; ".join(named[:MOST_AUTHORS]) + (" et al." if len(named) > MOST_AUTHORS else "")
    doi = main_doi(module)
    head = f"{authors or publisher} ({_year(module) or 'n.d.'}): {module.title}"
    version = f", version {module.version}" if module.version else ""
    return f"{head}{version}. {publisher}. {f'https://doi.org/{doi}' if doi else uri}"


def bibtex(module: Module, uri: str, publisher: str) -> str:
    """The same as a BibTeX entry of the type `software`, which old styles take for `misc`."""
    authors = " and ".join(_tex_name(each) for each in module.authors) or f"{{{_tex(publisher)}}}"
    doi = main_doi(module)
    rows = {
        "author": authors,
        "title": f"{{{_tex(module.title)}}}",
        "year": _year(module),
        "version": _tex(module.version or ""),
        "publisher": _tex(publisher),
        "doi": doi or "",
        "url": uri,
    }
    # Braces in an address would end the value; neither DOIs nor our addresses need them.
    rows |= {name: rows[name].replace("{", "").replace("}", "") for name in ("doi", "url")}
    lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in rows.items() if value)
    return f"@software{{{module.slug},\n{lines}\n}}"


def _year(module: Module) -> str:
    dates = module.dates
    return (dates.issued or dates.updated or dates.content or dates.created or "")[:4]


def _tex(text: str) -> str:
    return text.translate(_TEX)


def _tex_name(agent: Agent) -> str:
    """Family, given: told apart where the metadata does; a name that is not a person's stays whole."""
    if agent.family and agent.given:
        return f"{_tex(agent.family)}, {_tex(agent.given)}"
    return f"{{{_tex(agent.name)}}}" if agent.kind != "person" else _tex(agent.name)
