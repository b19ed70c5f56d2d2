"""Structured logs of the daemons: one JSON object a line on stderr, where the journal of the machine takes them."""

from __future__ import annotations

import logging
import resource
import sys
from enum import Enum
from typing import Annotated

import structlog
import typer


class Level(Enum):
    """From which level on a daemon logs."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


LogLevel = Annotated[Level, typer.Option(help="From which level on to log.")]


def configure_logs(level: Level) -> None:
    """Set the program's logs up; called once by a daemon's command."""
    number = logging.getLevelNamesMapping()[level.name]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    # Libraries speak only when something is wrong.
    logging.basicConfig(stream=sys.stderr, level=logging.ERROR, format="%(levelname)s %(name)s %(message)s")


def forbid_core_dumps() -> None:
    """A crash of a program that holds a key must not write its memory to the disk."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
