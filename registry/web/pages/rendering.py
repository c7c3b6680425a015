"""From a page's context to a response. A template that asks for something its context lacks fails the tests."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from flask import Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from registry import __version__
from registry.services import Services
from registry.web.pages.contexts import MessagePage, Site

TEMPLATES = Path(__file__).parents[1] / "templates"
_CODE = re.compile(r"`([^`]+)`")


@cache
def environment() -> Environment:
    """The template environment: everything is escaped, nothing undefined is passed over."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["code"] = with_code
    return made


def with_code(text: str) -> Markup:
    """A message in which what stands in backticks is shown as code."""
    # Safe: escaped before the elements are put in.
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704


def page_response(services: Services, template: str, page: Any, *, section: str = "", status: int = 200) -> Response:
    """The page as HTML."""
    settings = services.settings
    site = Site(settings.repository_name, settings.base_url, __version__, section)
    html = environment().get_template(template).render(site=site, page=page)
    return Response(html, status=status, content_type="text/html; charset=utf-8")


def message(services: Services, status: int, heading: str, text: str) -> Response:
    """An error as a page: what is the matter and the way on."""
    return page_response(services, "message.html", MessagePage(heading, text), status=status)
