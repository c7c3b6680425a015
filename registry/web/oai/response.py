"""The frame around every answer: root element, response date, the request repeated, and the errors.

Written by hand as bytes; what goes in is XML already. No prefix on OAI elements, for validators look for the bare
names. OAI-PMH 2.0 §3.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from registry.web.oai.arguments import Arguments
from registry.web.oai.errors import OaiError
from vocab.plain_text import xml_attribute, xml_text

_NAMESPACE = "http://www.openarchives.org/OAI/2.0/"
_ROOT = (
    f'<OAI-PMH xmlns="{_NAMESPACE}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    f'xsi:schemaLocation="{_NAMESPACE} {_NAMESPACE}OAI-PMH.xsd">'
)


@dataclass(frozen=True, slots=True)
class Frame:
    """What all answers of one registry share: the addresses of the endpoint and of its style sheet for browsers."""

    base_url: str
    stylesheet: str

    def answer(self, arguments: Arguments, now: datetime, body: bytes) -> bytes:
        """The answer to a request that could be answered: `body` goes into the element of its verb."""
        verb = arguments.verb.encode()
        return b"".join([
            self._head(arguments, now), b"<", verb, b">", body, b"</", verb, b"></OAI-PMH>\n",
        ])

    def error(self, arguments: Arguments | None, now: datetime, error: OaiError) -> bytes:
        """The answer that says why there is none."""
        head = self._head(arguments if error.echo else None, now)
        return head + f'<error code="{error.code}">{xml_text(str(error))}</error></OAI-PMH>\n'.encode()

    def _head(self, arguments: Arguments | None, now: datetime) -> bytes:
        echoed = {"verb": arguments.verb, **arguments.values} if arguments else {}
        attributes = "".join(f' {name}="{xml_attribute(value)}"' for name, value in echoed.items())
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<?xml-stylesheet type="text/css" href="{xml_attribute(self.stylesheet)}"?>\n'
            f"{_ROOT}<responseDate>{stamp(now)}</responseDate>"
            f"<request{attributes}>{xml_text(self.base_url)}</request>"
        ).encode()


def stamp(moment: datetime) -> str:
    """A moment in UTC with seconds, the granularity of the repository."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
