"""The gateway's web server in a thread of its own, beside everything else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from wattcommons.services.gateway.config import HttpConfig
from wattcommons.services.runtime.serving import Server, listening

_STOP_S = 5.0


@contextmanager
def serving(app: FastAPI, config: HttpConfig) -> Iterator[None]:
    """Serve while the block runs; nothing at all when the port is 0. Raises SettingsError for a port that is taken."""
    if not config.port:
        yield
        return
    with listening(config.host, config.port, setting="http.port", what="gateway") as listener:
        settings = uvicorn.Config(
            app, log_config=None, access_log=False, lifespan="off", timeout_keep_alive=10, limit_concurrency=32
        )
        server = Server(settings)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="http", daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.should_exit = True
            thread.join(_STOP_S)
