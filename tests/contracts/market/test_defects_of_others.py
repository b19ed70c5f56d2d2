"""Defects seen in other energy markets on chain, each shown not to exist here."""

from __future__ import annotations

import pytest
from eth_account.signers.local import LocalAccount
from web3 import Web3

from tests.contracts.market.books import Book, bring_about, settlement_of
from tests.contracts.market.scene import EVEN, SHORT, fills_of, recorded, standing
from tests.support.community import EVERYBODY, KEYS, Community, made, member_key, order_struct, proposal, used
from tests.support.village import BARN, FLAT, LOFT, MILL, ROOF, SPA
from wattcommons.chain.deployment import CONTRACTS
from wattcommons.domain.fills import unpack_fills
from wattcommons.domain.tariffs import Tariff
from wattcommons.errors import RevertedError

pytestmark = pytest.mark.contracts

MAX_CODE_BYTES = 24_576
"""EIP-170."""
TARIFF = Tariff(250_000, 100_000, 20_000)  # type: ignore[arg-type]


def test_orders_and_balances__in_somebody_elses_name__cannot_be_written(village: Community) -> None:
    """Elsewhere anybody posted orders as somebody else, and a public function rewrote balances."""
    order = village.order(FLAT, village.open(), buy_limit=10**9)
    for account in (village.stranger, village.operator, village.treasurer, member_key(MILL)):
        assert village.refused("OrderBook.placeOrder", order_struct(order), by=account)[0] == "OrderRefused"
        forged = [village.signed_order(order, by=account)]
        assert village.events(village.do("OrderBook.placeOrders", forged), "OrderBook.OrderPlaced") == []
        assert village.refused("EnergyMarket.creditDeposit", MILL, 1, by=account)[0] == "MarketOnlyEuro"
    assert village.see("OrderBook.lastNonce", FLAT) == 1
    assert set(village.balances().values()) == {0}


def test_exact_delivery__of_a_meter_whose_number_is_not_its_members__costs_price_times_energy(
    village: Community,
) -> None:
    """Elsewhere settlement compared a meter's number with a user's: perfect delivery was charged as imbalance."""
    gateway = KEYS.gateway("second meter of the flat")
    opened = village.open()
    enrolling = village.enrolment_call(FLAT, gateway=gateway.address, commitment=b"\x55" * 32, from_interval=opened)
    village.all_done([enrolling], village.operator)
    seventh = 7
    assert village.see("MemberRegistry.walletOf", seventh) == member_key(FLAT).address
    order = village.standing_order(seventh)
    signed = [village.signed_order(order, by=member_key(FLAT))]
    assert len(village.events(village.do("OrderBook.placeOrders", signed), "OrderBook.OrderPlaced")) == 1
    readings = EVEN | {seventh: made(200), BARN: used(0), SPA: used(900)}
    village.after(opened)
    village.record(*(village.run(who, opened, one) for who, one in readings.items() if who != seventh))
    village.record(village.run(seventh, opened, readings[seventh], by=gateway))
    settled = village.settlement(opened, readings, standing(village) | {seventh: order})
    village.advance(settled)
    price = settled.clearing.price
    assert price is not None
    assert fills_of(settled)[seventh] == 200
    assert village.see("EnergyMarket.balanceOf", seventh) == 200 * price
    assert village.balances()[FLAT] == -900 * price
    assert village.balances()[SPA] == -900 * price


def test_settlement__replayed_by_a_stranger__charges_nobody_twice(village: Community) -> None:
    """Elsewhere a stranger replayed a settlement and everybody paid again."""
    settled = recorded(village)
    transaction = village.call("EnergyMarket.advance", *proposal(settled), EVERYBODY)
    village.sender().send(transaction)
    before = village.balances()
    for account in (village.stranger, village.operator):
        with pytest.raises(RevertedError, match="MarketIntervalFinal"):
            village.sender(account).send(transaction)
    village.do("EnergyMarket.settleLate", MILL, village.first - 5, 20)
    assert village.balances() == before


def test_backup_grid__in_every_interval_of_one_call__is_there(collecting_crowd: Community) -> None:
    """Elsewhere the grid's bids were added to the first interval of a clearing only; later ones had no backup."""
    crowd = collecting_crowd
    start = crowd.open()
    short, rich = dict.fromkeys(crowd.participants, used(100)), dict.fromkeys(crowd.participants, made(100))
    books = [Book(start + i, TARIFF, (short, rich)[i % 2], {}) for i in range(6)]
    bring_about(crowd, books)
    calls = [crowd.call("EnergyMarket.advance", b.interval, 100_000, 230_000, EVERYBODY).data for b in books]
    crowd.do("EnergyMarket.multicall", calls)
    assert set(crowd.balances().values()) == {3 * 100 * 100_000 - 3 * 100 * 250_000}
    assert crowd.see("EnergyMarket.pooledBalances") == (12 * 3 * 100 * 150_000, 0)


def test_clearing__with_too_little_gas__credits_everybody_or_nobody(village: Community) -> None:
    """Elsewhere trades were recorded, the balances ran out of gas, and nobody was ever credited."""
    settled = recorded(village)
    call = village.call("EnergyMarket.advance", *proposal(settled), EVERYBODY)
    whole = village.web3.eth.estimate_gas({"to": call.to, "data": call.data})
    reverted = 0
    for gas in range(whole // 5, whole * 2, whole // 25):
        try:
            village.sender().send(call, gas=gas)
        except RevertedError:
            reverted += 1
            assert not village.outcome(village.first).cleared
            assert set(village.balances().values()) == {0}
        else:
            assert village.balances() == {leg.participant: leg.local_neur for leg in settled.legs}
            break
    assert reverted > 10


@pytest.mark.parametrize("contract", CONTRACTS)
def test_contract__as_deployed__is_within_the_size_limit(village: Community, contract: str) -> None:
    """Elsewhere 55 kB of code could be deployed on no chain but a patched one."""
    code = village.web3.eth.get_code(Web3.to_checksum_address(village.address(contract)))
    assert 0 < len(code) <= MAX_CODE_BYTES


def test_price__by_the_operators_word__does_not_pass(village: Community) -> None:
    """Elsewhere the text promised offer <= rate <= bid, and the code took the operator's rate."""
    settled = recorded(village, EVEN)
    low, high = settled.clearing.low or 0, settled.clearing.high or 0
    assert low < high
    for rate in (low, high, settled.clearing.price or 0, low - 1, high + 1):
        refused = village.refused("EnergyMarket.advance", village.first, rate, rate, EVERYBODY, by=village.operator)
        assert refused == ("MarketProposalWrong", village.first, rate, rate)


def test_credit__over_everything_uncleared__is_one_sum(village: Community) -> None:
    """Elsewhere collateral was looked at for each order and reserved for none."""
    village.do("EnergyMarket.catchUp", 10_000)
    each = village.see("EnergyMarket.reserveOf", SPA) // (village.open() - village.see("EnergyMarket.firstUncleared"))
    village.travel(village.first * village.length_s)
    village.do("EnergyMarket.catchUp", 10_000)
    uncleared = village.open() - village.see("EnergyMarket.firstUncleared")
    village.do("EnergyMarket.setCreditLimit", SPA, each * uncleared, by=village.treasurer)
    assert village.see("EnergyMarket.checkCredit", SPA) is True
    village.after(village.open())
    assert village.see("EnergyMarket.checkCredit", SPA) is False


@pytest.mark.parametrize("consumption_wh", [2_000, 1_000, 1, 0])
def test_buyer__who_used_less_than_usual__costs_the_seller_no_fine(
    collecting_crowd: Community, consumption_wh: int
) -> None:
    """Elsewhere the seller was fined when the buyer used less. Here there is no deviation: only what was metered."""
    crowd = collecting_crowd
    interval = crowd.open()
    readings = dict.fromkeys(crowd.participants, used(0)) | {1: made(1_500), 2: used(consumption_wh)}
    limits = {"buy_limit": 200_000, "sell_limit": 120_000}
    orders = {who: crowd.order(who, interval, nonce=1, **limits) for who in (1, 2)}
    book = Book(interval, TARIFF, readings, orders)
    bring_about(crowd, [book])
    settled = settlement_of(crowd, book)
    crowd.advance(settled)
    sold = min(1_500, consumption_wh)
    price = settled.clearing.price or 0
    balances = crowd.balances()
    assert balances[1] == sold * price + (1_500 - sold) * 100_000 >= 1_500 * 100_000
    assert balances[2] == -sold * (price + 20_000) - (consumption_wh - sold) * 250_000 >= -consumption_wh * 250_000


def test_trade__that_was_never_delivered__pays_nothing(village: Community) -> None:
    """Elsewhere an undelivered trade paid its seller, and paid again."""
    interval = village.open()
    eager = {
        MILL: village.order(MILL, interval, sell_limit=40_000),
        SPA: village.order(SPA, interval, buy_limit=201_600),
    }
    village.place(*eager.values())
    recorded(village, SHORT, interval=interval, without=[MILL])
    present = {who: reading for who, reading in SHORT.items() if who != MILL}
    settled = village.settlement(interval, present, standing(village) | eager)
    village.advance(settled)
    assert village.balances()[MILL] == 0
    village.record(village.run(MILL, interval, SHORT[MILL]))
    for _ in range(2):
        village.do("EnergyMarket.settleLate", MILL, interval, 1)
    assert village.balances()[MILL] == 0
    assert village.outcome(interval).matched_wh == settled.clearing.matched_wh


def test_sales__of_any_order__are_bounded_by_recorded_production(village: Community) -> None:
    """Elsewhere samples of power were added up as energy, and energy was sold that nobody had produced."""
    interval = village.open()
    village.place(*(village.order(who, interval, sell_limit=40_000, nonce=9) for who in village.participants))
    readings = SHORT | {SPA: used(4_950)}
    settled = village.settlement(
        interval,
        readings,
        {who: village.order(who, interval, sell_limit=40_000, nonce=9) for who in village.participants},
    )
    village.record_interval(interval, readings)
    [event] = village.events(village.advance(settled), "EnergyMarket.FillsSettled")
    sales = {fill.participant: fill.wh for fill in unpack_fills(event["fills"]) if fill.wh > 0}
    assert sales == {MILL: 1_400, ROOF: 500}
    too_much = village.run(LOFT, interval + 1, made(9_000))  # a power in W taken for an energy in Wh
    village.after(interval + 1)
    sent = village.record(too_much)
    assert village.events(sent, "MeterLedger.RunsRecorded") == []


@pytest.mark.parametrize("count", [1, 2, 4, EVERYBODY])
def test_certificates__settled_in_any_chunks__come_with_the_money_or_not_at_all(village: Community, count: int) -> None:
    """Elsewhere readings were marked as certified before the mint, and stranded when that failed."""
    settled = recorded(village)
    due = {leg.participant: leg.local_neur for leg in settled.legs}
    while not village.outcome(village.first).settled:
        village.advance(settled, count)
        balances = village.balances()
        for device, producer in enumerate(village.producers, 1):
            paid = balances[producer] == due[producer]
            certificate = village.see("GuaranteeOfOrigin.certificate", device << 32 | village.first)
            assert certificate[6] == (SHORT[producer].production_wh if paid else 0)
            assert paid or balances[producer] == 0
    assert village.balances() == due


def callers(village: Community) -> list[LocalAccount]:
    """Everybody with some right, none of which matters to a clearing."""
    return [village.operator, village.treasurer, village.metering_operator, village.issuing_body]


def test_clearing__by_whichever_right__is_the_same(village: Community) -> None:
    """No role shifts a price: what each may propose is what anybody may."""
    settled = recorded(village)
    for account in callers(village):
        wrong = (settled.interval, (settled.clearing.low or 0) + 1, (settled.clearing.high or 0) + 1)
        assert village.refused("EnergyMarket.advance", *wrong, EVERYBODY, by=account)[0] == "MarketProposalWrong"
        assert village.see("EnergyMarket.advance", *proposal(settled), EVERYBODY, by=account) is True
