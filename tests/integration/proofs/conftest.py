"""An eventful community, and proof files made from its chain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest

from tests.support.devnet import GENESIS_TIME
from tests.support.eventful import Eventful, found, live
from tests.support.qbft import checkpoint, sealed_file
from wattcommons.chain.devnet import DevnetOptions, devnet
from wattcommons.chain.node import connect
from wattcommons.services.prover.community import community_of
from wattcommons.services.prover.make import prove
from wattcommons.verifier.anchors import Anchor, Community


@dataclass(frozen=True)
class Proofs:
    """The community, and its files by name: whole histories of a claimed and a traded certificate, a plain one, one of
    a reading corrected twice, one whose Wh paid what its device owed, and one of an estimate that was corrected.

    `sealed`: the same with headers sealed by a QBFT network of ours, which `anchor` covers. `node`: its address.
    """

    day: Eventful
    numbers: Mapping[str, int]
    files: Mapping[str, bytes]
    sealed: Mapping[str, bytes]
    anchor: Anchor
    node: str

    @property
    def community(self) -> Community:
        return community_of(self.day.community.deployment)


@pytest.fixture(scope="module")
def proofs() -> Iterator[Proofs]:
    with devnet(DevnetOptions(genesis_time=GENESIS_TIME)) as running:
        day = found(connect(running.ipc_path))
        marks = live(day, corrections=True)
        numbers = {"claimed": marks["claimed"], "traded": marks["traded"], "plain": 1 << 32 | day.first + 1}
        numbers |= {name: marks[name] for name in ("corrected", "paying", "estimated")}
        files = {name: prove(day.community.contracts, number).data for name, number in numbers.items()}
        sealed = {name: sealed_file(data).dump() for name, data in files.items()}
        anchor = Anchor(checkpoint(community_of(day.community.deployment)))
        yield Proofs(day, numbers, files, sealed, anchor, running.http_url)
