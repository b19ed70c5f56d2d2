"""Settlement: exact amounts, fills that anyone can prove, certificates that no wallet can hold up."""

from __future__ import annotations

import pytest
from web3 import Web3

from tests.contracts.market.scene import EVEN, SHORT, fills_of, recorded
from tests.support.artifacts import at, deploy
from tests.support.community import EVERYBODY, KEYS, Community, made, member_key, proposal, used
from tests.support.village import BARN, FLAT, LOFT, MILL, ROOF, SPA
from wattcommons.chain.roles import Role
from wattcommons.domain.fills import FILL_BYTES, unpack_fills
from wattcommons.domain.readings import Quality
from wattcommons.domain.supply_lines import supply_lines
from wattcommons.errors import RevertedError

pytestmark = pytest.mark.contracts

NOTHING = (0, 0, "0x" + "00" * 20)


def certificate_id(device: int, interval: int) -> int:
    return device << 32 | interval


def issued(village: Community, sent: object) -> dict[int, tuple[int, int, int]]:
    """Own use, sold and minted Wh by participant."""
    events = village.events(sent, "GuaranteeOfOrigin.Issued")  # type: ignore[arg-type]
    return {event["participant"]: (event["ownUseWh"], event["soldWh"], event["mintedWh"]) for event in events}


# ---------------------------------------------------------------------- amounts


def test_settle__exact_delivery__costs_exactly_price_times_energy(village: Community) -> None:
    """What was delivered is what was traded: there is no imbalance, no fine, no rounding."""
    settled = recorded(village, EVEN)
    village.advance(settled)
    price = village.outcome(village.first).price
    balances = village.balances()
    assert settled.clearing.matched_wh == 1_900
    assert {who: balances[who] for who in (SPA, FLAT)} == {SPA: -700 * price, FLAT: -900 * price}
    for who, wh in fills_of(settled).items():
        assert balances[who] == wh * price
    assert sum(balances.values()) == 0


def test_settle__who_has_no_order__trades_with_the_grid_only(village: Community) -> None:
    settled = recorded(village)
    village.advance(settled)
    assert BARN not in fills_of(settled)
    assert village.balances()[BARN] == 0


def test_settle__what_was_sold__is_never_more_than_was_produced(village: Community) -> None:
    """No energy is sold that no gateway recorded: the sum of sales is bounded by the surplus on record."""
    settled = recorded(village)
    sent = village.advance(settled)
    [event] = village.events(sent, "EnergyMarket.FillsSettled")
    for fill in unpack_fills(event["fills"]):
        production, consumption, _, _ = village.reading(fill.participant, village.first)
        assert fill.wh <= max(production - consumption, 0)
        assert -fill.wh <= max(consumption - production, 0)


def test_settle__an_interval_nobody_reported__moves_nothing(village: Community) -> None:
    village.past_deadline(village.first)
    low, high = village.tariff.floor, village.tariff.ceiling
    sent = village.do("EnergyMarket.advance", village.first, low, high, 1_000)
    assert village.events(sent, "EnergyMarket.FillsSettled") == []
    outcome = village.outcome(village.first)
    assert (outcome.settled, outcome.left_out, outcome.matched_wh) == (True, True, 0)
    assert set(village.balances().values()) == {0}
    village.record(*(village.run(who, village.first, reading) for who, reading in SHORT.items()))
    assert {village.reading(who, village.first)[3] for who in village.participants} == {True}
    assert set(village.balances().values()) == {0}


def test_settle__an_interval_without_members__is_final_and_passed_over(village: Community) -> None:
    """Intervals before anybody joined hold nobody up."""
    start = village.see("EnergyMarket.firstUncleared")
    assert start < village.first
    village.advance(recorded(village))
    village.do("EnergyMarket.catchUp", 1_000)
    assert village.see("EnergyMarket.firstUncleared") == village.first + 1
    low, high = village.tariff.floor, village.tariff.ceiling
    village.do("EnergyMarket.advance", start, low, high, 1)
    assert village.outcome(start).settled
    assert village.see("EnergyMarket.firstUncleared") == village.first + 1


def test_catch_up__never_passes__what_is_not_final(village: Community) -> None:
    village.after(village.first)
    village.do("EnergyMarket.catchUp", 10**6)
    assert village.see("EnergyMarket.firstUncleared") == village.first


def test_advance__with_less_gas_than_a_whole_pass_needs__goes_on_in_chunks(village: Community) -> None:
    """A community too large for one transaction: out of gas leaves nothing half done, and chunks settle everybody.

    A peer recorded trades and ran out of gas before the balances; above its limit nothing could ever be cleared.
    """
    settled = recorded(village)
    call = village.call("EnergyMarket.advance", *proposal(settled), EVERYBODY)
    limit = village.web3.eth.estimate_gas({"to": call.to, "data": call.data}) * 7 // 10
    with pytest.raises(RevertedError):
        village.do("EnergyMarket.advance", *proposal(settled), EVERYBODY, gas=limit)
    assert not village.outcome(village.first).cleared
    assert village.see("MeterLedger.completeness", village.first)[2] is False
    assert set(village.balances().values()) == {0}
    transactions = 0
    while not village.outcome(village.first).settled:
        village.do("EnergyMarket.advance", *proposal(settled), 1, gas=limit)
        transactions += 1
    assert transactions == 2 * village.size
    assert village.balances() == {leg.participant: leg.local_neur for leg in settled.legs}


# ---------------------------------------------------------------------- fills


def test_proven_fill__of_every_position__is_the_domains(village: Community) -> None:
    settled = recorded(village)
    [event] = village.events(village.advance(settled), "EnergyMarket.FillsSettled")
    fills = settled.clearing.fills
    for position, fill in enumerate(fills):
        proven = village.see("EnergyMarket.provenFill", village.first, 0, event["fills"], position)
        assert proven == (fill.participant, fill.wh, fill.offset)
    lines = supply_lines(unpack_fills(event["fills"]))
    assert sum(line.wh for line in lines) == settled.clearing.matched_wh
    beyond = village.refused("EnergyMarket.provenFill", village.first, 0, event["fills"], len(fills))
    assert beyond == ("MarketFillPosition", len(fills), len(fills))


def test_proven_fill__from_other_bytes__reverts(village: Community) -> None:
    settled = recorded(village)
    [event] = village.events(village.advance(settled), "EnergyMarket.FillsSettled")
    good = event["fills"]
    expected = bytes(Web3.keccak(good)[:22])
    assert village.see("EnergyMarket.fillsHash", village.first, 0) == expected
    forged = bytearray(good)
    forged[7] ^= 1
    for bad in (bytes(forged), good[:-FILL_BYTES], good + good[:FILL_BYTES], good[FILL_BYTES:], b""):
        refused = village.refused("EnergyMarket.provenFill", village.first, 0, bad, 0)
        given = bytes(Web3.keccak(bad)[:22])
        assert refused == ("MarketFillsUnknown", village.first, 0, expected, given)


@pytest.mark.parametrize(("interval", "chunk"), [(0, 1), (1, 0)])
def test_proven_fill__of_another_chunk_or_interval__reverts(village: Community, interval: int, chunk: int) -> None:
    """An unknown chunk has the hash zero, which no bytes have: not even none."""
    [event] = village.events(village.advance(recorded(village)), "EnergyMarket.FillsSettled")
    for bad in (event["fills"], b""):
        refused = village.refused("EnergyMarket.provenFill", village.first + interval, chunk, bad, 0)
        assert refused[0] == "MarketFillsUnknown"
        assert refused[3] == bytes(22)


def test_proven_fill__in_chunks__is_found_in_its_own(village: Community) -> None:
    settled = recorded(village)
    chunks = []
    while not village.outcome(village.first).settled:
        chunks += village.events(village.advance(settled, 2), "EnergyMarket.FillsSettled")
    told = [
        village.see("EnergyMarket.provenFill", village.first, chunk["chunk"], chunk["fills"], position)
        for chunk in chunks
        for position in range(len(chunk["fills"]) // FILL_BYTES)
    ]
    assert told == [(fill.participant, fill.wh, fill.offset) for fill in settled.clearing.fills]
    assert [chunk["chunk"] for chunk in chunks] == [0, 1, 2]
    swapped = village.refused("EnergyMarket.provenFill", village.first, 0, chunks[1]["fills"], 0)
    assert swapped[0] == "MarketFillsUnknown"


# ---------------------------------------------------------------------- certificates


def test_settle__certificates__split_into_own_use_sold_and_minted(village: Community) -> None:
    readings = SHORT | {SPA: used(0), FLAT: used(100), LOFT: used(0), BARN: used(0)}
    settled = recorded(village, readings)
    sent = village.advance(settled)
    sold = fills_of(settled)
    expected = {MILL: (100, sold[MILL], 1_400 - sold[MILL]), ROOF: (200, sold.get(ROOF, 0), 500 - sold.get(ROOF, 0))}
    assert issued(village, sent) == expected
    held = village.see("GuaranteeOfOrigin.balanceOf", member_key(MILL).address, certificate_id(1, village.first))
    assert held == 1_400 - sold[MILL]


def test_settle__estimated_production__earns_nothing_and_still_trades(village: Community) -> None:
    readings = SHORT | {MILL: made(1_500, 100, Quality.ESTIMATED)}
    settled = recorded(village, readings)
    sent = village.advance(settled)
    assert list(issued(village, sent)) == [ROOF]
    assert village.see("GuaranteeOfOrigin.stateOf", certificate_id(1, village.first)) == 0
    assert village.balances()[MILL] == fills_of(settled)[MILL] * (settled.clearing.price or 0) > 0


def test_settle__a_producer_without_a_device__earns_nothing(village: Community) -> None:
    settled = recorded(village, SHORT | {LOFT: made(500)})
    sent = village.advance(settled)
    assert set(issued(village, sent)) == {MILL, ROOF}


@pytest.mark.parametrize("manner", range(4))
def test_settle__a_holder_whose_wallet_misbehaves__holds_nobody_up(village: Community, manner: int) -> None:
    """Certificates are minted without asking the wallet: one that reverts stops nobody's settlement."""
    mock = deploy(village.web3, "ReceiverMock", manner)
    village.become(member_key(MILL).address, str(mock.address))
    readings = SHORT | {SPA: used(0), FLAT: used(0), LOFT: used(0)}
    settled = recorded(village, readings)
    village.advance(settled)
    assert village.outcome(village.first).settled
    wallet = member_key(MILL).address
    assert village.see("GuaranteeOfOrigin.balanceOf", wallet, certificate_id(1, village.first)) == 1_400
    assert at(village.web3, "ReceiverMock", wallet).functions.calls().call() == 0


def test_settle__a_closed_members_certificates__wait_in_a_claim(village: Community) -> None:
    village.do("MemberRegistry.setMemberActive", MILL, False, by=village.operator)
    readings = SHORT | {SPA: used(0), FLAT: used(0), LOFT: used(0)}
    sent = village.advance(recorded(village, readings))
    token = certificate_id(1, village.first)
    assert issued(village, sent)[MILL] == (100, 0, 1_400)
    certificate = village.see("GuaranteeOfOrigin.certificate", token)
    assert (certificate[6], certificate[7], certificate[8]) == (1_500, 1_400, MILL)
    assert village.refused("GuaranteeOfOrigin.claim", token)[0] == "GuaranteeNotAccountHolder"
    village.do("MemberRegistry.setMemberActive", MILL, True, by=village.operator)
    village.do("GuaranteeOfOrigin.claim", token)
    assert village.see("GuaranteeOfOrigin.balanceOf", member_key(MILL).address, token) == 1_400
    assert village.refused("GuaranteeOfOrigin.claim", token) == ("GuaranteeNothingToClaim", token)


def test_settle__after_a_key_replacement__the_new_wallet_holds(village: Community) -> None:
    new = KEYS.service("new wallet")
    village.do("MemberRegistry.proposeReplacement", MILL, new.address, by=village.operator)
    village.do("MemberRegistry.approveReplacement", MILL, new.address, by=village.approver)
    village.travel(village.now() + village.terms.replacement_delay_s + 1)
    village.do("MemberRegistry.executeReplacement", MILL)
    readings = SHORT | {SPA: used(0), FLAT: used(0), LOFT: used(0)}
    village.advance(recorded(village, readings))
    token = certificate_id(1, village.first)
    assert village.see("GuaranteeOfOrigin.balanceOf", new.address, token) == 1_400
    assert village.see("GuaranteeOfOrigin.balanceOf", member_key(MILL).address, token) == 0


def test_settle_late__a_producers_reading__is_certified_once_as_gone_to_the_grid(village: Community) -> None:
    village.advance(recorded(village, without=[MILL, FLAT]))
    village.record(village.run(MILL, village.first, SHORT[MILL]), village.run(FLAT, village.first, SHORT[FLAT]))
    before = village.balances()
    sent = village.do("EnergyMarket.settleLate", MILL, village.first, 1)
    assert issued(village, sent) == {MILL: (100, 0, 1_400)}
    again = village.do("EnergyMarket.settleLate", MILL, village.first, 1)
    assert len(again.logs) == 0
    assert issued(village, village.do("EnergyMarket.settleLate", FLAT, village.first, 1)) == {}
    assert village.balances() == before


def test_settle__half_way__the_accounts_still_add_up_to_the_euro_held(village: Community) -> None:
    """Regression: sellers come before buyers in a chunk, and for a while more was credited than debited."""
    settled = recorded(village, EVEN)
    village.do("CommunityEuro.mintToAccount", FLAT, 5_000, b"\x01" * 32, by=KEYS.role(Role.TREASURER))
    open_amounts = set()
    while not village.outcome(village.first).settled:
        village.advance(settled, 1)
        in_settlement = village.see("EnergyMarket.inSettlement")
        open_amounts.add(in_settlement)
        booked = sum(village.balances().values()) + sum(village.see("EnergyMarket.pooledBalances"))
        held = village.see("CommunityEuro.balanceOf", village.address("EnergyMarket"))
        assert booked + in_settlement == held == 5_000
    assert len(open_amounts) > 1
    assert in_settlement == 0
