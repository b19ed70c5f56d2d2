"""Whether a store's index may be taken up: of this community, by this program, for these days."""

from __future__ import annotations

from wattcommons.chain.deployment import Deployment
from wattcommons.errors import DeploymentError, SettingsError, StoreError
from wattcommons.services.indexer.projector import PROJECTIONS
from wattcommons.services.indexer.taking import fingerprint
from wattcommons.services.store.engine import Store
from wattcommons.services.store.index_write import KeptState, read_state, write_state

REBUILD = "run `watt index rebuild`"


def open_index(store: Store, deployment: Deployment, zone: str) -> KeptState:
    """The state of the store's index; a new one is begun in an empty store.

    Raises DeploymentError for another community's, SettingsError for another zone than it was made with, and
    StoreError when its projections are of a newer program. Older ones are the caller's to rebuild.
    """
    with store.write() as connection:
        state = read_state(connection, lock=True)
        if state is None:
            state = KeptState(fingerprint(deployment), PROJECTIONS, zone, deployment.block, deployment.block - 1, 0)
            write_state(connection, state)
    require_community(store, state, deployment)
    if state.projections > PROJECTIONS:
        raise StoreError(
            f"{store.shown}: the index was made by a newer version of this program", f"install that one, or {REBUILD}"
        )
    if state.zone != zone:
        raise SettingsError(
            f"the index counts the days of {state.zone}, not of {zone}", f"keep the zone, or {REBUILD}", setting="zone"
        )
    return state


def require_community(store: Store, state: KeptState, deployment: Deployment) -> None:
    """Raises DeploymentError unless the index is of this deployment."""
    if state.deployment != fingerprint(deployment):
        raise DeploymentError(
            f"{store.shown} holds the index of another community, or of another deployment",
            "name another store, or the deployment that it was made for",
        )
