"""Corrections of settled readings: who may, until when, of what, with which proof; and the money that follows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from eth_typing import HexStr

from tests.contracts.corrections.kit import REASON, Desk
from tests.contracts.market.scene import SHORT, recorded
from tests.contracts.registry.kit import caught
from tests.support.community import KEYS, Community, made, used
from tests.support.village import BARN, FLAT, LOFT, MILL, ROOF, SPA
from wattcommons.chain.artifacts import load_artifact
from wattcommons.chain.deploy import constructor_arguments, creation_code
from wattcommons.chain.roles import Role
from wattcommons.domain.corrections import effect_of
from wattcommons.domain.fills import pack_fills
from wattcommons.domain.readings import Quality

pytestmark = pytest.mark.contracts

MOST_WH = 9_000 * 1_800 * 11 // 36_000
CORRECTED = int(Quality.CORRECTED)


# ---------------------------------------------------------------------- refusals


def test_correct__by_anyone_but_the_metering_operator__is_refused(desk: Desk) -> None:
    callers = [KEYS.role(role) for role in Role if role is not Role.METERING_OPERATOR]
    callers += [desk.village.stranger, KEYS.member(str(MILL)), KEYS.gateway(str(MILL))]
    for caller in callers:
        expected = ("AccessManagedUnauthorized", caller.address.lower())
        assert desk.refused(MILL, 1_400, 100, by=caller) == expected


def test_correct__without_a_reason__is_refused(desk: Desk) -> None:
    assert desk.refused(MILL, 1_400, 100, reason=bytes(32)) == ("CorrectionReasonMissing",)


def test_correct__at_the_end_of_the_window__is_refused_to_the_second(desk: Desk) -> None:
    village = desk.village
    until = (desk.interval + 1) * village.length_s + village.terms.correction_window_s
    assert village.see("Corrections.correctableUntil", desk.interval) == until
    village.travel(until - 1)
    assert village.see("Corrections.correct", *desk.arguments(MILL, 1, 1), by=village.metering_operator) == ()
    village.travel(until)
    assert desk.refused(MILL, 1_400, 100) == ("CorrectionWindowClosed", desk.interval, until)


def test_correct__nothing_recorded__is_refused(desk: Desk) -> None:
    village = desk.village
    nothing = ("CorrectionNothingRecorded", MILL, desk.interval + 1)
    assert desk.refused(MILL, 1_400, 100, interval=desk.interval + 1) == nothing
    assert desk.refused(99, 1, 1) == ("CorrectionNothingRecorded", 99, desk.interval)
    assert village.reading(MILL, desk.interval + 1) == (0, 0, 0, False)


def test_correct__before_the_interval_is_settled__is_refused(billed: Community) -> None:
    settled = recorded(billed, SHORT)
    desk = Desk(billed, settled)
    unsettled = ("CorrectionNotSettled", MILL, desk.interval)
    assert desk.refused(MILL, 1_400, 100) == unsettled
    billed.advance(settled, 3)
    assert desk.refused(MILL, 1_400, 100) == unsettled, "verified in part"


def test_correct__a_late_reading_not_settled_yet__is_refused(billed: Community) -> None:
    settled = recorded(billed, SHORT, without=[ROOF])
    billed.advance(settled)
    billed.record(billed.run(ROOF, settled.interval, SHORT[ROOF]))
    desk = Desk(billed, settled)
    assert desk.refused(ROOF, 600, 200) == ("CorrectionNotSettled", ROOF, desk.interval)
    billed.do("EnergyMarket.settleLate", ROOF, settled.interval, 1)
    desk.correct(ROOF, 600, 200, proof=(7, b"no proof is asked for", b""))
    assert billed.reading(ROOF, desk.interval) == (600, 200, CORRECTED, True)


def test_correct__to_what_is_recorded__is_refused__also_the_second_time(desk: Desk) -> None:
    same = ("CorrectionChangesNothing", MILL, desk.interval)
    assert desk.refused(MILL, 1_500, 100) == same
    desk.correct(MILL, 1_400, 100)
    assert desk.refused(MILL, 1_400, 100) == same, "a correction sent twice counts once"


@pytest.mark.parametrize(("production", "consumption"), [(MOST_WH + 1, 0), (0, MOST_WH + 1)])
def test_correct__more_than_the_connection_carries__is_refused(desk: Desk, production: int, consumption: int) -> None:
    refused = desk.refused(MILL, production, consumption)
    assert refused == ("CorrectionImplausible", MILL, desk.interval, MOST_WH + 1, MOST_WH)


def test_correct__with_other_fills_than_the_markets__is_refused(desk: Desk) -> None:
    village = desk.village
    kept = bytes(village.see("EnergyMarket.fillsHash", desk.interval, 0))
    for forged in (b"", desk.fills[:-13], desk.fills[13:], desk.fills[:-1] + b"\xff"):
        refused = desk.refused(MILL, 1_400, 100, proof=(0, forged, b""))
        assert refused[:3] == ("CorrectionFillsUnknown", desk.interval, 0)
        assert bytes(refused[3]) == kept
    refused = desk.refused(MILL, 1_400, 100, proof=(1, desk.fills, b""))
    assert refused[:3] == ("CorrectionFillsUnknown", desk.interval, 1)


def test_correct__with_a_chunk_the_fill_does_not_lie_in__is_refused(billed: Community) -> None:
    """Settled two participants at a time: nobody can be made out not to have traded by the wrong chunk."""
    settled = recorded(billed, SHORT)
    while not billed.outcome(settled.interval).settled:
        billed.advance(settled, 2)
    desk = Desk(billed, settled)
    chunks = [desk.fills[at : at + 26] for at in range(0, len(desk.fills), 26)]
    for number, chunk in enumerate(chunks):
        assert bytes(billed.see("EnergyMarket.fillsHash", desk.interval, number)) != bytes(22), chunk
    elsewhere = "CorrectionFillsElsewhere"
    assert desk.refused(MILL, 1_400, 100, proof=(1, chunks[1], chunks[2])) == (elsewhere, MILL, desk.interval, 1)
    assert desk.refused(FLAT, 0, 800, proof=(0, chunks[0], chunks[1])) == (elsewhere, FLAT, desk.interval, 0)
    refused = desk.refused(BARN, 0, 60, proof=(1, chunks[1], chunks[1]))
    assert refused[:3] == ("CorrectionFillsUnknown", desk.interval, 2)
    assert desk.refused(BARN, 0, 60, proof=(0, chunks[0], chunks[1])) == (elsewhere, BARN, desk.interval, 0)
    for who, number in ((MILL, 0), (ROOF, 0), (SPA, 1), (FLAT, 1), (LOFT, 2), (BARN, 2)):
        sent = desk.correct(who, 0, 77, proof=(number, chunks[number], b""))
        [(_, told)] = desk.log(sent, "ReadingCorrected")
        assert told["tradedWh"] == desk.traded(who), who


@pytest.mark.parametrize("window_s", [0, 300 * 86_400 + 1])
def test_constructor__a_window_of_nothing_or_beyond_a_certificates_sure_life__reverts(
    billed: Community, window_s: int
) -> None:
    terms = replace(billed.terms, correction_window_s=window_s)
    arguments = constructor_arguments(terms, billed.deployment.addresses, billed.operator.address)
    code = creation_code("Corrections", arguments["Corrections"])
    abi = load_artifact("Corrections").abi
    refused = caught(abi, lambda: billed.web3.eth.call({"data": HexStr("0x" + code.hex())}))
    assert refused == ("CorrectionWindowInvalid", window_s)


# ---------------------------------------------------------------------- what it does


@pytest.mark.parametrize(
    ("who", "production", "consumption"),
    [
        (MILL, 1_600, 100),  # a seller, more
        (MILL, 1_000, 100),  # less than it sold: the grid delivers in its place
        (MILL, 0, 500),
        (SPA, 0, 2_500),  # a buyer, more
        (SPA, 0, 10),  # bought more than it used: it went to the grid
        (BARN, 300, 50),  # never traded
    ],
)
def test_correct__money__is_the_difference_at_the_intervals_backup_prices(
    desk: Desk, who: int, production: int, consumption: int
) -> None:
    village = desk.village
    before, grid_before = village.balances(), village.see("EnergyMarket.pooledBalances")[0]
    old = SHORT[who]
    new = made(production, consumption, Quality.CORRECTED)
    expected = effect_of(old, new, desk.traded(who), village.tariff)
    sent = desk.correct(who, production, consumption)
    [(_, told)] = desk.log(sent, "ReadingCorrected")
    assert told["tradedWh"] == desk.traded(who)
    assert told["valueNeur"] == told["bookedNeur"] == expected.value_neur
    assert told["reason"] == REASON
    changed = {one: neur - before[one] for one, neur in village.balances().items() if neur != before[one]}
    assert changed == ({who: expected.value_neur} if expected.value_neur else {})
    assert village.see("EnergyMarket.pooledBalances")[0] - grid_before == -expected.value_neur


def test_correct__the_intervals_prices__are_used_not_todays(billed: Community) -> None:
    """The tariff changes after the interval: what is corrected is worth what it was."""
    settled = recorded(billed, SHORT)
    billed.advance(settled)
    desk = Desk(billed, settled)
    old = billed.tariff
    billed.do("TariffSchedule.addBand", 300_000, 100_000, 0, by=billed.operator)
    billed.do("TariffSchedule.setDefault", 1, billed.open(), by=billed.operator)
    billed.travel(billed.now() + 86_400)
    [(_, told)] = desk.log(desk.correct(BARN, 0, 1_050), "ReadingCorrected")
    assert told["valueNeur"] == -1_000 * old.retail


def test_correct__where_the_grid_is_only_valued__books_nothing(village: Community) -> None:
    settled = recorded(village, SHORT)
    village.advance(settled)
    desk = Desk(village, settled)
    before = village.balances()
    [(_, told)] = desk.log(desk.correct(BARN, 0, 1_050), "ReadingCorrected")
    assert (told["valueNeur"], told["bookedNeur"]) == (-1_000 * village.tariff.retail, 0)
    assert village.balances() == before


def test_correct__several_times__every_earlier_value_stays_readable(desk: Desk) -> None:
    village = desk.village
    assert village.see("Corrections.earlierReadings", SPA, desk.interval) == ()
    [(stored,)] = [village.see("MeterLedger.readingsOf", SPA, desk.interval, 1)]
    kept = [stored]
    sums = 0
    for consumption in (2_100, 0, 2_000):
        [(_, told)] = desk.log(desk.correct(SPA, 0, consumption), "ReadingCorrected")
        sums += told["valueNeur"]
        assert told["before"] == kept[-1]
        kept.append(told["corrected"])
        assert village.reading(SPA, desk.interval) == (0, consumption, CORRECTED, False)
        assert list(village.see("Corrections.earlierReadings", SPA, desk.interval)) == kept[:-1]
    assert sums == 0, "back where it began: nothing gained or lost on the way"


def test_correct__one_reading__leaves_all_others_alone(desk: Desk) -> None:
    village = desk.village
    outcome = village.outcome(desk.interval)
    desk.correct(ROOF, 650, 210)
    assert village.outcome(desk.interval) == outcome
    assert {i: village.reading(i, desk.interval)[:2] for i in village.participants if i != ROOF} == {
        i: (SHORT[i].production_wh, SHORT[i].consumption_wh) for i in village.participants if i != ROOF
    }


def test_correct__an_estimate_confirmed__keeps_its_energy(billed: Community) -> None:
    readings = SHORT | {SPA: used(2_000, Quality.ESTIMATED)}
    settled = recorded(billed, readings)
    billed.advance(settled)
    desk = Desk(billed, settled)
    desk.correct(SPA, 0, 2_000)
    assert billed.reading(SPA, desk.interval) == (0, 2_000, CORRECTED, False)
    assert desk.refused(SPA, 0, 2_000) == ("CorrectionChangesNothing", SPA, desk.interval)


def test_correct__what_the_gateway_sends_again__changes_nothing_and_is_no_conflict(desk: Desk) -> None:
    village = desk.village
    desk.correct(MILL, 1_400, 100)
    sent = village.record(
        village.run(MILL, desk.interval, SHORT[MILL]), village.run(MILL, desk.interval, made(1_400, 101))
    )
    assert village.events(sent, "MeterLedger.ReadingConflict", "MeterLedger.RunsRecorded") == []
    assert village.reading(MILL, desk.interval) == (1_400, 100, CORRECTED, False)


def test_correct__an_interval_in_which_nobody_traded__needs_no_proof(billed: Community) -> None:
    readings = dict.fromkeys(SHORT, used(10)) | {BARN: used(50)}
    settled = recorded(billed, readings)
    assert pack_fills(settled.clearing.fills) == b""
    billed.advance(settled)
    desk = Desk(billed, settled)
    [(_, told)] = desk.log(desk.correct(BARN, 0, 60, proof=(0, b"", b"")), "ReadingCorrected")
    assert told["valueNeur"] == -10 * billed.tariff.retail


def test_correct__gas__stays_below_a_quarter_million(desk: Desk) -> None:
    gas = desk.correct(MILL, 1_200, 100).gas_used
    print(f"gas a correction with money and certificates: {gas:,}")
    assert gas < 250_000
