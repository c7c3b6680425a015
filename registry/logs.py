"""The log: one JSON object a line on standard error, so that standard output is the command's own.

What libraries log comes out in the same form, a traceback inside its line.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

# Their steps are of interest to whoever debugs them; what went wrong there comes through all the same. The scheduler's
# warnings say that a step takes longer than its interval, which is no fault here.
_AT_LEAST = {"apscheduler": logging.WARNING, "apscheduler.scheduler": logging.ERROR, "alembic": logging.WARNING}
# An address that opens something to whoever has it, also to whoever reads the log: one-time links, webhooks.
_OPENING = re.compile(r"(/admin/welcome/|/hooks/(?:dockerhub|zenodo)/)[^\s\"'?#]+")


def _without_secrets(logger: object, method: str, row: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    del logger, method
    for name, value in row.items():
        if isinstance(value, str):
            row[name] = _OPENING.sub(r"\1…", value)
    return row


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
    _without_secrets,
]


def configure_logs(level: str = "WARNING") -> None:
    """Set the log up for this process; `level` is a name of `logging`."""
    number = logging.getLevelNamesMapping()[level]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(json_lines())
    logging.basicConfig(handlers=[handler], level=number, force=True)
    for name, least in _AT_LEAST.items():
        logging.getLogger(name).setLevel(max(least, number))
    structlog.configure(
        processors=[*_SHARED, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        # Standard error as it is when something is said, not as it was at the start: it may have been replaced since.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


def json_lines() -> logging.Formatter:
    """The form of the lines for what libraries log with `logging`."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.add_logger_name, *_SHARED],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, structlog.processors.JSONRenderer()],
    )
