"""Everything a route works with: one object an application, made by who composes it. See `dependencies.py`."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from wattcommons import __version__
from wattcommons.chain.contracts import Contracts
from wattcommons.chain.deployment import Deployment
from wattcommons.domain.intervals import IntervalLength
from wattcommons.services.api.events import EventHub
from wattcommons.services.api.intents.desk import IntentDesk
from wattcommons.services.api.settings import DEVNET_CHAIN, ApiSettings
from wattcommons.services.runtime.limits import Buckets
from wattcommons.services.store.engine import Store
from wattcommons.services.store.reads.state import IndexState, index_state

Prover: TypeAlias = Callable[[int], bytes]
"""A certificate's number -> its proof file's bytes. Raises InputError, DeploymentError, ChainError."""


@dataclass(frozen=True)
class Context:
    """`store`: index and own tables. `contracts`: the node; safe from several threads. `clock`: the wall's, unix
    seconds, for sessions alone: what concerns the chain goes by `now`. `desk`: takes signed messages in, None where
    this process sends none. `prover`: makes a certificate's proof file, None where none are made. `clients`,
    `sessions`, `sign_ins`: tokens of addresses, of sessions, of sign-ins.
    """

    settings: ApiSettings
    store: Store
    contracts: Contracts
    events: EventHub
    desk: IntentDesk | None
    clients: Buckets
    sessions: Buckets
    sign_ins: Buckets
    clock: Callable[[], float] = time.time
    version: str = field(default=__version__)
    prover: Prover | None = None

    @property
    def deployment(self) -> Deployment:
        """The community's deployment."""
        return self.contracts.deployment

    @property
    def length(self) -> IntervalLength:
        """The interval's length."""
        return self.deployment.terms.length

    @property
    def is_devnet(self) -> bool:
        """Whether keys may be shown: the settings and the chain's number have to agree on it."""
        return self.settings.devnet and self.deployment.chain_id == DEVNET_CHAIN

    def state(self) -> IndexState:
        """How far the index is. Raises StoreError."""
        with self.store.read() as connection:
            return index_state(connection)

    def now(self, state: IndexState | None = None) -> int:
        """The chain's time, unix seconds: that of the newest block of the index; on a chain of real time not earlier
        than the clock, for such a chain may make no block for a while. Raises StoreError.
        """
        at = (state or self.state()).at
        return at if self.settings.devnet else max(at, int(self.clock()))
