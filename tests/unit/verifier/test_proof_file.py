"""The form of a proof file: what is not exactly as it is made is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattcommons.domain.fills import Fill, pack_fills
from wattcommons.domain.units import ParticipantIndex
from wattcommons.errors import InputError
from wattcommons.verifier import canonical, compact_fills, proof_file
from wattcommons.verifier.anchors import Checkpoint, Community, dump_checkpoint, load_checkpoint
from wattcommons.verifier.layout import CONTRACTS
from wattcommons.verifier.proof_file import MOST, ProofFile
from wattcommons.verifier.verify import verify

pytestmark = pytest.mark.unit

COMMUNITY = Community(31_337, 30, {name: bytes([place]) * 20 for place, name in enumerate(CONTRACTS, 1)})
FILE = ProofFile(
    layout="0" * 16,
    community=COMMUNITY,
    device=1,
    interval=981_800,
    participant=1,
    holders=(b"\1" * 20, b"\2" * 20),
    run=b"run",
    fills=(pack_fills([Fill(ParticipantIndex(1), 300, 0), Fill(ParticipantIndex(3), -300, 0)]),),
    headers=(b"\xc0",),
    receipts=((0, 1),),
    nodes=(b"one", b"other"),
)


def _changed(**changes: Any) -> bytes:
    return canonical.dump({**canonical.load(FILE.dump(), "it"), **changes})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"format": "else"}, "no proof file"),
        ({"version": 2}, "of version 2"),
        ({"more": 1}, "unknown field 'more'"),
        ({"device": 0}, "device is 0"),
        ({"device": True}, "device has the wrong type"),
        ({"interval": 2**32}, "interval is"),
        ({"interval_minutes": 20}, "15, 30 or 60"),
        ({"holders": ["0x" + "02" * 20, "0x" + "01" * 20]}, "ascending"),
        ({"holders": ["0x" + "01" * 20] * 2}, "ascending"),
        ({"holders": ["0x" + "AB" * 20]}, "lower-case"),
        ({"holders": [1]}, "lower-case"),
        ({"contracts": {}}, "lacks"),
        ({"run": "cnVu="}, "base64"),
        ({"run": "cnVv\n"}, "base64"),
        ({"run": "cnV"}, "base64"),
        ({"nodes": ["b3RoZXI=", "b25l"]}, "ascending"),
        ({"nodes": [0]}, "base64"),
        ({"headers": []}, "receipts is 0"),
        ({"receipts": [[0]]}, "no pairs"),
        ({"receipts": [[0, True]]}, "no pairs"),
        ({"receipts": [[0, 1], [0, 1]]}, "ascending"),
        ({"fills": ["AQ=="]}, "cut off"),
        ({"fills": ["gA=="]}, "cut off"),
        ({"fills": ["AYAA"]}, "a fill is 0 Wh|one form"),
        ({"fills": ["AAI="]}, "order of the participants"),
        ({"nodes": [""] * (MOST["nodes"] + 1)}, "at most"),
    ],
)
def test_load__another_form__refused_and_named(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        proof_file.load(_changed(**changes))


def test_load__what_dump_wrote__is_the_same() -> None:
    assert proof_file.load(FILE.dump()) == replace(FILE, nodes=proof_file.load(FILE.dump()).nodes)
    assert set(proof_file.load(FILE.dump()).nodes) == set(FILE.nodes)


def test_verify__contracts_of_another_version__said_so() -> None:
    with pytest.raises(InputError, match="another version"):
        verify(FILE.dump())


@pytest.mark.parametrize(
    "fills",
    [
        [Fill(ParticipantIndex(3), 5, 0), Fill(ParticipantIndex(1), -5, 0)],  # out of order
        [Fill(ParticipantIndex(1), 5, 1)],  # a gap before it
        [Fill(ParticipantIndex(1), 5, 0), Fill(ParticipantIndex(2), 5, 0)],  # over each other
    ],
)
def test_shorten__fills_no_settlement_makes__refused(fills: list[Fill]) -> None:
    with pytest.raises(InputError):
        compact_fills.shorten([pack_fills(fills)])


@given(
    st.lists(
        st.lists(st.tuples(st.integers(1, 1_000), st.integers(1, 2**24 - 1), st.booleans()), max_size=8), max_size=4
    )
)
def test_shorten__fills_end_to_end__come_back(chunks: list[list[tuple[int, int, bool]]]) -> None:
    packed, participant, ends = [], 0, {True: 0, False: 0}
    for chunk in chunks:
        fills = []
        for step, wh, sells in chunk:
            participant += step
            fills.append(Fill(ParticipantIndex(participant), wh if sells else -wh, ends[sells]))
            ends[sells] += wh
        packed.append(pack_fills(fills))
    assert compact_fills.lengthen(compact_fills.shorten(packed)) == tuple(packed)


CHECKPOINT = Checkpoint(300, b"\7" * 32, (b"\1" * 20, b"\2" * 20), 100, {500: (b"\3" * 20,)}, COMMUNITY)
BREAKS: dict[str, Callable[[dict[str, Any]], object]] = {
    "format": lambda found: found.update(format="else"),
    "version": lambda found: found.update(version=2),
    "hash": lambda found: found.update(hash="0x12"),
    "no validators": lambda found: found.update(validators=[]),
    "a validator twice": lambda found: found.update(validators=found["validators"][:1] * 2),
    "epoch": lambda found: found.update(epoch_length=0),
    "override": lambda found: found.update(overrides={"-1": found["validators"]}),
    "contract": lambda found: found["contracts"].pop("MeterLedger"),
}


@pytest.mark.parametrize("broken", BREAKS)
def test_checkpoint__another_form__refused(broken: str) -> None:
    found = canonical.load(dump_checkpoint(CHECKPOINT), "it")
    BREAKS[broken](found)
    with pytest.raises(InputError):
        load_checkpoint(canonical.dump(found))


def test_checkpoint__what_dump_wrote__is_the_same() -> None:
    assert load_checkpoint(dump_checkpoint(CHECKPOINT)) == CHECKPOINT
