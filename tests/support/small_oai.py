"""An OAI-PMH repository of a few records in memory, good by itself, and as bad as real ones are when a test says so."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests

from harvester.bounds import Limits
from harvester.client import Client
from harvester.endpoints import Endpoints
from harvester.events import Event
from harvester.harvest import harvest
from tests.support.answers import Canned, Scripted, session_of
from tests.support.clock import HandClock
from tests.support.memory import DictMemory
from vocab.plain_text import xml_attribute, xml_text

URL = "https://records.example.org/oai"
_HEAD = (
    '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
)
_TOKEN = "verb={verb}&at={at}&from={from}"


def dc(title: str, *more: str) -> str:
    """A payload in Dublin Core; `more` are elements as they stand."""
    return (
        '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{xml_text(title)}</dc:title>{"".join(more)}</oai_dc:dc>'
    )


@dataclass(slots=True)
class OaiItem:
    """One item. `metadata` and `about` are XML as it is sent."""

    identifier: str
    datestamp: str = "2026-01-01T00:00:00Z"
    metadata: str = field(default_factory=lambda: dc("Something"))
    sets: tuple[str, ...] = ()
    deleted: bool = False
    about: str = ""

    def header(self) -> str:
        mark = ' status="deleted"' if self.deleted else ""
        stamp = f"<datestamp>{self.datestamp}</datestamp>" if self.datestamp else ""
        sets = "".join(f"<setSpec>{xml_text(each)}</setSpec>" for each in self.sets)
        return f"<header{mark}><identifier>{xml_text(self.identifier)}</identifier>{stamp}{sets}</header>"

    def record(self) -> str:
        content = "" if self.deleted else f"<metadata>{self.metadata}</metadata>"
        about = f"<about>{self.about}</about>" if self.about else ""
        return f"<record>{self.header()}{content}{about}</record>"


class OaiNo(Exception):  # noqa: N818 - named by what it says
    """An error of the protocol."""

    def __init__(self, code: str, text: str = "") -> None:
        super().__init__(text)
        self.code = code


class SmallOai(Scripted):
    """Items in the order of their datestamps; what it does wrong is switched on by its attributes."""

    def __init__(self, *items: OaiItem) -> None:
        super().__init__(self._respond)
        self.items = list(items)
        self.page = 3
        self.granularity = "YYYY-MM-DDThh:mm:ssZ"
        self.deletions = "persistent"
        self.formats = {"oai_dc": "http://www.openarchives.org/OAI/2.0/oai_dc/", "marcxml": "http://www.loc.gov/MARC21/slim"}
        self.sets: tuple[str, ...] = ()
        self.version = "2.0"
        self.clock = "2026-01-02T03:04:05Z"
        self.error_status = 200
        # What it does wrong.
        self.in_order = True
        self.takes_times = True
        self.minds_sets = True
        self.wants_arguments = False
        self.scrolls = False
        self.said_size: int | None = None
        self.end_token: str | None = None
        self.circle = False
        self.expires: list[int] = []
        self.before: dict[int, Canned | Exception] = {}
        self.mangle: Callable[[bytes], bytes] = bytes
        self._scroll: dict[str, int] = {}

    def asked(self) -> list[dict[str, str]]:
        """The questions, as arguments."""
        return [dict(parse_qsl(urlsplit(url).query, keep_blank_values=True)) for url in self.urls]

    def verbs(self) -> list[str]:
        return [each.get("verb", "") for each in self.asked()]

    def _respond(self, request: requests.PreparedRequest) -> Canned | Exception:
        number = len(self.requests)
        if number in self.before:
            return self.before[number]
        arguments = dict(parse_qsl(urlsplit(str(request.url)).query, keep_blank_values=True))
        status = 200
        try:
            verb = arguments["verb"]
            content = f"<{verb}>{self._answer(verb, arguments)}</{verb}>"
            echo = "".join(f' {name}="{xml_attribute(value)}"' for name, value in arguments.items())
        except OaiNo as error:
            status, echo = self.error_status, ""
            content = f'<error code="{error.code}">{xml_text(str(error))}</error>'
        body = (
            f'<?xml version="1.0" encoding="UTF-8"?>\n{_HEAD}<responseDate>{self.clock}</responseDate>'
            f"<request{echo}>{URL}</request>{content}</OAI-PMH>"
        )
        return Canned(status, self.mangle(body.encode()), {"Content-Type": "text/xml; charset=UTF-8"})

    def _answer(self, verb: str, arguments: Mapping[str, str]) -> str:
        match verb:
            case "Identify":
                return (
                    f"<repositoryName>Small</repositoryName><baseURL>{URL}</baseURL>"
                    f"<protocolVersion>{self.version}</protocolVersion><adminEmail>us@example.org</adminEmail>"
                    "<earliestDatestamp>2020-01-01T00:00:00Z</earliestDatestamp>"
                    f"<deletedRecord>{self.deletions}</deletedRecord><granularity>{self.granularity}</granularity>"
                )
            case "ListMetadataFormats":
                return "".join(
                    f"<metadataFormat><metadataPrefix>{prefix}</metadataPrefix><schema>{space}.xsd</schema>"
                    f"<metadataNamespace>{space}</metadataNamespace></metadataFormat>"
                    for prefix, space in self.formats.items()
                )
            case "ListSets":
                if not self.sets:
                    raise OaiNo("noSetHierarchy")
                return "".join(
                    f"<set><setSpec>{xml_text(each)}</setSpec><setName>{xml_text(each)}</setName></set>"
                    for each in self.sets
                )
            case "GetRecord":
                found = [each for each in self.items if each.identifier == arguments["identifier"]]
                if not found:
                    raise OaiNo("idDoesNotExist", "no such record")
                return found[0].record()
            case "ListRecords" | "ListIdentifiers":
                return self._list(verb, arguments)
            case _:
                raise OaiNo("badVerb", "no such verb")

    def _list(self, verb: str, arguments: Mapping[str, str]) -> str:
        token = arguments.get("resumptionToken")
        at, begin = 0, arguments.get("from", "")
        if token is None or self.wants_arguments:
            self._check(arguments)
        if token is not None:
            at, begin = self._resume(token, verb)
        rows = self._chosen(begin, arguments.get("set") or self._asked_set())
        if not rows or at >= len(rows):
            raise OaiNo("badResumptionToken" if token else "noRecordsMatch", "nothing is left")
        shown = rows[at : at + self.page]
        content = "".join(each.record() if verb == "ListRecords" else each.header() for each in shown)
        return content + self._token(verb, at, begin, len(rows))

    def _asked_set(self) -> str | None:
        return next((each["set"] for each in reversed(self.asked()) if "set" in each), None)

    def _check(self, arguments: Mapping[str, str]) -> None:
        if "metadataPrefix" not in arguments:
            raise OaiNo("badArgument", "metadataPrefix is missing")
        if arguments["metadataPrefix"] not in self.formats:
            raise OaiNo("cannotDisseminateFormat", "no such format")
        if "T" in arguments.get("from", "") and not self.takes_times:
            raise OaiNo("badArgument", "a date without time is wanted")

    def _resume(self, token: str, verb: str) -> tuple[int, str]:
        found = re.fullmatch(r"verb=(\w+)&at=(\d+)&from=(.*)", token)
        if found is None or found[1] != verb or len(self.requests) in self.expires:
            raise OaiNo("badResumptionToken", "the token is not known, or not any more")
        at = int(found[2])
        if self.scrolls:
            at = self._scroll.get(token, at)
            self._scroll[token] = at + self.page
        return at, found[3]

    def _chosen(self, begin: str, set_spec: str | None) -> list[OaiItem]:
        rows = sorted(self.items, key=lambda each: each.datestamp) if self.in_order else self.items
        return [
            each for each in rows
            if each.datestamp[: len(begin)] >= begin
            and (set_spec is None or not self.minds_sets or any(
                one == set_spec or one.startswith(f"{set_spec}:") for one in each.sets
            ))
        ]

    def _token(self, verb: str, at: int, begin: str, total: int) -> str:
        if at == 0 and total <= self.page and self.end_token is None:
            return ""
        following = at + self.page
        text = _TOKEN.format(verb=verb, at=following, **{"from": begin}) if following < total else self.end_token or ""
        if self.circle and following >= total:
            text = _TOKEN.format(verb=verb, at=at, **{"from": begin})
        size = total if self.said_size is None else self.said_size
        told = f' completeListSize="{size}"' if size >= 0 else ""
        return f'<resumptionToken{told} cursor="{at}">{xml_text(text)}</resumptionToken>'


class OaiWorld:
    """A repository and the harvests of it; `run` is one run with a new client over the same memory."""

    def __init__(self, *items: OaiItem, **settings: Any) -> None:
        self.oai = SmallOai(*items)
        self.memory = DictMemory()
        self.clock = HandClock()
        self.settings: dict[str, Any] = {"url": URL} | settings

    def run(self, *, full: bool = False, keep: int | None = None) -> list[Event]:
        """One run; with `keep` it is killed before the event of this number is applied."""
        self.oai.requests.clear()
        session, limits = session_of(self.oai), Limits(tries=1)
        endpoints = Endpoints()
        client = Client(session, self.memory, endpoints, self.clock, contact="us@example.org", limits=limits)
        events = harvest("src", "oaipmh", self.settings, endpoints, client, self.memory, self.clock, full=full)
        if keep is None:
            return self.memory.learn("src", events)
        return self.memory.learn("src", (event for event, _ in zip(events, range(keep), strict=False)))


def items_of(count: int, **values: Any) -> list[OaiItem]:
    """So many items, a second apart."""
    return [
        OaiItem(f"oai:records.example.org:{number:04}", f"2026-01-01T00:{number // 60:02}:{number % 60:02}Z",
                dc(f"Record {number}"), **values)
        for number in range(1, count + 1)
    ]


def key_of(number: int) -> str:
    """The key of item number so and so."""
    return f"oai:records.example.org:{number:04}"
