"""`watt oracle run`: the daemon in the foreground, as a service manager starts it."""

from __future__ import annotations

import signal
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from wattcommons.cli.logs import Level, LogLevel, configure_logs, forbid_core_dumps
from wattcommons.cli.oracle_wiring import DEFAULT_CONFIG, config_of, courier_of, key_ring
from wattcommons.services.gateway.assembly import gateway_of, open_desk
from wattcommons.services.gateway.server import serving


def run(
    config: Annotated[Path, typer.Option("--config", "-c", help="The gateway's settings.")] = DEFAULT_CONFIG,
    log_level: LogLevel = Level.INFO,
) -> None:
    """Read the meters and bring every reading to the chain, until stopped (Ctrl-C, SIGTERM)."""
    configure_logs(log_level)
    forbid_core_dumps()
    settings, deployment = config_of(config)
    keys = key_ring(settings, deployment)
    desk = open_desk(settings, deployment)
    try:
        gateway, app = gateway_of(settings, desk, lambda: courier_of(settings, deployment, desk, keys))

        def stop(_number: int, _frame: FrameType | None) -> None:
            gateway.stop()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, stop)
        with serving(app, settings.http):
            gateway.run()
    finally:
        desk.journal.close()
