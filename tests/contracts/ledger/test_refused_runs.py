"""Runs of readings that have no effect, each with its reason; `record` skips what `check` refuses."""

from __future__ import annotations

from typing import Any

import pytest
from eth_account.signers.local import LocalAccount

from tests.contracts.ledger.wire import refused_run, skipped, wire_run
from tests.support.community import KEYS, LIFE_S, Community, gateway_key, made, member_key, used
from tests.support.village import FLAT, LOFT, MILL, SPA
from wattcommons.chain.signing import sign
from wattcommons.chain.typed_data import domain_of, rotation_message
from wattcommons.domain.packing import encode_batch

pytestmark = pytest.mark.contracts

ABSENT = (0, 0, 0, False)
MOST_WH = 9_000 * 1_800 * 11 // 36_000
"""What 9 kW can do in half an hour, and a tenth."""


def without_effect(village: Community, run: bytes, reason: str, detail: int | None = None) -> None:
    """The run is skipped, records nothing, blocks no other, and `check` says the same."""
    participant, first = int.from_bytes(run[:4], "big"), int.from_bytes(run[4:8], "big")
    good = encode_batch([village.run(LOFT, village.first, used(7))])
    fresh = village.reading(LOFT, village.first) == ABSENT
    sent = village.do("MeterLedger.record", run + good)
    [found] = skipped(village, sent)
    assert found[:3] == (participant, first, reason)
    if detail is not None:
        assert found[3] == detail
    assert village.reading(participant, first) == ABSENT
    assert village.reading(LOFT, village.first) == (0, 7, 1, False)
    kept = village.events(sent, "MeterLedger.RunsRecorded")
    assert [event["runs"] for event in kept] == [good] * fresh
    assert refused_run(village, run) == found


def rotate(village: Community, participant: int, gateway: LocalAccount, first: int) -> None:
    """Replace a gateway key with both signatures."""
    terms = (participant, gateway.address, 1, first, 0, village.now() + LIFE_S)
    message = rotation_message(domain_of(village.deployment, "MemberRegistry"), terms)
    member, metering = sign(member_key(participant), message), sign(village.metering_operator, message)
    village.do("MemberRegistry.rotateGateway", terms, member, village.metering_operator.address, metering)


def test_record__a_run_forged_by_anyone_else__is_skipped(village: Community) -> None:
    first = village.after(village.first)
    for forger in (village.stranger, village.operator, village.metering_operator, member_key(MILL)):
        run = wire_run(village, MILL, first, (100, 0, 1), by=forger)
        without_effect(village, run, "SignatureInvalid", int(forger.address, 16))


def test_record__a_reading_altered_after_signing__is_skipped(village: Community) -> None:
    first = village.after(village.first)
    signed = wire_run(village, MILL, first, (100, 0, 1))
    for position in (-7, -5, -1):  # production, consumption, quality
        altered = bytearray(signed)
        altered[position] ^= 3
        without_effect(village, bytes(altered), "SignatureInvalid")


def test_record__readings_put_in_another_order__are_skipped(village: Community) -> None:
    first = village.first
    village.after(first + 1)
    signed = wire_run(village, MILL, first, (100, 0, 1), (200, 0, 1))
    swapped = signed[:-14] + signed[-7:] + signed[-14:-7]
    without_effect(village, swapped, "SignatureInvalid")


def test_record__a_run_moved_to_another_interval__is_skipped(village: Community) -> None:
    village.after(village.first + 1)
    signed = wire_run(village, MILL, village.first, (100, 0, 1))
    moved = signed[:4] + (village.first + 1).to_bytes(4, "big") + signed[8:]
    without_effect(village, moved, "SignatureInvalid")


def test_record__another_participants_run__is_skipped(village: Community) -> None:
    """Also when both gateways are real: a key speaks for its own participant only."""
    first = village.after(village.first)
    signed = wire_run(village, SPA, first, (0, 100, 1))
    without_effect(village, MILL.to_bytes(4, "big") + signed[4:], "SignatureInvalid")
    own_key = wire_run(village, MILL, first, (100, 0, 1), by=gateway_key(SPA))
    without_effect(village, own_key, "SignatureInvalid", int(gateway_key(SPA).address, 16))


@pytest.mark.parametrize(
    "domain",
    [
        {"chainId": 1},
        {"verifyingContract": "0x" + "42" * 20},
        {"name": "Watt Commons OrderBook"},
        {"version": "2"},
    ],
)
def test_record__a_run_signed_for_elsewhere__is_skipped(village: Community, domain: dict[str, Any]) -> None:
    first = village.after(village.first)
    without_effect(village, wire_run(village, MILL, first, (100, 0, 1), **domain), "SignatureInvalid")


def test_record__the_other_recovery_bit__is_another_signer(village: Community) -> None:
    """The malleable twin with a high s has no place in 64 bytes; the bit that is there changes who signed."""
    first = village.after(village.first)
    signed = bytearray(wire_run(village, MILL, first, (100, 0, 1)))
    signed[42] ^= 0x80
    without_effect(village, bytes(signed), "SignatureInvalid")


def test_record__a_signature_of_zeros__is_skipped(village: Community) -> None:
    first = village.after(village.first)
    signed = wire_run(village, MILL, first, (100, 0, 1))
    without_effect(village, signed[:10] + bytes(64) + signed[74:], "SignatureInvalid", 0)


def test_record__a_key_rotated_away__signs_up_to_the_rotation_only(village: Community) -> None:
    first, new = village.first, KEYS.gateway("new")
    rotate(village, MILL, new, first + 1)
    village.after(first + 1)
    across = wire_run(village, MILL, first, (1, 0, 1), (2, 0, 1))
    without_effect(village, across, "KeyChanged", first + 1)
    without_effect(village, wire_run(village, MILL, first + 1, (2, 0, 1)), "SignatureInvalid")
    without_effect(village, wire_run(village, MILL, first, (1, 0, 1), by=new), "SignatureInvalid")
    split = wire_run(village, MILL, first, (1, 0, 1)) + wire_run(village, MILL, first + 1, (2, 0, 1), by=new)
    assert skipped(village, village.do("MeterLedger.record", split)) == []
    assert village.see("MeterLedger.readingsOf", MILL, first, 2) == (1 << 27 | 1 << 1, 2 << 27 | 1 << 1)


def test_record__a_participant_not_begun_or_closed__is_not_active(village: Community) -> None:
    first = village.first
    village.do("MemberRegistry.close", SPA, first + 1, by=village.operator)
    village.after(first + 1)
    without_effect(village, wire_run(village, MILL, first - 1, (1, 0, 1)), "NotActive", first - 1)
    without_effect(village, wire_run(village, SPA, first + 1, (0, 1, 1)), "NotActive", first + 1)
    without_effect(village, wire_run(village, SPA, first, (0, 1, 1), (0, 2, 1)), "NotActive", first + 1)


@pytest.mark.parametrize("unknown", [0, 7, 2**32 - 1])
def test_record__a_participant_that_does_not_exist__is_not_active(village: Community, unknown: int) -> None:
    first = village.after(village.first)
    run = wire_run(village, unknown, first, (1, 0, 1), by=village.stranger)
    [found] = skipped(village, village.do("MeterLedger.record", run))
    assert found == (unknown, first, "NotActive", first)


def test_record__an_interval_not_ended__is_skipped_to_the_second(village: Community) -> None:
    first = village.first
    ends = (first + 2) * village.length_s
    village.travel((first + 1) * village.length_s)
    without_effect(village, wire_run(village, MILL, first, (1, 0, 1), (2, 0, 1)), "NotEnded", ends)
    village.travel(ends - 1)
    assert refused_run(village, wire_run(village, MILL, first, (1, 0, 1), (2, 0, 1)))[2:] == ("NotEnded", ends)
    village.travel(ends)
    assert village.see("MeterLedger.check", wire_run(village, MILL, first, (1, 0, 1), (2, 0, 1))) == ()


def test_record__a_run_past_the_last_interval__is_skipped(village: Community) -> None:
    village.after(village.first)
    last = 2**32 - 1
    ends = (last + 2) * village.length_s
    without_effect(village, wire_run(village, MILL, last, (1, 0, 1), (2, 0, 1)), "NotEnded", ends)


@pytest.mark.parametrize("quality", [0, 3, 4, 255])
def test_record__a_quality_no_gateway_signs__is_skipped(village: Community, quality: int) -> None:
    first = village.after(village.first)
    run = wire_run(village, MILL, first, (1, 0, quality))
    without_effect(village, run, "QualityInvalid", first << 8 | quality)


def test_record__more_than_the_connection_carries__is_implausible(village: Community) -> None:
    first = village.after(village.first)
    named = first << 64 | MOST_WH << 32 | MOST_WH + 1
    without_effect(village, wire_run(village, MILL, first, (MOST_WH + 1, 0, 1)), "Implausible", named)
    without_effect(village, wire_run(village, MILL, first, (0, MOST_WH + 1, 1)), "Implausible", named)
    assert village.see("MeterLedger.check", wire_run(village, MILL, first, (MOST_WH, MOST_WH, 2))) == ()


def test_record__limits_that_change_within_a_run__count_from_their_interval(village: Community) -> None:
    first = village.first
    village.do("MemberRegistry.setLimits", MILL, 9_000, 900, first + 1, by=village.metering_operator)
    village.after(first + 1)
    too_much = wire_run(village, MILL, first, (MOST_WH, 0, 1), (496, 0, 1))
    without_effect(village, too_much, "Implausible", (first + 1) << 64 | 495 << 32 | 496)
    assert village.see("MeterLedger.check", wire_run(village, MILL, first, (MOST_WH, 0, 1), (495, 0, 1))) == ()


def test_record__an_empty_run__is_skipped(village: Community) -> None:
    first = village.after(village.first)
    without_effect(village, wire_run(village, MILL, first), "Empty", 0)


def test_record__garbage_in_a_participants_name__parks_nothing(village: Community) -> None:
    """A stranger sends 500 unsigned runs in the flat's name; the flat's own run is recorded as if nothing were."""
    first = village.after(village.first)
    body = b"".join(
        FLAT.to_bytes(4, "big") + first.to_bytes(4, "big") + b"\0\1" + bytes([i % 255 + 1]) * 71 for i in range(500)
    )
    sent = village.do("MeterLedger.record", body)
    assert {found[:3] for found in skipped(village, sent)} == {(FLAT, first, "SignatureInvalid")}
    assert len(sent.logs) == 500
    assert village.see("MeterLedger.completeness", first)[:2] == (0, 6)
    sent = village.record(village.run(FLAT, first, used(321)))
    assert len(village.events(sent, "MeterLedger.RunsRecorded")) == 1
    assert village.reading(FLAT, first) == (0, 321, 1, False)
    assert village.see("MeterLedger.completeness", first)[:2] == (1, 6)


def test_record__a_bad_run_amid_good_ones__hinders_none(village: Community) -> None:
    first = village.after(village.first)
    good = [encode_batch([village.run(i, first, made(10 * i))]) for i in (MILL, SPA, FLAT)]
    bad = wire_run(village, LOFT, first, (0, 1, 1), by=village.stranger)
    sent = village.do("MeterLedger.record", good[0] + bad + good[1] + bad + good[2])
    [kept] = village.events(sent, "MeterLedger.RunsRecorded")
    assert (kept["submitter"], kept["runs"]) == (village.stranger.address, b"".join(good))
    assert [found[0] for found in skipped(village, sent)] == [LOFT, LOFT]
    assert [village.reading(i, first)[0] for i in (MILL, SPA, FLAT, LOFT)] == [10, 30, 40, 0]


@pytest.mark.parametrize("cut", [1, 7, 40, 73, 80])
def test_record__a_truncated_batch__reverts_whole(village: Community, cut: int) -> None:
    first = village.after(village.first)
    good = encode_batch([village.run(SPA, first, used(5))])
    batch = good + good[:-cut] if cut < len(good) else good + b"\0"
    assert village.refused("MeterLedger.record", batch) == ("BatchMalformed", len(good), len(batch))


def test_check__more_than_one_run__is_malformed(village: Community) -> None:
    first = village.after(village.first)
    good = encode_batch([village.run(SPA, first, used(5))])
    assert village.refused("MeterLedger.check", good + good) == ("BatchMalformed", len(good), 2 * len(good))
    assert village.refused("MeterLedger.check", b"") == ("BatchMalformed", 0, 0)
