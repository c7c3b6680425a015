"""A model of the Hugging Face Hub: `api:huggingface-model`, with the metadata of its card.

The card is written by hand: a value may be a text or a list, a licence may be `other` with its name beside it. The
Hub's tags repeat the card and add what it found in its text: papers on arXiv, a DOI of the model itself. Border: the
words of the card are read as those of any README; downloads and likes are no content.
"""

from __future__ import annotations

import json
import re
from typing import Any

from vocab.dates import iso_date
from vocab.identifiers import doi
from vocab.module import Agent, Distribution, Identifier, Link, Relation, Resource
from vocab.readers import values
from vocab.readers.notes import Notes
from vocab.readers.tree import Node
from vocab.record import Document, EntryContext, Reading

READER = "huggingface"

_HUB = "https://huggingface.co"
_MAX = 200
_ID = re.compile(r"[\w.-]{1,96}(?:/[\w.-]{1,96})?\Z", re.ASCII)
_ARXIV = re.compile(r"\d{4}\.\d{4,5}\Z", re.ASCII)
# The paper that the Hub's template of a card links to, whatever the model.
_OF_THE_TEMPLATE = frozenset({"1910.09700"})
_NO_LICENCE = frozenset({"other", "unknown"})


def read(document: Document, context: EntryContext) -> Reading:
    """Reads the Hub's answer about a model."""
    notes = Notes(READER, document, context)
    try:
        answer = json.loads(document.body)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        notes.tell(
            "document-not-text", f"the answer for {document.path} is no JSON of its form", found="something else",
            expected="an answer of the Hugging Face Hub",
        )
        return notes.reading(parsed=False)
    card = answer.get("cardData")
    _say_model(notes, answer)
    _say_card(notes, card if isinstance(card, dict) else {}, answer)
    _say_tags(notes, _texts(answer.get("tags")))
    return notes.reading()


def _say_model(notes: Notes, answer: dict[str, Any]) -> None:
    name = _text(answer, "id") or _text(answer, "modelId")
    if not _ID.match(name):
        return
    page = f"{_HUB}/{name}"
    notes.say("evidence.numeric_id", _text(answer, "_id"), url=page)
    notes.say("links", Link("homepage", page), rule="the model's page")
    notes.say("distributions", Distribution("weights", url=page), rule="the model's page")
    author = name.partition("/")[0] if "/" in name else _text(answer, "author")
    if author:
        owner = Agent(author, kind="organisation", url=f"{_HUB}/{author}", inferred=True)
        notes.say("authors", owner, rule="owner of the model")
    notes.say("dates.created", iso_date(_text(answer, "createdAt")), rule="the model's creation")
    notes.say("dates.updated", iso_date(_text(answer, "lastModified")), rule="the model's last commit")
    for word in (_text(answer, "library_name"), _text(answer, "pipeline_tag").replace("-", " ")):
        if word:
            values.say_keyword(notes, Node(word, 0), rule="told by the Hub")


def _say_card(notes: Notes, card: dict[str, Any], answer: dict[str, Any]) -> None:
    licences = [each for each in _texts(card.get("license")) if each.lower() not in _NO_LICENCE]
    licences = licences or _texts(card.get("license_name"))
    if licences:
        values.say_licence(notes, Node([Node(each, 0) for each in licences], 0))
    own = {each.lower() for each in (_text(answer, "library_name"), _text(answer, "pipeline_tag"))}
    for tag in _texts(card.get("tags")):
        if tag.lower() not in own:
            values.say_keyword(notes, Node(tag.replace("-", " "), 0), rule="tag of the card")
    for name in _texts(card.get("datasets")):
        if _ID.match(name):
            data = Resource(url=f"{_HUB}/datasets/{name}", title=name, kind="dataset")
            notes.say("training_data", data, raw=name)
    for name in _texts(card.get("base_model")):
        if _ID.match(name):
            notes.say("relations", Relation("base_model", f"{_HUB}/{name}"), raw=name)


def _say_tags(notes: Notes, tags: list[str]) -> None:
    for tag in tags:
        kind, _, value = tag.partition(":")
        if kind == "doi" and (name := doi(value)):
            notes.say("identifiers", Identifier("doi", name), raw=tag)
        elif kind == "arxiv" and _ARXIV.match(value) and value not in _OF_THE_TEMPLATE:
            paper = Resource(url=f"https://arxiv.org/abs/{value}", doi=f"10.48550/arxiv.{value}", kind="paper")
            notes.say("publications", paper, raw=tag, rule="linked by the card")


def _text(record: dict[str, Any], name: str) -> str:
    value = record.get(name)
    return value.strip() if isinstance(value, str) else ""


def _texts(value: object) -> list[str]:
    """A text or a list of texts."""
    found = value[:_MAX] if isinstance(value, list) else [value]
    return [each.strip() for each in found if isinstance(each, str) and each.strip()]
