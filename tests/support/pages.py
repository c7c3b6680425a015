"""HTML as tests look at it."""

from __future__ import annotations

from typing import Any

from lxml import html


def tree(text: str) -> Any:
    """The page as a tree that is asked with XPath."""
    return html.fromstring(text)


def words(node: Any) -> str:
    """The text of a node as it reads, blanks made one."""
    return " ".join(node.text_content().split())
