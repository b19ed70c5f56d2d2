"""The API at work: the web server in front, the worker that sends on behind, and what else runs beside them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import structlog
import uvicorn
from fastapi import FastAPI

from wattcommons.chain.accounts import SigningAccount
from wattcommons.chain.contracts import Contracts
from wattcommons.chain.finality import Finality
from wattcommons.chain.sender import Sender
from wattcommons.services.api.app import create_app
from wattcommons.services.api.context import Context, Prover
from wattcommons.services.api.events import EventHub
from wattcommons.services.api.intents.desk import IntentDesk
from wattcommons.services.api.intents.worker import IntentWorker
from wattcommons.services.api.news import intent_news
from wattcommons.services.api.settings import ApiSettings
from wattcommons.services.runtime.limits import Buckets
from wattcommons.services.runtime.serving import Server, listening, signals
from wattcommons.services.store.app.intents import StoredIntent
from wattcommons.services.store.engine import Store

_JOIN_S: Final = 15.0
Work = Callable[[threading.Event], None]
"""What runs beside the server in a thread of its own until the event is set; what it raises ends the server."""


@dataclass(frozen=True)
class SendingOn:
    """What is needed to send on for members. `contracts`: the worker's own connection."""

    account: SigningAccount = field(repr=False)
    contracts: Contracts


class ApiServer:
    """The API ready to run over a store whose tables are there. `contracts`: safe from several threads.

    `beside`: what else to run, by name. `poll_s`: seconds between two looks for news and at what was sent.
    `prover`: makes proof files; it is called from several threads.
    """

    def __init__(
        self,
        settings: ApiSettings,
        store: Store,
        contracts: Contracts,
        sending: SendingOn | None = None,
        *,
        beside: Sequence[tuple[str, Work]] = (),
        poll_s: float = 1.0,
        clock: Callable[[], float] = time.time,
        prover: Prover | None = None,
    ) -> None:
        limits = settings.limits
        self._stop = threading.Event()
        self._failure: BaseException | None = None
        self._server: uvicorn.Server | None = None
        self._log: Any = structlog.get_logger("api")
        self._hub = EventHub(poll_s=poll_s, most=limits.streams, each=limits.streams_each)
        self._works = list(beside)
        self._desk: IntentDesk | None = None
        if sending is not None:
            sender = Sender(sending.contracts.web3, sending.account)
            self._desk = IntentDesk(store, contracts, sender.address, clock)
            worker = IntentWorker(
                store,
                sending.contracts,
                sender,
                Finality(settings.finality),
                self._desk,
                self._told,
                clock,
                poll_s=poll_s,
            )
            self._works.append(("intents", worker.run))
        self.context = Context(
            settings,
            store,
            contracts,
            self._hub,
            self._desk,
            clients=Buckets(limits.requests_s, limits.burst),
            sessions=Buckets(limits.session_requests_s, limits.session_burst),
            sign_ins=Buckets(limits.challenges_s, limits.challenge_burst),
            clock=clock,
            prover=prover,
        )
        self.app: FastAPI = create_app(self.context)

    def run(self, host: str, port: int, listens: Callable[[int], None] = lambda _: None) -> None:
        """Serve until `stop`, SIGTERM or SIGINT. `listens`: told the port, once it is open; port 0 takes a free one.

        Raises SettingsError when the port is taken, and what the works beside it raise.
        """
        config = uvicorn.Config(
            self.app,
            log_config=None,
            access_log=False,  # addresses may hold a token, and who reads what is nobody's business
            lifespan="on",
            server_header=False,
            proxy_headers=False,  # see ApiSettings.trusted_proxies
            limit_concurrency=1_000,
            h11_max_incomplete_event_size=32_768,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=10,
        )
        threads = [
            threading.Thread(target=self._guarded, args=(work,), name=name, daemon=True) for name, work in self._works
        ]
        try:
            with listening(host, port, setting="serve.port", what="server") as listener, signals(self.stop):
                self._server = Server(config)
                for thread in threads:
                    thread.start()
                bound = int(listener.getsockname()[1])
                self._log.info("listening", host=host, port=bound)
                listens(bound)
                if not self._stop.is_set():
                    self._server.run(sockets=[listener])
        finally:
            self.stop()
            for thread in threads:
                if thread.ident is not None:
                    thread.join(_JOIN_S)
            self._log.info("stopped")
        if self._failure is not None:
            raise self._failure

    def stop(self) -> None:
        """End `run` gracefully. Safe from any thread and in a signal handler."""
        self._stop.set()
        if self._desk is not None:
            self._desk.came.set()
        self._hub.close_soon()  # open streams would hold the server until its patience ends
        if self._server is not None:
            self._server.should_exit = True

    def _guarded(self, work: Work) -> None:
        try:
            work(self._stop)
        except BaseException as error:  # noqa: BLE001  it is raised again where the process can end by it
            self._failure = self._failure or error
            self.stop()

    def _told(self, intent: StoredIntent) -> None:
        self._hub.publish(intent_news(intent.id, intent.state, intent.wallet))
