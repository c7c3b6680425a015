"""The log: one JSON object a line on standard error, so that standard output is the command's own."""

from __future__ import annotations

import logging
import sys

import structlog


def configure_logs(level: str = "WARNING") -> None:
    """Set the log up for this process; `level` is a name of `logging`."""
    logging.basicConfig(stream=sys.stderr, level=level, format="%(message)s", force=True)
    # Their steps are of interest to whoever debugs them; what went wrong there comes through all the same.
    for chatty in ("apscheduler", "alembic"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, logging.getLevelNamesMapping()[level]))
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
