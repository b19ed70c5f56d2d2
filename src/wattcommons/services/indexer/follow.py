"""An indexer at work: step after step, patient with nodes and disks, until it is told to stop."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import structlog

from wattcommons.errors import RetryableError, StoreDamaged, StoreError
from wattcommons.services.indexer.indexer import Indexer
from wattcommons.services.runtime.backoff import Backoff


@dataclass
class Follower:
    """`poll_s`: seconds between two looks at a chain whose every block is taken in.

    `failure`: what the last step failed for, empty when it did not; `steps`, `failures`: since the start.
    """

    indexer: Indexer
    poll_s: float = 1.0
    failure: str = ""
    steps: int = 0
    failures: int = 0
    _backoff: Backoff = field(default_factory=lambda: Backoff(random.Random(), most=30.0), repr=False)  # noqa: S311

    def run(self, stop: threading.Event, *, until_caught_up: bool = False) -> None:
        """Follow the chain until stopped, or until there is nothing more to take in. A node or a store that fails is
        tried again, later and later.

        Raises what needs a person: ReorganisedError and other FatalErrors, StoreDamaged, and a UserError when the
        index is none of ours.
        """
        log: Any = structlog.get_logger("indexer")
        opened = False
        told = 0.0
        while not stop.is_set():
            try:
                if not opened:
                    self.indexer.open()
                    opened = True
                more = self.indexer.step()
            except StoreDamaged:
                raise
            except (RetryableError, StoreError) as error:
                self.failures += 1
                self.failure = str(error)
                log.warning("step failed", reason=str(error))
                stop.wait(self._backoff.pause())
                continue
            self.steps += 1
            self.failure = ""
            self._backoff.reset()
            if more:
                if time.monotonic() - told > 10:
                    told = time.monotonic()
                    newest = self.indexer.newest
                    log.info("taking in", block=self.indexer.state.next_block - 1, newest=newest and newest.number)
                continue
            if until_caught_up:
                return
            stop.wait(self.poll_s)
