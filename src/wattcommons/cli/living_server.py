"""The web app over a living village: what `watt demo` ends with, and what the browser tests look at."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from wattcommons.chain.block_logs import BlockLogs
from wattcommons.cli.chain_wiring import contracts_over
from wattcommons.cli.serve import pooled_contracts, proofs_of
from wattcommons.domain.formatting import Language
from wattcommons.scenarios.living import Living
from wattcommons.scenarios.living_people import public_wallets
from wattcommons.scenarios.living_records import keep_formulas, keep_records
from wattcommons.services.api.serve import ApiServer, SendingOn, Work
from wattcommons.services.api.settings import ApiSettings, DevnetKey, Limits
from wattcommons.services.indexer.follow import Follower
from wattcommons.services.indexer.indexer import Indexer
from wattcommons.services.store.engine import Store, open_store
from wattcommons.simulation.village import ZONE

HOST: Final = "127.0.0.1"
STORE_NAME: Final = "village.db"
_NODE_TIMEOUT_S: Final = 30
_LIMITS: Final = Limits(
    requests_s=500, burst=5_000, session_requests_s=500, session_burst=5_000, challenges_s=50, challenge_burst=500
)
"""Everybody sits at this machine: what one address may ask elsewhere is not enough for all of them."""


@dataclass(frozen=True)
class LivingServerOptions:
    """`node_url`: the village's chain. `folder`: where the database is kept. `port` as reached, `speed` as shown;
    `poll_s`: seconds between two looks at the chain and for news. `frontend`: the built pages."""

    node_url: str
    folder: Path
    port: int
    speed: int = 1
    language: Language = Language.ENGLISH
    poll_s: float = 1.0
    frontend: Path | None = None


def built_pages() -> Path | None:
    """The pages of a repository that was set up; None elsewhere."""
    pages = Path(__file__).resolve().parents[3] / "frontend" / "dist"
    return pages if (pages / "index.html").is_file() else None


@contextmanager
def living_store(living: Living, options: LivingServerOptions) -> Iterator[Store]:
    """The village's database, with the records its operator keeps. Raises StoreError."""
    store = open_store(options.folder / STORE_NAME)
    try:
        store.migrate()
        keep_records(store, living, options.language.value)
        living.when_planned = lambda: keep_formulas(store, living)
        yield store
    finally:
        store.close()


def living_server(
    living: Living, store: Store, options: LivingServerOptions, *, beside: tuple[tuple[str, Work], ...] = ()
) -> ApiServer:
    """The API, the pages and the index over the village; `beside`: what else runs with it."""
    demo = living.demo
    deployment = demo.community.deployment
    urls = (options.node_url,)
    wallets = public_wallets(demo, options.language.value)
    settings = ApiSettings(
        origins=(f"http://{HOST}:{options.port}", f"http://localhost:{options.port}"),
        zone=ZONE,
        controller=deployment.terms.name,
        chain_name=f"{deployment.terms.name} (demo)",
        devnet=True,
        speed=options.speed,
        min_group=3,
        keys=tuple(DevnetKey(one.name, one.role, one.account, one.private_key) for one in wallets),
        frontend=options.frontend,
        limits=_LIMITS,
    )
    source = BlockLogs(contracts_over(urls, deployment, _NODE_TIMEOUT_S).web3, deployment, settings.finality)
    follower = Follower(Indexer(store, source, deployment, ZONE), poll_s=options.poll_s)

    def follow(stop: threading.Event) -> None:
        follower.run(stop)

    contracts = pooled_contracts(urls, deployment, _NODE_TIMEOUT_S)
    return ApiServer(
        settings,
        store,
        contracts,
        SendingOn(demo.community.keys.service("orders"), contracts_over(urls, deployment, _NODE_TIMEOUT_S)),
        beside=(("index", follow), *beside),
        poll_s=options.poll_s,
        prover=proofs_of(contracts),
    )


def living_work(living: Living, speed: int) -> Work:
    """The village's own time as work beside the server."""

    def live(stop: threading.Event) -> None:
        living.live(stop, speed)

    return live
