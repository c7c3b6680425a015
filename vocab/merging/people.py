"""Authors and contacts: the best list is the list; the others complete the people in it.

A module without any author gets its repository's owner, marked as inferred, because every catalogue that harvests us
asks for a creator. Border: names are taken apart by the readers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from vocab.identifiers import EntryKind, entry_kind
from vocab.merging.choice import Desk, label
from vocab.merging.values import completed, may_be_short_for, part_of, same_agent
from vocab.module import Agent
from vocab.precedence import DEPOSITS
from vocab.record import Statement


def authors_of(desk: Desk) -> tuple[Agent, ...]:
    """The people of the best list, in its order."""
    owners = _owners(desk)
    said = [each for each in desk.said("authors") if not _inherited(each) and not _stands_in(each, owners)]
    best = said[0] if said else None
    agents: list[Agent] = []
    for each in desk.said("authors"):
        if _inherited(each):
            desk.ledger.note(each, won=False, why="it is the author of the upstream project that this one is a fork of")
        elif _stands_in(each, owners):
            desk.ledger.note(each, won=False, why="the owner of the repository stands in where nobody is named")
        elif best is not None and _same_list(each, best):
            _add(desk, agents, each, f"{label(best)} is the best list of authors")
        else:
            _complete(desk, agents, each, best)
    return tuple(agents) or _owner(desk)


def contacts_of(desk: Desk, authors: tuple[Agent, ...]) -> tuple[Agent, ...]:
    """Everyone whom the latest place names as contact; else the first author who gives an address."""
    agents: list[Agent] = []
    latest = min((desk.places.of(each) for each in desk.said("contacts")), default=0)
    for each in desk.said("contacts"):
        if desk.places.of(each) > latest:
            desk.ledger.note(each, won=False, why="who answered for an earlier place")
        else:
            _add(desk, agents, each, f"{label(each)} names it")
    if agents:
        stated = (each for each in desk.said("authors") if not _inherited(each))
        others = [part_of("Agent", each.value) for each in stated]
        return tuple(dict.fromkeys(_known_better(each, authors, others) for each in agents))
    reachable = next((each for each in authors if each.email), None)
    if reachable is None:
        return ()
    record = desk.places.records[0] if desk.places.records else None
    if record is not None:
        why = "the first author who gives an address"
        desk.ledger.derive("contacts", reachable.name, why, record.source, record.key)
    return (replace(reachable, inferred=True),)


def _known_better(contact: Agent, authors: tuple[Agent, ...], others: Sequence[Agent]) -> Agent:
    """The author that a contact is: labels often say only a first name, or an initial, and seldom an address."""
    meant = [each for each in authors if may_be_short_for(contact.name, each.name)]
    if len(meant) == 1:
        return completed(meant[0], contact)
    for each in others:
        contact = completed(contact, each) if not meant and same_agent(contact, each) else contact
    return contact


def _inherited(statement: Statement) -> bool:
    return statement.origin.rule.startswith("inherited")


def _owners(desk: Desk) -> frozenset[str]:
    """The owners of the module's repositories, as their forges call them."""
    return frozenset(each.key.split("/")[1].casefold() for each in desk.places.repositories)


def _stands_in(statement: Statement, owners: frozenset[str]) -> bool:
    """Does a deposit name the owner of the repository, as it does by itself when a release names no people?"""
    if statement.origin.reader not in DEPOSITS:
        return False
    return part_of("Agent", statement.value).name.casefold() in owners


def _same_list(a: Statement, b: Statement) -> bool:
    return (a.origin.entry, a.origin.reader, a.origin.file) == (b.origin.entry, b.origin.reader, b.origin.file)


def _add(desk: Desk, agents: list[Agent], statement: Statement, why: str) -> None:
    agent = part_of("Agent", statement.value)
    known = next((at for at, each in enumerate(agents) if same_agent(each, agent)), None)
    if known is None:
        agents.append(agent)
    else:
        agents[known] = completed(agents[known], agent)
    desk.ledger.note(statement, won=known is None, why=why if known is None else "names the same person")


def _complete(desk: Desk, agents: list[Agent], statement: Statement, best: Statement | None) -> None:
    """Another list may know the ORCID of somebody; whom it names beside them is only kept in the origins."""
    agent = part_of("Agent", statement.value)
    why = f"{label(best)} is believed before {label(statement)}" if best is not None else "no list of authors"
    for at, each in enumerate(agents):
        first_name_only = " " not in each.name and each.kind == agent.kind == "person" and " " in agent.name
        if first_name_only and may_be_short_for(each.name, agent.name) and _only_one(agents, agent):
            why = f"gives the whole name of whom {label(best or statement)} calls {each.name}"
            agents[at] = replace(completed(each, agent), name=agent.name, given=agent.given, family=agent.family)
        elif same_agent(each, agent):
            whole = completed(each, agent)
            why = "names the same person" if whole == each else f"completes what {label(best or statement)} says"
            agents[at] = whole
    desk.ledger.note(statement, won=False, why=why)


def _only_one(agents: Sequence[Agent], agent: Agent) -> bool:
    return sum(may_be_short_for(each.name, agent.name) for each in agents) == 1


def _owner(desk: Desk) -> tuple[Agent, ...]:
    for record in desk.places.records:
        if entry_kind(record.key) not in {EntryKind.REPOSITORY, EntryKind.IMAGE}:
            continue
        parts = record.url.removeprefix("https://").removeprefix("http://").rstrip("/").split("/")
        if len(parts) >= 3:
            name, url = parts[-2], "https://" + "/".join(parts[:-1])
            why = "nobody is named as author; the owner stands in"
            desk.ledger.derive("authors", name, why, record.source, record.key)
            return (Agent(name, kind="organisation", url=url, inferred=True),)
    return ()
