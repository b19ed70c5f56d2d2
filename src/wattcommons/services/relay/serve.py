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
from wattcommons.chain.rpc import ask, quantity, useless
from wattcommons.errors import ChainError, FatalError
from wattcommons.services.delivery.fate import Carrier
from wattcommons.services.relay.app import RelayParts, relay_app
from wattcommons.services.relay.config import RelayConfig
from wattcommons.services.relay.desk import Desk
from wattcommons.services.relay.directory import Directory
from wattcommons.services.relay.metrics import RelayMetrics
from wattcommons.services.relay.silence import Silence
from wattcommons.services.relay.worker import Worker
from wattcommons.services.runtime.limits import Buckets
from wattcommons.services.runtime.serving import Server, listening, signals
from wattcommons.services.store.run_queue import RunQueue

_LOOK_S: Final = 3_600.0
_TELL_S: Final = 86_400.0
_OLD_MS: Final = 30 * 60_000
_JOIN_S: Final = 15.0


class Relay:
    """A relay ready to run. `carrier` sends; `judge` only looks; `contracts` makes a connection for one thread each.

    `poll_s`: seconds between two looks at what is under way. Opens the queue: raises StoreDamaged, StoreError.
    """

    def __init__(
        self,
        config: RelayConfig,
        contracts: Callable[[], Contracts],
        carrier: Carrier,
        judge: Carrier,
        token: SecretStr | None,
        *,
        poll_s: float = 2.0,
    ) -> None:
        self._config = config
        self._queue = RunQueue(config.state, most_each=config.most_each, most=config.most)
        looked = contracts()
        self._came = threading.Event()
        self._worker = Worker(
            self._queue,
            carrier,
            self._came,
            lambda: _head(looked),
            poll_s=poll_s,
            retention_s=config.retention_s,
        )
        desk = Desk(
            self._queue,
            Directory(contracts()),
            judge,
            looked.deployment.terms.length,
            Buckets(config.runs_s, config.run_burst),
            now=lambda: self._worker.head[1],
            came=self._came,
        )
        self._silence = Silence(contracts(), config.silent_after_s)
        self._stop = threading.Event()
        self._failure: BaseException | None = None
        self._server: uvicorn.Server | None = None
        self._log: Any = structlog.get_logger("relay")
        self.app: FastAPI = relay_app(
            RelayParts(
                desk=desk,
                requests=Buckets(config.requests_s, config.request_burst),
                health=self._health,
                metrics=RelayMetrics(self._queue, self._worker).text,
                silent=self._silence.report,
                operator_token=token,
            )
        )

    def run(self) -> None:
        """Serve until `stop`, SIGTERM or SIGINT; what was answered by then is on the disk.

        Raises SettingsError when the port is taken, StoreDamaged, ReorganisedError or another error that needs a
        person, and whatever a defect raised.
        """
        settings = uvicorn.Config(
            self.app,
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            limit_concurrency=256,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=10,
        )
        threads = [
            threading.Thread(target=self._guarded, args=(work,), name=name, daemon=True)
            for name, work in (("worker", self._carry), ("silence", self._watch))
        ]
        try:
            with (
                listening(self._config.host, self._config.port, setting="relay.port", what="relay") as listener,
                signals(self.stop),
            ):
                self._server = Server(settings)
                for thread in threads:
                    thread.start()
                self._log.info("listening", host=self._config.host, port=self._config.port)
                if not self._stop.is_set():
                    self._server.run(sockets=[listener])
        finally:
            self.stop()
            for thread in threads:
                if thread.ident is not None:
                    thread.join(_JOIN_S)
            self._queue.close()
            self._log.info("stopped")
        if self._failure is not None:
            raise self._failure

    def stop(self) -> None:
        """End `run` gracefully. Safe from any thread and in a signal handler."""
        self._stop.set()
        self._came.set()
        if self._server is not None:
            self._server.should_exit = True

    def _guarded(self, work: Callable[[], None]) -> None:
        """A thread's work; what it cannot go on after ends the whole relay, which then says so."""
        try:
            work()
        except BaseException as error:  # noqa: BLE001  it is raised again where the process can end by it
            self._failure = self._failure or error
            self.stop()

    def _carry(self) -> None:
        self._worker.run(self._stop)

    def _watch(self) -> None:
        """Once a day a line for everybody who is silent."""
        told: dict[int, float] = {}
        while not self._stop.is_set():
            try:
                found = self._silence.report()
                now = time.monotonic()
                told = {one.participant: told.get(one.participant, -_TELL_S) for one in found}
                for one in found:
                    if now - told[one.participant] >= _TELL_S:
                        told[one.participant] = now
                        self._log.warning("silent", **asdict(one))
            except FatalError:
                raise
            except ChainError as error:
                self._log.warning("silence not known", reason=str(error))
            self._stop.wait(_LOOK_S)

    def _health(self) -> tuple[dict[str, Any], list[str]]:
        counts, worker = self._queue.counts(), self._worker
        now = time.time()
        age_s = 0 if counts.oldest is None else max(0, int(now - counts.oldest / 1_000))
        troubles = [f"delivery: {worker.failure}"] if worker.failure else []
        if age_s * 1_000 > _OLD_MS:
            troubles.append(f"queue: {counts.open} runs are waiting, the oldest for more than half an hour")
        if counts.open >= self._config.most:
            troubles.append(f"queue: all {self._config.most} places are taken")
        block, block_time = worker.head
        facts = {"time": int(now), "open": counts.open, "age_s": age_s, "block": block, "block_time": block_time}
        return facts, troubles


def _head(contracts: Contracts) -> tuple[int, int]:
    """Number and time of the newest block. Raises NodeUnavailable."""
    web3 = contracts.web3
    header = ask(web3, "eth_getBlockByNumber", "latest", False)
    if not isinstance(header, dict):
        raise useless(web3, "the node has no newest block")
    return quantity(web3, header.get("number")), quantity(web3, header.get("timestamp"))
