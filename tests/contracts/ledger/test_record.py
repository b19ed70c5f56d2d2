"""Recording: what lands, what is a no-op or a conflict, what is late, and that no gas limit loses a reading."""

from __future__ import annotations

import pytest

from tests.contracts.ledger.wire import skipped, wire_run
from tests.support.community import Community, made, used
from tests.support.village import FLAT, LOFT, MILL, ROOF, SPA
from wattcommons.domain.packing import encode_batch
from wattcommons.domain.readings import Quality
from wattcommons.errors import RevertedError

pytestmark = pytest.mark.contracts

ABSENT = (0, 0, 0, False)


def stored(production_wh: int, consumption_wh: int, quality: int = 1, late: int = 0) -> int:
    return production_wh << 27 | consumption_wh << 3 | quality << 1 | late


def count(village: Community, sent: object) -> tuple[int, int]:
    """Numbers of conflicts and of events of recorded runs."""
    conflicts = village.events(sent, "MeterLedger.ReadingConflict")
    return len(conflicts), len(village.events(sent, "MeterLedger.RunsRecorded"))


@pytest.mark.parametrize("runs", [0, 1, 6])
def test_record__a_batch_of_any_size__records_each_reading(village: Community, runs: int) -> None:
    first = village.first
    village.after(first + 1)
    batch = encode_batch([village.run(i, first, made(i, 10 * i), used(i)) for i in range(1, runs + 1)])
    assert village.see("MeterLedger.record", batch) == 2 * runs
    sent = village.do("MeterLedger.record", batch)
    assert count(village, sent) == (0, min(runs, 1))
    for i in village.participants:
        expected = [(i, 10 * i, 1, False), (0, i, 1, False)] if i <= runs else [ABSENT, ABSENT]
        assert [village.reading(i, first), village.reading(i, first + 1)] == expected


def test_record__absent__is_not_zero(village: Community) -> None:
    first = village.after(village.first)
    village.record(village.run(FLAT, first, used(0)), village.run(SPA, first, used(0, Quality.ESTIMATED)))
    assert village.reading(FLAT, first) == (0, 0, 1, False)
    assert village.reading(SPA, first) == (0, 0, 2, False)
    assert village.reading(LOFT, first) == ABSENT
    assert village.see("MeterLedger.completeness", first) == (2, 6, False, False)
    assert village.see("MeterLedger.measuredConsumption", FLAT, first - 1, 3) == (0, 1)
    assert village.see("MeterLedger.measuredConsumption", SPA, first, 1) == (0, 0)


def test_record__replayed__is_a_no_op(village: Community) -> None:
    first = village.after(village.first)
    batch = encode_batch([village.run(FLAT, first, used(5))])
    village.do("MeterLedger.record", batch)
    again = village.do("MeterLedger.record", batch)
    assert (len(again.logs), village.reading(FLAT, first)) == (0, (0, 5, 1, False))
    assert village.see("MeterLedger.completeness", first)[0] == 1
    twice = village.do("MeterLedger.record", encode_batch([village.run(SPA, first, used(6))]) * 2)
    assert (count(village, twice), village.see("MeterLedger.completeness", first)[0]) == ((0, 1), 2)


def test_record__an_identical_start_with_a_new_tail__records_the_tail(village: Community) -> None:
    first = village.first
    village.after(first + 2)
    village.record(village.run(FLAT, first, used(1), used(2)))
    longer = encode_batch([village.run(FLAT, first, used(1), used(2), used(3))])
    assert village.see("MeterLedger.record", longer) == 1
    sent = village.do("MeterLedger.record", longer)
    assert count(village, sent) == (0, 1)
    assert village.see("MeterLedger.readingsOf", FLAT, first, 3) == (stored(0, 1), stored(0, 2), stored(0, 3))
    assert [village.see("MeterLedger.completeness", first + i)[0] for i in range(3)] == [1, 1, 1]


@pytest.mark.parametrize(
    "other", [used(6), made(1, 5), used(5, Quality.ESTIMATED)], ids=["consumption", "production", "quality"]
)
def test_record__a_differing_reading__keeps_the_old_and_names_the_conflict(village: Community, other: object) -> None:
    first = village.first
    village.after(first + 1)
    village.record(village.run(FLAT, first, used(5)))
    sent = village.record(village.run(FLAT, first, other, used(9)))  # type: ignore[arg-type]
    [conflict] = village.events(sent, "MeterLedger.ReadingConflict")
    given = stored(other.production_wh, other.consumption_wh, other.quality)  # type: ignore[attr-defined]
    assert (conflict["participant"], conflict["interval"]) == (FLAT, first)
    assert (conflict["recorded"], conflict["given"]) == (stored(0, 5), given)
    assert village.reading(FLAT, first) == (0, 5, 1, False)
    assert village.reading(FLAT, first + 1) == (0, 9, 1, False)


def test_record__by_anyone_in_any_order__gives_the_same(village: Community) -> None:
    """A stranger relays, the later interval first, several runs of one participant in a batch."""
    first = village.first
    village.after(first + 3)
    village.record(village.run(FLAT, first + 3, used(4)))
    village.record(village.run(FLAT, first + 1, used(2), used(3)), village.run(FLAT, first, used(1), used(2)))
    expected = tuple(stored(0, i) for i in (1, 2, 3, 4))
    assert village.see("MeterLedger.readingsOf", FLAT, first, 4) == expected


def test_record__neighbours_in_one_slot__do_not_touch_each_other(village: Community) -> None:
    """Five readings share a slot: the largest values beside the smallest, written one after the other."""
    first = village.after(village.first)
    values = {MILL: made(4_950, 4_950), ROOF: used(0), SPA: made(4_950), FLAT: used(4_950), LOFT: made(1, 1)}
    for participant in (SPA, MILL, LOFT, ROOF, FLAT):
        village.record(village.run(participant, first, values[participant]))
    bits = sum(1 << i - 1 for i in (MILL, SPA, FLAT))
    found = village.see("MeterLedger.readingsInWord", first, 0, bits)
    assert found == (stored(4_950, 4_950), stored(4_950, 0), stored(0, 4_950))
    assert village.reading(ROOF, first) == (0, 0, 1, False)
    assert village.reading(LOFT, first) == (1, 1, 1, False)
    assert village.reading(6, first) == ABSENT


def test_record__a_long_run_across_slots_of_state__counts_each_interval(village: Community) -> None:
    first = village.first
    village.after(first + 19)
    village.record(
        village.run(FLAT, first, *(used(i) for i in range(20))), village.run(SPA, first + 5, *[used(1)] * 10)
    )
    present = [village.see("MeterLedger.completeness", first + i)[0] for i in range(20)]
    assert present == [1] * 5 + [2] * 10 + [1] * 5
    assert village.see("MeterLedger.measuredConsumption", FLAT, first, 20) == (190, 20)


def test_record__after_the_freeze__is_late_and_counts_for_nothing(village: Community) -> None:
    first = village.first
    others = {i: used(i) for i in village.participants if i != FLAT}
    village.record_interval(first, others)
    village.past_deadline(first)
    village.advance(village.settlement(first, others, {i: village.standing_order(i) for i in range(1, 6)}))
    village.record(village.run(FLAT, first, used(44), used(45)))
    assert village.reading(FLAT, first) == (0, 44, 1, True)
    assert village.reading(FLAT, first + 1) == (0, 45, 1, False)
    assert village.see("MeterLedger.completeness", first) == (5, 6, True, True)
    again = village.record(village.run(FLAT, first, used(44)))
    assert len(again.logs) == 0


def test_freeze__by_anyone_but_the_market__reverts(village: Community) -> None:
    village.past_deadline(village.first)
    for account in (village.stranger, village.operator, village.metering_operator):
        refused = village.refused("MeterLedger.freeze", village.first, by=account)
        assert refused == ("LedgerOnlyMarket", account.address.lower())


def test_completeness__by_time_and_readings__is_ready_when_either_allows(village: Community) -> None:
    first = village.first
    for i in village.participants:
        village.after(first)
        village.record(village.run(i, first, used(1)))
    assert village.see("MeterLedger.completeness", first) == (6, 6, False, True)
    assert village.see("MeterLedger.completeness", first + 1) == (0, 6, False, False)
    deadline = (first + 2) * village.length_s + village.terms.deadline_s
    village.travel(deadline - 1)
    assert village.see("MeterLedger.completeness", first + 1) == (0, 6, False, False)
    village.travel(deadline)
    assert village.see("MeterLedger.completeness", first + 1) == (0, 6, False, True)


def test_record__with_any_gas__records_all_or_reverts(village: Community) -> None:
    """Too little gas never looks like a bad run: no limit loses a good run, skips it, or lets a bad one through."""
    first = village.first
    village.after(first + 3)
    good = [encode_batch([village.run(i, first, *[made(5, i)] * 4)]) for i in (MILL, ROOF, SPA)]
    forged = wire_run(village, FLAT, first, (1, 0, 1), by=village.stranger)
    batch = good[0] + forged + good[1] + good[2]
    call = {"to": village.address("MeterLedger"), "data": village.call("MeterLedger.record", batch).data}
    enough = village.web3.eth.estimate_gas(call)
    reverted = 0
    for gas in range(enough // 4, enough * 3 // 2, enough // 50):
        try:
            sent = village.do("MeterLedger.record", batch, gas=gas)
        except RevertedError:
            reverted += 1
            assert village.see("MeterLedger.completeness", first)[0] == 0
            continue
        assert [found[0] for found in skipped(village, sent)] == [FLAT]
        assert village.events(sent, "MeterLedger.RunsRecorded")[0]["runs"] == b"".join(good)
        assert village.see("MeterLedger.completeness", first + 3)[0] == 3
        break
    assert reverted > 20
