"""Files made to harm: whatever state, receipt or header they show, the answer is a report, never a crash."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.qbft import FOUR, plain, sealed
from wattcommons.domain.fills import Fill, pack_fills
from wattcommons.domain.units import ParticipantIndex
from wattcommons.errors import ProofBroken
from wattcommons.verifier import headers, layout, receipts
from wattcommons.verifier.anchors import Community
from wattcommons.verifier.items import Item, encoded
from wattcommons.verifier.proof_file import ProofFile
from wattcommons.verifier.qbft import block_hash, check_form
from wattcommons.verifier.receipts import happenings
from wattcommons.verifier.report import Standing
from wattcommons.verifier.stored import Stored
from wattcommons.verifier.story import Story

pytestmark = pytest.mark.unit

TOKEN = b"\5" * 20
KINDS = (
    receipts._CLAIMED,
    receipts._CANCELLED,
    receipts._STATEMENT,
    receipts._WITHDRAWN,
    receipts._SINGLE,
    receipts._BATCH,
)
COMMUNITY = Community(1, 30, dict.fromkeys(layout.CONTRACTS, TOKEN))
NOTHING = ProofFile("", COMMUNITY, 1, 1, 1, (b"\1" * 20,), b"", (), (), (), ())

words = st.one_of(st.just(1), st.integers(0, 200), st.integers(0, 2**256 - 1)).map(lambda one: one.to_bytes(32, "big"))
logs = st.tuples(
    st.just(TOKEN),
    st.tuples(st.sampled_from(KINDS), st.lists(words, max_size=4)).map(lambda pair: [pair[0], *pair[1]]),
    st.tuples(st.lists(words, max_size=8), st.binary(max_size=3)).map(lambda pair: b"".join(pair[0]) + pair[1]),
).map(list)
trees = st.recursive(st.binary(max_size=70), lambda inner: st.lists(inner, max_size=22), max_leaves=60)


@given(st.lists(logs, max_size=6))
def test_receipt__any_logs__told_or_refused(found: list[Item]) -> None:
    receipt = encoded([b"\1", b"", bytes(256), found])
    try:
        told = happenings(receipt, TOKEN, 1)
    except ProofBroken:
        return
    assert all(one.wh >= 0 and one.kind for one in told)


@given(trees)
def test_receipt_and_header__any_rlp__told_or_refused(tree: Item) -> None:
    for read in (lambda data: happenings(data, TOKEN, 1), headers.parse):
        with pytest.raises(ProofBroken):
            read(encoded(tree))


@given(st.binary(max_size=200))
def test_receipt_and_header__any_bytes__refused(data: bytes) -> None:
    for read in (lambda one: happenings(one, TOKEN, 1), headers.parse):
        with pytest.raises(ProofBroken):
            read(data)


@given(trees)
def test_extra_data__any_rlp__no_crash(tree: Item) -> None:
    header = plain(5).with_extra(encoded(tree))
    assert len(block_hash(header)) == 32
    try:
        check_form(header)
    except ProofBroken as error:
        assert error.reason


def test_header__number_or_time_beyond_the_calendar__refused() -> None:
    with pytest.raises(ProofBroken, match="number of a block header is out of range"):
        plain(2**60)
    with pytest.raises(ProofBroken, match="timestamp of a block header is out of range"):
        plain(1, timestamp="ff" * 8)
    assert headers.parse(sealed(plain(1), FOUR).raw).number == 1


@given(st.integers(0, 2**32), st.integers(0, 2**32 - 1), st.binary(max_size=200), st.booleans())
def test_story__any_state__a_report(seed: int, interval: int, run: bytes, dense: bool) -> None:
    dice = random.Random(seed)

    def read(contract: str, slot: int) -> int:
        return dice.getrandbits(256) if dense else dice.getrandbits(dice.choice((1, 8, 52, 100, 226)))

    fills = (pack_fills([Fill(ParticipantIndex(1), 9, 0), Fill(ParticipantIndex(2), -9, 0)]),)
    file = replace(NOTHING, interval=interval, run=run, fills=fills)
    story = Story(file, Stored(read, layout.current()), dice.getrandbits(31))
    story.tell(list)
    assert story.lines
    # A state by chance holds no signature by the key it names.
    assert any(line.standing is Standing.BROKEN for line in story.lines)
