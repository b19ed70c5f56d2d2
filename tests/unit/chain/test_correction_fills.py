"""Which chunk of fills proves a participant's trade, and when the next one has to be shown too."""

from __future__ import annotations

import pytest

from wattcommons.chain.correction_fills import NO_TRADE, proof_among
from wattcommons.domain.fills import Fill, pack_fills
from wattcommons.domain.units import ParticipantIndex

pytestmark = pytest.mark.unit

CHUNKS = [
    pack_fills([Fill(ParticipantIndex(2), 500, 0), Fill(ParticipantIndex(5), -300, 0)]),
    pack_fills([Fill(ParticipantIndex(8), -200, 300)]),
]


def test_proof__nobody_traded__none() -> None:
    assert proof_among([], 3) == NO_TRADE


@pytest.mark.parametrize(
    ("participant", "chunk", "shows_next", "traded"),
    [
        (1, 0, False, 0),
        (2, 0, False, 500),
        (3, 0, False, 0),
        (5, 0, False, -300),
        (6, 0, True, 0),
        (8, 1, False, -200),
        (9, 1, False, 0),
    ],
)
def test_proof__any_participant__its_chunk_and_trade(
    participant: int, chunk: int, shows_next: bool, traded: int
) -> None:
    proof = proof_among(CHUNKS, participant)
    assert proof.terms == (chunk, CHUNKS[chunk], CHUNKS[chunk + 1] if shows_next else b"")
    assert proof.traded_wh == traded
