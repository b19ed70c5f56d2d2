"""A relay at work: the web server in front, the worker behind, and a daily look at who is silent."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Final

import structlog
import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr

from wattcommons.chain.contracts import Contracts
from wattcommons.errors import RetryableError, WattError
from wattcommons.services.delivery.fate import Carrier
from wattcommons.services.relay.app import RelayParts, relay_app
from wattcommons.services.relay.config import RelayConfig
from wattcommons.services.relay.desk import Desk
from wattcommons.services.relay.directory import Directory
from wattcommons.services.relay.limits import Buckets
from wattcommons.services.relay.metrics import RelayMetrics
from wattcommons.services.relay.silence import Silence
from wattcommons.services.relay.worker import Worker
from wattcommons.services.store.run_queue import RunQueue

_LOOK_S: Final = 3_600.0
_TELL_S: Final = 86_400.0
_OLD_MS: Final = 30 * 60_000
_JOIN_S: Final = 15.0


class Relay:
    """A relay ready to run. `carrier` sends; `judge` only looks; `contracts` are read by several threads in turn."""

    def __init__(
        self,
        config: RelayConfig,
        contracts: Callable[[], Contracts],
        carrier: Carrier,
        judge: Carrier,
        token: SecretStr | None,
    ) -> None:
        self._config = config
        self._queue = RunQueue(config.state, most_each=config.most_each, most=config.most)
        desk = Desk(self._queue, Directory(contracts()), judge)
        self._worker = Worker(self._queue, carrier, desk.came, retention_s=config.retention_s)
        self._silence = Silence(contracts(), config.silent_after_s)
        self._stop = threading.Event()
        self._fatal: WattError | None = None
        self._server: uvicorn.Server | None = None
        self._log: Any = structlog.get_logger("relay")
        self.app: FastAPI = relay_app(
            RelayParts(
                desk=desk,
                requests=Buckets(config.requests_s, config.request_burst),
                readings=Buckets(config.runs_s, config.run_burst),
                troubles=self._troubles,
                metrics=RelayMetrics(self._queue, self._worker).text,
                silent=self._silence.report,
                operator_token=token,
            )
        )

    def run(self) -> None:
        """Serve until SIGTERM or SIGINT. Raises StoreDamaged, ReorganisedError or another error that needs a person."""
        threads = [
            threading.Thread(target=self._carry, name="worker", daemon=True),
            threading.Thread(target=self._watch, name="silence", daemon=True),
        ]
        for thread in threads:
            thread.start()
        settings = uvicorn.Config(
            self.app,
            host=self._config.host,
            port=self._config.port,
            log_config=None,
            access_log=False,
            limit_concurrency=256,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=10,
        )
        self._server = uvicorn.Server(settings)
        self._log.info("listening", host=self._config.host, port=self._config.port)
        try:
            self._server.run()
        finally:
            self._stop.set()
            for thread in threads:
                thread.join(_JOIN_S)
            self._queue.close()
        if self._fatal is not None:
            raise self._fatal

    def _carry(self) -> None:
        try:
            self._worker.run(self._stop)
        except WattError as error:
            self._fatal = error
        finally:
            if self._server is not None and not self._stop.is_set():
                self._server.should_exit = True

    def _watch(self) -> None:
        """Once a day a line for everybody who is silent."""
        told: dict[int, float] = {}
        while not self._stop.is_set():
            try:
                for one in self._silence.report():
                    if time.monotonic() - told.get(one.participant, -_TELL_S) >= _TELL_S:
                        told[one.participant] = time.monotonic()
                        self._log.warning("silent", **asdict(one))
            except RetryableError as error:
                self._log.warning("silence not known", reason=str(error))
            self._stop.wait(_LOOK_S)

    def _troubles(self) -> list[str]:
        found = [f"delivery: {self._worker.failure}"] if self._worker.failure else []
        counts = self._queue.counts()
        if counts.oldest is not None and time.time() * 1_000 - counts.oldest > _OLD_MS:
            found.append(f"queue: {counts.open} runs are waiting, the oldest for more than half an hour")
        return found
