"""The gateway's web server in a thread of its own, beside everything else."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from wattcommons.errors import SettingsError
from wattcommons.services.gateway.config import HttpConfig

_STOP_S = 5.0


@contextmanager
def serving(app: FastAPI, config: HttpConfig) -> Iterator[None]:
    """Serve while the block runs; nothing at all when the port is 0. Raises SettingsError for a port that is taken."""
    if not config.port:
        yield
        return
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((config.host, config.port))
        except OSError as error:
            raise SettingsError(
                f"{config.host}:{config.port} cannot be listened to ({error.strerror})",
                "is another gateway running? choose another port, or 0 for none",
                setting="http.port",
            ) from None
        settings = uvicorn.Config(
            app, log_config=None, access_log=False, lifespan="off", timeout_keep_alive=10, limit_concurrency=32
        )
        server = _Server(settings)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="http", daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.should_exit = True
            thread.join(_STOP_S)


class _Server(uvicorn.Server):
    """Leaves the signals to the program: a service manager's stop ends the sources first."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take none."""
        yield
