"""How far an index is, and what is in it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from wattcommons.errors import StoreError
from wattcommons.services.indexer.projector import PROJECTIONS
from wattcommons.services.store.engine import Store
from wattcommons.services.store.index_write import count_rows, read_state


@dataclass(frozen=True)
class IndexStatus:
    """`block`: the newest taken in; `at`: its time, unix seconds, 0 before the first. `outdated`: a rebuild is due."""

    store: str
    block: int
    final_block: int
    at: int
    zone: str
    logs: int
    readings: int
    intervals: int
    outdated: bool

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def index_status(store: Store) -> IndexStatus:
    """Look. Raises StoreError when the store holds no index, or one that this program cannot read."""
    store.require_current()
    with store.read() as connection:
        state = read_state(connection)
        if state is None:
            raise StoreError(f"{store.shown} holds no index", "run `watt index run` first")
        logs, readings, intervals = (count_rows(connection, name) for name in ("raw_logs", "readings", "intervals"))
    return IndexStatus(
        store.shown,
        state.next_block - 1,
        state.final_block,
        state.at,
        state.zone,
        logs,
        readings,
        intervals,
        outdated=state.projections < PROJECTIONS,
    )
