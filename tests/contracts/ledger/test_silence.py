"""Participants that sent nothing for a while are not waited for, until they report again."""

from __future__ import annotations

import pytest

from tests.support.community import Community, used
from tests.support.village import BARN, FLAT

pytestmark = pytest.mark.contracts


def test_mark_silent__a_participant_heard_within_the_time__reverts(village: Community) -> None:
    first, after = village.first, village.terms.silence_after
    village.after(first + 2)
    village.record(village.run(FLAT, first + 2, used(0)))
    village.travel((first + 2 + after) * village.length_s)
    refused = village.refused("MeterLedger.markSilent", FLAT)
    assert refused == ("LedgerParticipantNotSilent", FLAT, first + 2)
    village.after(first + 2 + after)
    assert village.see("MeterLedger.markSilent", FLAT) == ()


def test_mark_silent__a_participant_not_active_that_long__reverts(village: Community) -> None:
    first, after = village.first, village.terms.silence_after
    village.travel((first + after) * village.length_s - 1)
    refused = village.refused("MeterLedger.markSilent", BARN)
    assert refused == ("LedgerParticipantNotSilent", BARN, first - 1)
    village.travel((first + after) * village.length_s)
    assert village.see("MeterLedger.markSilent", BARN) == ()


@pytest.mark.parametrize("unknown", [0, 7, 300])
def test_mark_silent__a_participant_that_does_not_exist__reverts(village: Community, unknown: int) -> None:
    village.after(village.first + village.terms.silence_after)
    assert village.refused("MeterLedger.markSilent", unknown)[0] == "LedgerParticipantNotSilent"


def test_mark_silent__from_the_first_open_interval__the_clearing_does_not_wait(village: Community) -> None:
    first, after = village.first, village.terms.silence_after
    village.travel((first + after) * village.length_s)
    opened = village.open()
    village.do("MeterLedger.markSilent", BARN)
    assert [village.see("MemberRegistry.waitedCount", i) for i in (opened - 1, opened)] == [6, 5]
    assert village.see("MemberRegistry.rosterCount", opened) == 6
    village.after(opened)
    village.record(*(village.run(i, opened, used(i)) for i in range(1, 6)))
    assert village.see("MeterLedger.completeness", opened) == (5, 5, False, True)


def test_record__by_a_silent_participant__is_heard_and_waited_for_again(village: Community) -> None:
    first, after = village.first, village.terms.silence_after
    village.travel((first + after) * village.length_s)
    silent_from = village.open()
    village.do("MeterLedger.markSilent", BARN)
    village.after(silent_from)
    opened = village.open()
    sent = village.record(village.run(BARN, silent_from, used(5)))
    assert village.events(sent, "MemberRegistry.SilenceSet") == [
        {"participant": BARN, "silent": False, "fromInterval": opened}
    ]
    # Its reading is on record, and in the interval it was not waited for nothing is counted for it.
    assert village.reading(BARN, silent_from) == (0, 5, 1, False)
    assert village.see("MeterLedger.completeness", silent_from)[:2] == (0, 5)
    assert village.see("MemberRegistry.waitedCount", opened) == 6


def test_record__of_intervals_before_the_silence__ends_nothing(village: Community) -> None:
    """A day run that arrives late tells nothing about now: only a reading from the silent time does."""
    first, after = village.first, village.terms.silence_after
    village.travel((first + after) * village.length_s)
    silent_from = village.open()
    village.do("MeterLedger.markSilent", BARN)
    sent = village.record(village.run(BARN, first, used(1), used(2)))
    assert village.events(sent, "MemberRegistry.SilenceSet") == []
    assert village.see("MemberRegistry.waitedCount", silent_from) == 5
    assert village.see("MeterLedger.completeness", first)[:2] == (1, 6)


def test_mark_silent__twice__changes_nothing(village: Community) -> None:
    village.travel((village.first + village.terms.silence_after) * village.length_s)
    village.do("MeterLedger.markSilent", BARN)
    assert len(village.do("MeterLedger.markSilent", BARN).logs) == 0


def test_set_silent__by_anyone_but_the_ledger__reverts(village: Community) -> None:
    for account in (village.stranger, village.operator):
        refused = village.refused("MemberRegistry.setSilent", FLAT, True, by=account)
        assert refused == ("RegistryOnlyLedger", account.address.lower())
