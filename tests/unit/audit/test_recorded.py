"""Readings from raw logs: what stands there now, or what the gateways had signed; and beside an independent meter."""

from __future__ import annotations

import pytest

from tests.unit.audit.paper import FIRST, LENGTH, Paper, changed
from wattcommons.domain.intervals import IntervalLength
from wattcommons.domain.readings import Quality
from wattcommons.domain.reconciliation import Rules, Span
from wattcommons.errors import AuditError
from wattcommons.services.audit.reconcile import Direction, Subject, reconcile
from wattcommons.services.audit.recorded import recorded_in

pytestmark = pytest.mark.unit

HALF = IntervalLength.HALF_HOUR
CORRECTED = 70 << 27 | 333 << 3 | Quality.CORRECTED << 1


def corrected(paper: Paper, participant: int = 1) -> Paper:
    """The paper's first interval, with another reading put in the participant's place."""
    paper.next_tx()
    paper.emit(
        "Corrections.ReadingCorrected",
        participant=participant,
        interval=FIRST,
        before=0,
        corrected=CORRECTED,
        tradedWh=0,
        valueNeur=0,
        bookedNeur=0,
        reason=b"\1" * 32,
    )
    return paper


def test_recorded__broken_run__named(paper: Paper) -> None:
    events, _ = changed(paper.events, "MeterLedger.RunsRecorded", 0, runs=b"\1\2")
    with pytest.raises(AuditError):
        recorded_in(events)


def test_recorded__corrected__the_corrected_one_unless_the_signed_are_asked_for(paper: Paper) -> None:
    signed = recorded_in(paper.events)[1][FIRST]
    events = corrected(paper).events
    now = recorded_in(events)[1][FIRST]
    assert (now.production_wh, now.consumption_wh, now.quality) == (70, 333, Quality.CORRECTED)
    assert recorded_in(events, signed=True)[1][FIRST] == signed
    assert recorded_in(events, [2]).keys() == {2}


def test_reconcile__corrected__counted_and_compared_as_it_stands(paper: Paper) -> None:
    found = recorded_in(corrected(paper).events)
    reference = [Span(FIRST * LENGTH, (FIRST + 1) * LENGTH, 333_000, 333_000)]
    outcome = reconcile(found, Subject((1,), "meter", Direction.CONSUMPTION), reference, HALF, Rules(), "UTC")
    assert (outcome.corrected, outcome.estimated, outcome.recorded_wh) == (1, 0, 333)
    assert outcome.agrees
    assert outcome.as_dict()["corrected_readings"] == 1
