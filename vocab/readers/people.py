"""Names of people and organisations → `Agent`: from structured records and from the free text of labels.

Labels name several people in one text, with institutions in brackets and accents that were encoded twice. ORCIDs are
kept only when the check digit is right and they are no documentation sample. Border: nobody is looked up.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from vocab.identifiers import clean_url, is_placeholder, orcid
from vocab.module import Agent
from vocab.readers.notes import Notes
from vocab.readers.tree import Node
from vocab.text import one_line

_MAX_PEOPLE = 300
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_ANGLE = re.compile(r"<([^<>]{0,200})>")
_BRACKET = re.compile(r"\(([^()]{1,120})\)")
_SEPARATOR = re.compile(
    r"\s*(?:[;|\n]|&|(?<=\s)(?-i:and)(?=\s)|,(?!\s*(?:Jr|Sr|PhD|Ph\.D)\b)|(?<=\w)\s*/\s*(?=[^\W\d]))\s*", re.IGNORECASE
)
_ACRONYM = re.compile(r"[A-Z0-9][A-Z0-9&.]{1,11}(?:[ -][A-Z0-9][A-Z0-9&.]{0,11})*")
# One word with capitals in a row, as in `MicroStep-MIS`.
_CAPITALS = re.compile(r"(?=\S*[A-Z]{2})\S{3,40}")
_ORGANISATION_WORDS = re.compile(
    r"\b(?:university|universit\w+|institut\w*|centre|center|laborator\w+|council|consortium|team|group|contributors|developers|"
    r"corporation|corp|inc|ltd|gmbh|foundation|observator\w+|observing|system|project|agency|department|faculty|company|software)\b",
    re.IGNORECASE,
)
_MOJIBAKE = re.compile("[\u00c2-\u00df\u00e0-\u00ef][\u0080-\u00bf\u20ac\u201a-\u203a\u0152-\u0178\u2122]")
# TeX's accent as a sign of its own, before the letter it belongs to.
_LOOSE_ACCENT = re.compile("\u00b4\\s?([aceilnorsuyzACEILNORSUYZ])")
_NOBODY = re.compile(
    r"(?:the )?(?:author|maintainer|contributors?|developers?|team|openstack|root|admin|user|unknown|n/?a)s?",
    re.IGNORECASE,
)


def say_people(notes: Notes, node: Node, field: str) -> None:
    """Everyone named in a value: a list of names or records, one record, or one text."""
    for each in node.items()[:_MAX_PEOPLE]:
        if isinstance(each.value, dict):
            agent = agent_of(notes, each, field)
            if agent is not None:
                notes.say(field, agent, at=each, raw=None)
        elif isinstance(each.value, str):
            say_label(notes, each, field)


def agent_of(notes: Notes, node: Node, field: str) -> Agent | None:
    """The agent of a record with the keys of CFF, CodeMeta, Zenodo or packaging."""
    given = " ".join(
        filter(None, (_part(node, "given-names", "givenName", "given_names"), _part(node, "name-particle")))
    )
    family = " ".join(
        filter(None, (_part(node, "family-names", "familyName", "family_names"), _part(node, "name-suffix")))
    )
    whole = _part(node, "name", "fullname", "@name")
    mail = _part(node, "email")
    name = " ".join(filter(None, (given, family))) or whole or _part(node, "alias") or _name_of_mail(mail)
    if not name or is_placeholder(name) or _NOBODY.fullmatch(name):
        return None
    name, bracket = _parted(mended_accents(notes, name, node))
    if given and given.casefold() == family.casefold():
        notes.tell("maintainer-unclear", "one word stands for both names", at=node, field=field, found=name)
        name, family = given, ""
    is_person = _is_person(node, name, given, family)
    if not is_person and bracket:
        name = f"{name} ({bracket})"
    if is_person and not family and "," in name:
        family, given = (each.strip() for each in name.split(",", 1))
        name = f"{given} {family}".strip()
    affiliation = _affiliation(node) or (bracket if is_person else None)
    return Agent(
        name=name, kind="person" if is_person else "organisation",
        given=mended_accents(notes, given, node) or None if is_person else None,
        family=mended_accents(notes, family, node) or None if is_person else None,
        orcid=_orcid(notes, node, name, field), ror=_ror(node), affiliation=affiliation, email=_mail(mail),
        url=clean_url(_part(node, "website", "url") or ""),
    )


def _parted(name: str) -> tuple[str, str | None]:
    """`Ada Fisher (CSIC)` is a name and whom the person works for."""
    found = re.fullmatch(r"([^()]+?)\s*\(([^()@]{2,120})\)", name)
    return (found.group(1), found.group(2).strip()) if found else (name, None)


def _part(node: Node, *names: str) -> str:
    for name in names:
        member = node.get(name)
        text = one_line(member.text() or "") if member is not None else ""
        if text:
            return text[:300]
    return ""


def _is_person(node: Node, name: str, given: str, family: str) -> bool:
    kind = _part(node, "@type", "type").lower()
    if kind.endswith(("organization", "organisation")):
        return False
    if kind.endswith("person") or given or family:
        return True
    if any(
        node.get(each) is not None for each in ("address", "city", "country", "post-code", "date-start", "location")
    ):
        return False
    return not is_organisation(name)


def _affiliation(node: Node) -> str | None:
    member = node.get("affiliation")
    if member is None:
        return None
    names = [
        _part(each, "name") if isinstance(each.value, dict) else one_line(each.text() or "") for each in member.items()
    ]
    return "; ".join(filter(None, names)) or None


def _orcid(notes: Notes, node: Node, name: str, field: str) -> str | None:
    for key in ("orcid", "@id", "id", "identifier", "url"):
        member = node.get(key)
        raw = (member.text() or "").strip() if member is not None else ""
        found = orcid(raw) if raw else None
        if found is None:
            if key == "orcid" and raw and member is not None:
                notes.tell("orcid-invalid", f"the ORCID of {name} is none", at=member, field=field, found=raw)
            continue
        if found.usable:
            return found.value
        why = "is a sample from documentation" if found.sample else "has a wrong check digit"
        notes.tell("orcid-invalid", f"the ORCID of {name} {why}", at=member, field=field, found=raw)
        return None
    return None


def _ror(node: Node) -> str | None:
    for key in ("ror", "@id", "id", "identifier"):
        match = re.fullmatch(r"https?://ror\.org/(0[a-z0-9]{6}\d{2})", _part(node, key))
        if match:
            return f"https://ror.org/{match.group(1)}"
    return None


def _mail(text: str) -> str | None:
    return text if _MAIL.fullmatch(text) and not is_placeholder(text) else None


def _name_of_mail(mail: str) -> str:
    return (
        " ".join(part.capitalize() for part in re.split(r"[._]", mail.split("@", maxsplit=1)[0]) if part)
        if _MAIL.fullmatch(mail)
        else ""
    )


def say_label(notes: Notes, node: Node, field: str, mails: str = "", rule: str = "declared") -> None:
    """Everyone named in one free text, with the addresses of a second one where their number agrees."""
    raw = one_line(node.text() or "")[:2_000]
    if not raw or is_placeholder(raw):
        return
    agents = agents_in(mended_accents(notes, raw, node))
    addresses = _MAIL.findall(mails)
    if len(addresses) == len(agents):
        agents = [
            replace(agent, email=agent.email or _mail(address))
            for agent, address in zip(agents, addresses, strict=True)
        ]
    if not agents or any(" " not in each.name and each.kind == "person" for each in agents):
        notes.tell(
            "maintainer-unclear", "the people named here cannot be told for certain", at=node, field=field, found=raw
        )
    for agent in agents:
        notes.say(field, agent, at=node, raw=raw, rule=rule)


def agents_in(text: str) -> list[Agent]:
    """The people and organisations in one free text, in its order."""
    agents: list[Agent] = []
    for part in _SEPARATOR.split(_hide_brackets(text))[:_MAX_PEOPLE]:
        agent = _agent_in(_show_brackets(part))
        if agent is not None and all(each.name.casefold() != agent.name.casefold() for each in agents):
            agents.append(agent)
    return agents


def _hide_brackets(text: str) -> str:
    """Commas and slashes in brackets separate no people."""
    return _BRACKET.sub(lambda match: "\x02" + match.group(1).translate(_HIDE) + "\x03", text)


_HIDE = str.maketrans({",": "\x04", "/": "\x05", "&": "\x06", ";": "\x07"})
_SHOW = str.maketrans({"\x02": "(", "\x03": ")", "\x04": ",", "\x05": "/", "\x06": "&", "\x07": ";"})


def _show_brackets(text: str) -> str:
    return text.translate(_SHOW)


def _agent_in(text: str) -> Agent | None:
    mail = _MAIL.search(text)
    bracket = _BRACKET.search(text)
    affiliation = bracket.group(1).strip() if bracket and not _MAIL.search(bracket.group(1)) else None
    name = _MAIL.sub(" ", _BRACKET.sub(" ", _ANGLE.sub(" ", text))).strip(" .,:;<>()[]\"'-")
    name = one_line(re.sub(r"^(?:by|e-?mail|maintainer|authors?)\s*:?\s+", "", name, flags=re.IGNORECASE))
    if not name and mail:
        name = _name_of_mail(mail.group())
    if not any(char.isalpha() for char in name) or len(name) > 120 or is_placeholder(name) or _NOBODY.fullmatch(name):
        return None
    # "V.Kozlov" is an initial and a name.
    name = re.sub(r"(?<=\b[^\W\d_])\.(?=[^\W\d_])", ". ", name)
    kind = "organisation" if is_organisation(name) else "person"
    return Agent(name, kind, affiliation=affiliation, email=_mail(mail.group()) if mail else None)


def is_organisation(name: str) -> bool:
    """Whether a name is an acronym, is written like one, or holds a word that only organisations bear."""
    return bool(_ACRONYM.fullmatch(name) or _CAPITALS.fullmatch(name) or _ORGANISATION_WORDS.search(name))


def mended_accents(notes: Notes, text: str, node: Node) -> str:
    """The text with accents that were encoded twice, or parted from their letter, put right, which is told."""
    if _LOOSE_ACCENT.search(text):
        mended = unicodedata.normalize("NFC", _LOOSE_ACCENT.sub(lambda found: f"{found.group(1)}\u0301", text))
        notes.tell("value-mojibake", "accents stand beside their letters", at=node, found=text, expected=mended)
        return mended
    if not _MOJIBAKE.search(text):
        return text
    for encoding in ("cp1252", "latin-1"):
        try:
            mended = text.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
        notes.tell("value-mojibake", "accents were encoded twice", at=node, found=text, expected=mended)
        return mended
    return text
