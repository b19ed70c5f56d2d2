"""Carrying signed runs to a real ledger: every fate, and what decides it."""

from __future__ import annotations

from typing import Any

import pytest
from eth_account.signers.local import LocalAccount

from tests.support.carriers import Watch, carrier_of, events_of, fates, receipts_of, sent_by
from tests.support.community import KEYS, LIFE_S, Community, gateway_key, made, member_key, used
from tests.support.devnet import rpc
from tests.support.village import FLAT, LOFT, MILL, ROOF, SPA
from wattcommons.chain.ledger_reads import Verdict
from wattcommons.chain.signing import sign
from wattcommons.chain.typed_data import domain_of, rotation_message
from wattcommons.domain.packing import SignedRun, encode_batch
from wattcommons.domain.readings import Quality
from wattcommons.services.delivery.fate import Fate, Refusal, RunFate
from wattcommons.services.delivery.push import PushBudget

pytestmark = pytest.mark.integration

MOST_WH = 9_000 * 1_800 * 11 // 36_000
STRANGER = KEYS.gateway("nobody's")


def rotate(village: Community, participant: int, gateway: LocalAccount, first: int) -> None:
    """Replace a gateway key with both signatures."""
    terms = (participant, gateway.address, 1, first, 0, village.now() + LIFE_S)
    message = rotation_message(domain_of(village.deployment, "MemberRegistry"), terms)
    member, metering = sign(member_key(participant), message), sign(village.metering_operator, message)
    village.do("MemberRegistry.rotateGateway", terms, member, village.metering_operator.address, metering)


def mine(village: Community, blocks: int = 1) -> None:
    rpc(village.web3, "anvil_mine", hex(blocks))


# --- refused ----------------------------------------------------------------------------------------


def wrong_runs(village: Community) -> dict[Refusal, tuple[SignedRun, int]]:
    """A run for each reason, and the detail that goes with it."""
    first = village.first
    return {
        Refusal.NOT_ACTIVE: (village.run(MILL, first - 2, made(1), made(1), made(1)), first - 2),
        Refusal.SIGNATURE_INVALID: (village.run(ROOF, first, made(1), by=STRANGER), int(STRANGER.address, 16)),
        Refusal.QUALITY_INVALID: (village.run(SPA, first, used(1, Quality.CORRECTED)), first << 8 | 3),
        Refusal.IMPLAUSIBLE: (
            village.run(FLAT, first, used(1), used(MOST_WH + 1)),
            (first + 1) << 64 | MOST_WH << 32 | MOST_WH + 1,
        ),
    }


@pytest.mark.parametrize("depth", [0, 2])
def test_carry__refused_at_a_final_block__each_with_its_reason_and_nothing_is_sent(
    village: Community, depth: int
) -> None:
    wrong = wrong_runs(village)
    village.after(village.first + 1)
    mine(village, depth)
    found = carrier_of(village, depth).carry([run for run, _ in wrong.values()])
    final = village.web3.eth.block_number - depth
    assert found == [RunFate(Fate.REFUSED, final, reason, detail) for reason, (_, detail) in wrong.items()]
    assert sent_by(village.web3) == 0


def test_carry__key_changed_within_the_run__refused_and_each_side_recorded_with_its_own(village: Community) -> None:
    first, other = village.first, KEYS.gateway("new")
    rotate(village, FLAT, other, first + 1)
    village.after(first + 1)
    both = village.run(FLAT, first, used(1), used(2))
    sides = [village.run(FLAT, first, used(1)), village.run(FLAT, first + 1, used(2), by=other)]
    late = village.run(FLAT, first + 1, used(2))
    carrier = carrier_of(village)
    block = village.web3.eth.block_number
    assert carrier.carry([both, late]) == [
        RunFate(Fate.REFUSED, block, Refusal.KEY_CHANGED, first + 1),
        RunFate(Fate.REFUSED, block, Refusal.SIGNATURE_INVALID, int(gateway_key(FLAT).address, 16)),
    ]
    assert fates(carrier, sides) == [Fate.FINAL, Fate.FINAL]


def test_carry__refused_ones_among_good_ones__hinder_nobody(village: Community) -> None:
    first = village.first
    wrong = [run for run, _ in wrong_runs(village).values()]
    good = [village.run(participant, first, used(7)) for participant in (LOFT, MILL)]
    village.after(first + 1)
    assert fates(carrier_of(village), [*wrong[:2], good[0], *wrong[2:], good[1]]) == [
        *[Fate.REFUSED] * 2,
        Fate.FINAL,
        *[Fate.REFUSED] * 2,
        Fate.FINAL,
    ]
    assert sent_by(village.web3) == 1


@pytest.mark.parametrize("reason", [Refusal.SIGNATURE_INVALID, Refusal.IMPLAUSIBLE, Refusal.NOT_ACTIVE])
def test_carry__refused_at_the_newest_block_alone__waits_until_a_final_one_says_so(
    village: Community, reason: Refusal
) -> None:
    run, _ = wrong_runs(village)[reason]
    village.after(village.first + 1)  # the final block is older than the run's end
    carrier = carrier_of(village, 2)
    assert fates(carrier, [run]) == [Fate.WAITING]
    mine(village, 2)
    [found] = carrier.carry([run])
    assert (found.fate, found.reason) == (Fate.REFUSED, reason)
    assert sent_by(village.web3) == 0


@pytest.mark.parametrize(
    ("newest", "final", "fate", "sent"),
    [
        (Verdict(5, 7), Verdict(0, 0), Fate.WAITING, 0),
        (Verdict(5, 7), Verdict(4, 7), Fate.WAITING, 0),
        (Verdict(5, 7), None, Fate.WAITING, 0),
        (Verdict(5, 7), Verdict(5, 7), Fate.REFUSED, 0),
        (Verdict(0, 0), Verdict(5, 7), Fate.RECORDED, 1),
    ],
)
def test_carry__blocks_that_disagree__only_what_both_refuse_is_refused(
    village: Community,
    monkeypatch: pytest.MonkeyPatch,
    newest: Verdict,
    final: Verdict | None,
    fate: Fate,
    sent: int,
) -> None:
    village.after(village.first)
    mine(village)
    height = village.web3.eth.block_number

    def said(_: object, runs: list[SignedRun], block: int) -> list[Verdict | None]:
        return [newest if block == height else final for _ in runs]

    monkeypatch.setattr("wattcommons.services.delivery.chain_carrier.verdicts", said)
    assert fates(carrier_of(village, 1), [village.run(FLAT, village.first, used(1))]) == [fate]
    assert sent_by(village.web3) == sent


def test_carry__run_that_no_block_can_hold__refused_with_the_blocks_gas(village: Community) -> None:
    run = village.run(FLAT, village.first, *[used(1)] * 12_001)
    village.after(village.first + 12_001)
    [found] = carrier_of(village).carry([run])
    assert (found.fate, found.reason, found.detail) == (Fate.REFUSED, Refusal.NONE, 60_000_000)


def test_carry__run_that_fails_alone_with_all_gas_of_a_block__refused_once_that_is_final(village: Community) -> None:
    run = village.run(FLAT, village.first, *[used(1)] * 3_000)  # every reading in a slot of its own
    village.after(village.first + 3_000)
    carrier = carrier_of(village, 1)
    mine(village)
    assert fates(carrier, [run]) == [Fate.WAITING]
    assert fates(carrier, [run]) == [Fate.WAITING]
    mine(village)
    [found] = carrier.carry([run])
    assert (found.fate, found.reason, found.detail) == (Fate.REFUSED, Refusal.NONE, 60_000_000)
    assert sent_by(village.web3) == 1


# --- waiting ----------------------------------------------------------------------------------------


def test_carry__no_runs__nothing_asked(village: Community, monkeypatch: pytest.MonkeyPatch) -> None:
    carrier = carrier_of(village)
    monkeypatch.setattr(carrier, "finality", None)
    assert carrier.carry([]) == []


def test_carry__not_ended__waits_and_nothing_is_sent(village: Community) -> None:
    village.after(village.first)
    run = village.run(FLAT, village.first, used(1), used(2))
    carrier = carrier_of(village)
    assert fates(carrier, [run]) == [Fate.WAITING]
    assert sent_by(village.web3) == 0
    village.after(village.first + 1)
    assert fates(carrier, [run]) == [Fate.FINAL]


def test_carry__chain_stands_still_since_the_end__the_run_itself_brings_the_block(village: Community) -> None:
    run = village.run(FLAT, village.first, used(1))
    end = (village.first + 1) * village.length_s
    carrier = carrier_of(village, clock=lambda: end)
    rpc(village.web3, "evm_setNextBlockTimestamp", end)
    assert village.now() < end
    assert fates(carrier, [run]) == [Fate.FINAL]


def test_carry__our_clock_is_ahead_of_the_chains__tried_again_after_a_while_only(village: Community) -> None:
    watch = Watch()
    run = village.run(FLAT, village.first + 5, used(1))
    carrier = carrier_of(village, clock=lambda: 2**40, monotonic=watch, resend_s=60.0)
    for _ in range(3):
        assert fates(carrier, [run]) == [Fate.WAITING]
        watch.now += 10
    assert sent_by(village.web3) == 1
    watch.now += 60
    assert fates(carrier, [run]) == [Fate.WAITING]
    assert sent_by(village.web3) == 2
    village.after(village.first + 5)
    assert fates(carrier, [run]) == [Fate.FINAL]


# --- recorded and final -----------------------------------------------------------------------------


def test_carry__without_depth__final_at_once(village: Community) -> None:
    village.after(village.first + 1)
    runs = [village.run(FLAT, village.first, used(1), used(2)), village.run(SPA, village.first + 1, used(3))]
    carrier = carrier_of(village)
    found = carrier.carry(runs)
    assert found == [RunFate(Fate.FINAL, village.web3.eth.block_number)] * 2
    assert carrier.carry(runs) == found
    assert carrier_of(village).carry(runs) == found  # nothing has to be remembered
    assert sent_by(village.web3) == 1
    assert village.reading(FLAT, village.first + 1) == (0, 2, Quality.MEASURED, False)


def test_carry__with_depth__recorded_until_enough_blocks_stand_above(village: Community) -> None:
    village.after(village.first)
    run = village.run(FLAT, village.first, used(1))
    carrier = carrier_of(village, 2)
    seen = []
    for _ in range(3):
        seen += fates(carrier, [run])
        mine(village)
    assert seen == [Fate.RECORDED, Fate.RECORDED, Fate.FINAL]
    assert sent_by(village.web3) == 1


def test_carry__recorded_by_somebody_else__final_without_sending(village: Community) -> None:
    run = village.run(FLAT, village.first, used(1))
    village.after(village.first)
    village.record(run)
    assert fates(carrier_of(village), [run]) == [Fate.FINAL]
    assert sent_by(village.web3) == 0


def test_carry__signed_by_a_key_that_is_gone_and_recorded_already__final(village: Community) -> None:
    """What the ledger holds decides; a signature is looked at for what it lacks alone."""
    village.after(village.first)
    village.record(village.run(FLAT, village.first, used(1)))
    assert fates(carrier_of(village), [village.run(FLAT, village.first, used(1), by=STRANGER)]) == [Fate.FINAL]


def test_carry__without_a_sender__says_where_runs_stand_and_sends_nothing(village: Community) -> None:
    village.after(village.first)
    runs = [village.run(FLAT, village.first, used(1)), village.run(SPA, village.first, used(1), by=STRANGER)]
    carrier = carrier_of(village)
    carrier.sender = None
    assert fates(carrier, runs) == [Fate.WAITING, Fate.REFUSED]
    village.record(*runs)
    assert fates(carrier, runs) == [Fate.FINAL, Fate.REFUSED]


def test_carry__same_run_twice_in_one_call__sent_once(village: Community) -> None:
    village.after(village.first)
    run = village.run(FLAT, village.first, used(1))
    assert fates(carrier_of(village), [run, run]) == [Fate.FINAL] * 2
    [kept] = [event["runs"] for event in events_of(village, "RunsRecorded")]
    assert kept == encode_batch([run])


def test_carry__strangers_garbage_in_its_name__parks_nothing(village: Community) -> None:
    first = village.after(village.first)
    run = village.run(FLAT, first, used(5))
    garbage = [village.run(FLAT, first, used(wh), by=STRANGER) for wh in (5, 10**7)]
    skipped = village.events(village.record(*garbage), "MeterLedger.RunSkipped")
    assert [event["participant"] for event in skipped] == [FLAT, FLAT]
    assert fates(carrier_of(village), [run]) == [Fate.FINAL]
    assert village.reading(FLAT, first)[1] == 5


# --- conflicts --------------------------------------------------------------------------------------


def test_carry__all_recorded_and_some_otherwise__conflict_names_them(village: Community) -> None:
    first = village.first
    village.after(first + 2)
    village.record(village.run(FLAT, first, used(1), used(2), used(3)))
    run = village.run(FLAT, first, used(1), used(99), used(3, Quality.ESTIMATED))
    [found] = carrier_of(village).carry([run])
    assert found == RunFate(Fate.CONFLICT, village.web3.eth.block_number, conflicts=(first + 1, first + 2))
    assert sent_by(village.web3) == 0


def test_carry__one_otherwise_and_others_missing__those_are_recorded_first(village: Community) -> None:
    first = village.first
    village.after(first + 2)
    village.record(village.run(FLAT, first + 1, used(2)))
    run = village.run(FLAT, first, used(1), used(99), used(3))
    carrier = carrier_of(village, 1)
    assert fates(carrier, [run]) == [Fate.RECORDED]
    assert [village.reading(FLAT, first + at)[1] for at in range(3)] == [1, 2, 3]
    mine(village)
    assert carrier.carry([run])[0] == RunFate(Fate.CONFLICT, village.web3.eth.block_number - 1, conflicts=(first + 1,))


def test_carry__two_runs_that_differ__the_first_stays_and_the_other_conflicts(village: Community) -> None:
    village.after(village.first)
    runs = [village.run(FLAT, village.first, used(wh)) for wh in (1, 2)]
    found = carrier_of(village).carry(runs)
    assert [one.fate for one in found] == [Fate.FINAL, Fate.CONFLICT]
    assert found[1].conflicts == (village.first,)


def test_carry__late_after_the_freeze__final_all_the_same(village: Community) -> None:
    """The late flag is the ledger's own and no difference."""
    first = village.first
    village.past_deadline(first)
    others = {participant: used(1) for participant in village.participants if participant != FLAT}
    village.record_interval(first, others)
    village.advance(village.settlement(first, others, {i: village.standing_order(i) for i in range(1, 6)}))
    assert village.see("MeterLedger.completeness", first)[2]
    assert fates(carrier_of(village), [village.run(FLAT, first, used(1))]) == [Fate.FINAL]
    assert village.reading(FLAT, first)[3]


# --- many -------------------------------------------------------------------------------------------


def days(village: Community, count: int) -> list[SignedRun]:
    """`count` intervals of every participant, as runs of ten."""
    return [
        village.run(participant, village.first + start, *(used(start + at + 1) for at in range(10)))
        for participant in village.participants
        for start in range(0, count, 10)
    ]


def test_carry__more_than_one_transaction_holds__several(village: Community) -> None:
    runs = days(village, 20)
    village.after(village.first + 19)
    assert fates(carrier_of(village, budget=PushBudget(size=450)), runs) == [Fate.FINAL] * len(runs)
    assert sent_by(village.web3) == 4


def test_carry__more_than_one_block_holds__several_blocks(village: Community) -> None:
    runs = days(village, 100)
    rpc(village.web3, "evm_setBlockGasLimit", hex(3_000_000))
    try:
        village.after(village.first + 99)
        before = village.web3.eth.block_number
        assert fates(carrier_of(village), runs) == [Fate.FINAL] * len(runs)
        assert 2 <= sent_by(village.web3) <= village.web3.eth.block_number - before
    finally:
        rpc(village.web3, "evm_setBlockGasLimit", hex(60_000_000))
    assert village.reading(SPA, village.first + 95)[1] == 96


def test_carry__gas_underestimated__failed_batches_are_cut_until_they_fit(
    village: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wattcommons.services.delivery.chain_carrier.most_gas", lambda runs: 20_000 * len([*runs]))
    runs = days(village, 20)
    village.after(village.first + 19)
    assert fates(carrier_of(village, budget=PushBudget(gas=1_500_000)), runs) == [Fate.FINAL] * len(runs)
    failed = [one for one in receipts_of(village) if one["status"] == 0]
    assert failed
    assert sent_by(village.web3) > len(failed) + 1


def test_carry__gas_asked_for__little_more_than_used(village: Community) -> None:
    """Or twenty gateways would wait twenty blocks: a builder counts what a transaction asks for."""
    run = village.run(FLAT, village.first, *[used(1)] * 48)
    village.after(village.first + 47)
    carrier_of(village).carry([run])
    [receipt] = receipts_of(village)
    asked = village.web3.eth.get_transaction(receipt["transactionHash"])["gas"]
    assert receipt["gasUsed"] < asked < 1.7 * receipt["gasUsed"]


def test_carry__hundreds_of_runs__few_requests(village: Community, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = [village.run(p, village.first + at, used(1)) for p in village.participants for at in range(100)]
    village.after(village.first + 99)
    carrier = carrier_of(village, clock=lambda: 0)
    requests = []
    provider: Any = village.web3.provider
    ask = provider._make_request
    monkeypatch.setattr(provider, "_make_request", lambda body: requests.append(1) or ask(body))
    assert fates(carrier, runs) == [Fate.FINAL] * 600
    assert len(requests) < 30
    requests.clear()
    assert fates(carrier, runs) == [Fate.FINAL] * 600
    assert len(requests) == 4  # the blocks, and 600 readings in three
