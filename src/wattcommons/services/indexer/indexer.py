"""Follows the chain into the store, block by block, and back where the chain goes back.

What is final is taken in by long stretches. What may still be replaced is taken in block by block, each with the way
to undo it; a block that is no longer on the chain is undone before anything else. A block that was final and is gone
stops the program, across restarts too: the store remembers the last final block by its hash.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import Any, Final

import structlog

from wattcommons.chain.block_logs import BlockSource, Header, PlacedLog
from wattcommons.chain.deployment import Deployment
from wattcommons.chain.events import Event, decode_logs
from wattcommons.domain.local_time import DEFAULT_ZONE, checked_zone
from wattcommons.errors import NodeUnavailable, RuleError, SettingsError, StoreError
from wattcommons.services.indexer.opening import open_index
from wattcommons.services.indexer.projector import PROJECTIONS, Projector
from wattcommons.services.indexer.rebuild import rebuild
from wattcommons.services.indexer.taking import kept_block, kept_logs
from wattcommons.services.store.engine import Connection, Store
from wattcommons.services.store.index_rewind import rewind
from wattcommons.services.store.index_write import (
    KeptBlock,
    KeptState,
    add_blocks,
    add_logs,
    read_blocks,
    read_state,
    settle_blocks,
    write_state,
)

_MOST_LOGS: Final = 3_000
_MOST_BYTES: Final = 256_000
"""Of logs' data in one transaction: some 35,000 readings, so that nobody waits long for a turn to write."""
_MOST_BLOCKS: Final = 64


class Indexer:
    """One index of one community. Not for several threads. `zone`: whose days are summed up.

    `open` first; then `step` again and again (see `follow.Follower`). Both raise RetryableError, StoreError,
    ReorganisedError, and FatalError for logs of another version of the contracts.
    """

    def __init__(self, store: Store, source: BlockSource, deployment: Deployment, zone: str = DEFAULT_ZONE) -> None:
        try:
            self._zone = checked_zone(zone)
        except RuleError as error:
            raise SettingsError(error.message, error.hint, setting="zone") from error
        self._store = store
        self._source = source
        self._deployment = deployment
        self._state: KeptState | None = None
        self._kept: list[KeptBlock] = []
        self._projector = Projector(deployment, zone)
        self._log: Any = structlog.get_logger("indexer")
        self.newest: Header | None = None
        """The newest block that the node was seen to have."""

    @property
    def state(self) -> KeptState:
        """How far the index is. Raises StoreError before `open`."""
        if self._state is None:
            raise StoreError("the index is not open", "this is a defect: report it")
        return self._state

    def open(self) -> None:
        """Take up the index of the store, begin one in an empty store, and rebuild one of an older program.

        Raises DeploymentError, SettingsError, StoreError: see `opening.open_index`.
        """
        self._store.migrate()
        state = open_index(self._store, self._deployment, self._zone)
        if state.projections < PROJECTIONS:
            self._log.info("rebuilding the index", made_by=state.projections, now=PROJECTIONS)
            rebuild(self._store, self._deployment, self._zone)
        self._reload()

    def step(self) -> bool:
        """One bounded piece of work. Whether there may be more to do at once."""
        if self._state is None:
            self._reload()
        self.newest, final = self._source.heads()
        gone = self._first_gone(self.newest)
        if gone is not None:
            self._rewind(gone)
            return True
        if self._kept:
            self._settle(final)
        if final.number >= self.state.next_block:
            return self._take_final(final)
        if self.newest.number >= self.state.next_block:
            return self._take_newest(self.newest)
        return False

    # --- what was taken in before ---------------------------------------------------------------------

    def _first_gone(self, newest: Header) -> int | None:
        """The first block of the index that is no longer on the chain; None when all are, or the node lags."""
        above = [block for block in self._kept if block.number > self.state.final_block]
        if not above:
            return None
        known = [block for block in above if block.number <= newest.number]
        if not known:
            return None  # nothing contradicts what lies above the node's newest block: the node may lag
        [tip] = self._source.headers([known[-1].number])
        if tip is None:
            raise NodeUnavailable(f"the node does not give block {known[-1].number}, below its newest")
        if tip.hash == known[-1].hash:
            return None
        found = self._source.headers([block.number for block in known])
        for block, header in zip(reversed(known), reversed(found), strict=True):
            if header is not None and header.hash == block.hash:
                return block.number + 1
        return above[0].number

    def _rewind(self, first: int) -> None:
        self._log.warning("blocks were replaced", first=first, last=self.state.next_block - 1)
        kept = [block for block in self._kept if block.number < first]
        with self._writing() as connection:
            rewind(connection, first)
            self._note(connection, next_block=first, at=kept[-1].at if kept else 0)
        self._kept = kept
        self._projector = Projector(self._deployment, self._zone)

    def _settle(self, final: Header) -> None:
        """What is final by now needs no way back."""
        target = min(final.number, self._kept[-1].number)
        if target <= self.state.final_block:
            return
        block = self._kept[target - self._kept[0].number]
        if target == final.number and block.hash != final.hash:
            raise NodeUnavailable(f"the node gave two blocks {target} within a moment")
        with self._writing() as connection:
            settle_blocks(connection, target)
            self._note(connection, final_block=target)
        self._kept = [one for one in self._kept if one.number >= target]
        self._source.trust(block.number, block.hash)

    # --- taking in ------------------------------------------------------------------------------------

    def _take_final(self, final: Header) -> bool:
        """Take in final blocks, as many as one transaction bears."""
        logs: list[PlacedLog] = []
        size = 0
        last = None
        for stretch in self._source.final(self.state.next_block, final.number):
            last = stretch.last
            logs += stretch.logs
            size += sum(len(one.log.data) for one in stretch.logs)
            if size > _MOST_BYTES or len(logs) > _MOST_LOGS:
                break
        if last is None:
            return False
        events = self._decoded(logs)
        with self._writing() as connection:
            self._projector.apply(events)
            self._projector.flush()
            add_logs(connection, kept_logs(logs))
            settle_blocks(connection, last.number)
            add_blocks(connection, [kept_block(last)])
            self._note(connection, next_block=last.number + 1, final_block=last.number, at=last.timestamp)
        self._kept = [kept_block(last)]
        self._source.trust(last.number, last.hash)
        return last.number < (self.newest or final).number

    def _take_newest(self, newest: Header) -> bool:
        """Take in blocks that may still be replaced, each with its way back."""
        first = self.state.next_block
        headers = self._linked(self._source.headers(range(first, min(newest.number, first + _MOST_BLOCKS - 1) + 1)))
        if not headers:
            return False  # they follow other blocks than ours: the next look finds out from where on
        logs = self._source.of_blocks(headers)
        size = 0
        count = 0
        for one in logs:
            count += 1
            size += sum(len(placed.log.data) for placed in one)
            if size > _MOST_BYTES:
                break
        headers, logs = headers[:count], logs[:count]
        events = [self._decoded(one) for one in logs]
        with self._writing() as connection:
            for header, of_block, decoded in zip(headers, logs, events, strict=True):
                self._projector.apply(decoded)
                self._projector.flush(header.number)
                add_logs(connection, kept_logs(of_block))
            add_blocks(connection, [kept_block(header) for header in headers])
            self._note(connection, next_block=headers[-1].number + 1, at=headers[-1].timestamp)
        self._kept += [kept_block(header) for header in headers]
        return headers[-1].number < newest.number

    def _linked(self, found: Sequence[Header | None]) -> list[Header]:
        """The headers as far as each follows the one before, the first of them the last block of the index."""
        headers: list[Header] = []
        for header in found:
            if header is None or (headers and header.parent != headers[-1].hash):
                break
            headers.append(header)
        if headers and self._kept and headers[0].parent != self._kept[-1].hash:
            return []
        return headers

    def _decoded(self, logs: Sequence[PlacedLog]) -> list[Event]:
        return list(decode_logs(self._deployment, (one.log for one in logs)))

    # --- the store ------------------------------------------------------------------------------------

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A transaction on the state that is known here. After any failure everything is read again."""
        try:
            with self._store.write(bulk=True) as connection, self._projector.rows.on(connection):
                self._require_alone(connection)
                yield connection
        except BaseException:
            self._state = None
            raise

    def _require_alone(self, connection: Connection) -> None:
        if read_state(connection, lock=True) != self._state:
            raise StoreError(f"{self._store.shown}: another indexer has written to the index", "run one of them only")

    def _note(self, connection: Connection, **changed: Any) -> None:
        self._state = self.state._replace(**changed)
        write_state(connection, self._state)

    def _reload(self) -> None:
        with self._store.read() as connection:
            state, kept = read_state(connection), read_blocks(connection)
        if state is None:
            raise StoreError(f"{self._store.shown} holds no index any more", "start again")
        self._state, self._kept = state, kept
        self._projector = Projector(self._deployment, self._zone)
        for before, after in pairwise(kept):
            if after.parent != before.hash:
                raise StoreError(f"{self._store.shown}: block {after.number} does not follow", "make the index anew")
        if kept and kept[0].number == state.final_block:
            self._source.trust(kept[0].number, kept[0].hash)
