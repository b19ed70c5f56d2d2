"""All projections made again from the raw logs, without a node, in one transaction: readers see the old ones until
the new ones are whole. Whoever else wants to write waits meanwhile, on SQLite.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby

from wattcommons.chain.deployment import Deployment
from wattcommons.chain.events import decode_logs
from wattcommons.errors import StoreError
from wattcommons.services.indexer.opening import require_community
from wattcommons.services.indexer.projector import PROJECTIONS, Projector
from wattcommons.services.indexer.taking import raw_logs
from wattcommons.services.store.engine import Store
from wattcommons.services.store.index_write import clear_projections, read_state, stored_logs, write_state


def rebuild(store: Store, deployment: Deployment, zone: str, progress: Callable[[int], None] = lambda _: None) -> int:
    """Derive every projection anew, with the days of `zone`. Returns how many logs were read.

    `progress` is told that number now and then. Raises DeploymentError for another community's index, StoreError when
    there is none, and as `Store` does; then nothing is changed.
    """
    projector = Projector(deployment, zone)
    done = 0
    with store.write(bulk=True) as connection, projector.rows.on(connection):
        state = read_state(connection, lock=True)
        if state is None:
            raise StoreError(f"{store.shown} holds no index", "run `watt index run` first")
        require_community(store, state, deployment)
        clear_projections(connection)
        for page in stored_logs(connection):
            settled = [log for log in page if log.block <= state.final_block]
            projector.apply(list(decode_logs(deployment, raw_logs(settled))))
            projector.flush()
            for block, logs in groupby(page[len(settled) :], key=lambda log: log.block):
                projector.apply(list(decode_logs(deployment, raw_logs(logs))))
                projector.flush(block)
            done += len(page)
            progress(done)
        write_state(connection, state._replace(projections=PROJECTIONS, zone=zone))
    return done
