"""The gateway at work: every source in a thread of its own, one thread for the way out, and the small web server.

Whatever a source does, the others go on; a lost one is opened again after a while, longer each time. A full disk stops
the intake until there is room, for a source then keeps, or repeats, what was not taken. Only a damaged journal and a
chain that changed below finality end the program: both need a person.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import structlog

from wattcommons.errors import (
    FatalError,
    ReorganisedError,
    RetryableError,
    SourceLost,
    StoreDamaged,
    StoreError,
    WattError,
)
from wattcommons.services.gateway.clock import Clock
from wattcommons.services.gateway.courier import Courier
from wattcommons.services.gateway.facts import DeliveryFacts, GatewayFacts, look
from wattcommons.services.gateway.intake import Intake
from wattcommons.services.gateway.samples import Source
from wattcommons.services.runtime.backoff import Backoff
from wattcommons.services.store.outbox import Outbox

JOIN_S: Final = 10.0
_HOUR_MS: Final = 3_600_000


@dataclass(frozen=True, slots=True)
class Pace:
    """How often things are done, seconds."""

    poll_s: float = 15.0
    checkpoint_s: float = 60.0
    retention_s: int = 400 * 86_400


class Gateway:
    """A gateway ready to run. `checkpointed`, which may be set, is called now and then.

    `courier_of` makes the way out; it may fail while no node or relay is reachable.
    """

    def __init__(
        self,
        intake: Intake,
        outbox: Outbox,
        clock: Clock,
        sources: Sequence[Source],
        courier_of: Callable[[], Courier],
        pace: Pace | None = None,
    ) -> None:
        self._intake, self._outbox, self._clock, self._sources = intake, outbox, clock, sources
        self._courier_of, self._pace = courier_of, pace or Pace()
        self.checkpointed: Callable[[], None] = lambda: None
        self._log: Any = structlog.get_logger("gateway")
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._fatal: WattError | None = None
        self._lost: dict[str, str] = {}
        self.delivery = DeliveryFacts()

    def facts(self) -> GatewayFacts:
        """One look at everything. Raises StoreError."""
        return look(self._intake, self._outbox, self._clock, self.delivery, self._lost)

    def formed(self) -> None:
        """Readings became whole: look at the way out at once."""
        self._wake.set()

    def stop(self) -> None:
        """End `run` gracefully. Safe in a signal handler."""
        self._stop.set()
        self._wake.set()

    def run(self) -> None:
        """Work until stopped. Raises StoreDamaged, ReorganisedError or another FatalError that needs a person."""
        threads = [
            threading.Thread(target=self._guarded, args=(self._feed, source), name=source.name, daemon=True)
            for source in self._sources
        ]
        threads.append(threading.Thread(target=self._guarded, args=(self._deliver,), name="delivery", daemon=True))
        for thread in threads:
            thread.start()
        self._log.info("started", sources=len(self._sources))
        try:
            while not self._stop.wait(self._pace.checkpoint_s):
                self._tidy()
        finally:
            self.stop()
            for thread in threads:
                thread.join(JOIN_S)
            self._tidy()
            self._log.info("stopped")
        if self._fatal is not None:
            raise self._fatal

    def _guarded(self, work: Callable[..., None], *arguments: Any) -> None:
        """A thread's work; what needs a person ends the whole program, which says so."""
        try:
            work(*arguments)
        except WattError as error:
            self._fatal = self._fatal or error
            self.stop()
        except BaseException:
            self.stop()
            raise

    def _feed(self, source: Source) -> None:
        backoff = Backoff(random.Random())  # noqa: S311
        log = self._log.bind(source=source.name)
        while not self._stop.is_set():
            began = self._clock.now().steady
            try:
                source.run(self._stop)
                self._lost.pop(source.name, None)
                if self._stop.is_set():
                    return
                reason = "it ended by itself"
            except StoreDamaged:
                raise
            except (SourceLost, StoreError) as error:
                reason = str(error)
            if self._clock.now().steady - began > _HOUR_MS:
                backoff.reset()
            pause = backoff.pause()
            self._lost[source.name] = reason
            log.warning("source lost", reason=reason, again_in_s=round(pause, 1))
            self._stop.wait(pause)
            self._lost.pop(source.name, None)

    def _deliver(self) -> None:
        backoff = Backoff(random.Random())  # noqa: S311
        courier: Courier | None = None
        while not self._stop.is_set():
            self._wake.clear()
            pause = self._pace.poll_s
            try:
                courier = courier or self._courier_of()
                pause = 0.0 if self._round(courier) else pause
                backoff.reset()
            except (StoreDamaged, ReorganisedError):
                raise
            except (RetryableError, StoreError) as error:
                pause = backoff.pause()
                self._failed(error, pause)
                if self._stop.wait(pause):
                    return
                continue
            except FatalError as error:
                # Nothing a retry heals, but the readings go on being taken: a person sees it in status and health.
                pause = max(self._pace.poll_s, 60.0)
                self._failed(error, pause)
            self._wake.wait(pause)

    def _round(self, courier: Courier) -> bool:
        done = courier.round(self._clock.now().at)
        facts = self.delivery
        facts.last_round, facts.last_failure = self._clock.now().at, ""
        facts.outcomes["final"] += done.final
        facts.outcomes["parked"] += done.parked
        if done.final or done.parked:
            self._log.info("delivered", final=done.final, parked=done.parked, waiting=done.waiting)
        return done.again

    def _failed(self, error: WattError, pause: float) -> None:
        self.delivery.failures += 1
        self.delivery.last_failure = str(error)
        self._log.warning("delivery failed", reason=str(error), again_in_s=round(pause, 1))

    def _tidy(self) -> None:
        try:
            self._intake.checkpoint()
            self.checkpointed()
            self._outbox.purge(self._clock.now().at - self._pace.retention_s * 1_000)
        except StoreDamaged:
            raise
        except StoreError as error:
            self._log.error("the journal takes nothing at present", reason=str(error))
