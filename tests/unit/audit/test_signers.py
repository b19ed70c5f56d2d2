"""Signers found ahead of time: the same answers, the same events, whatever the processes do."""

from __future__ import annotations

from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing

import pytest

from tests.unit.audit.paper import FIRST, LEDGER, Paper, key, reading
from wattcommons.chain.events import Event
from wattcommons.chain.run_signatures import RunSignatures
from wattcommons.chain.signing import sign_run
from wattcommons.domain.packing import decode_batch, encode_batch
from wattcommons.domain.readings import Run
from wattcommons.domain.units import IntervalIndex, ParticipantIndex
from wattcommons.services.audit import signers as signers_module
from wattcommons.services.audit.signers import SignersAhead

pytestmark = pytest.mark.unit


def batches(count: int) -> list[bytes]:
    """Batches of three runs each; of every second, one run is altered after it was signed."""
    made = []
    for number in range(count):
        runs = [
            sign_run(key(one), LEDGER, Run(ParticipantIndex(one), IntervalIndex(FIRST + number), (reading(one, 7),)))
            for one in (1, 2, 3)
        ]
        batch = bytearray(encode_batch(runs))
        batch[-3] ^= number % 2
        made.append(bytes(batch))
    return made


def recorded(batch: bytes) -> Event:
    return Event("MeterLedger", "RunsRecorded", {"runs": batch, "submitter": key(9).address}, 1, "0x1", 0, 0)


def test_signers__batch_cut_off__nobody_and_no_failure() -> None:
    whole = batches(1)[0]
    cut = RunSignatures(LEDGER).signers(whole[:-1])
    assert cut[:2] == [key(1).address, key(2).address]
    assert cut[2] is None


def test_signers__batch__as_run_by_run() -> None:
    here = RunSignatures(LEDGER)
    for batch in batches(4):
        assert here.signers(batch) == [here.signer(signed) for signed in decode_batch(batch)]


def test_ahead__processes__same_events_and_signers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signers_module, "GROUP_BYTES", 1_000)
    monkeypatch.setattr(signers_module, "START_BYTES", 3_000)
    given = [*batches(40), *batches(5)]  # some batches twice
    alone = RunSignatures(LEDGER)
    with closing(SignersAhead(LEDGER, 2)) as ahead:
        events = list(map(recorded, given))
        seen = []
        for event in ahead.ahead(iter(events)):
            seen.append(event)
            assert ahead.signers(event.args["runs"]) == alone.signers(event.args["runs"])
    assert seen == events


def test_ahead__process_dies__the_work_is_done_here() -> None:
    [batch] = batches(1)
    ahead = SignersAhead(LEDGER, 2)
    dead: Future[list[list[str | None]]] = Future()
    dead.set_exception(BrokenProcessPool("killed"))
    ahead._due[batch] = (dead, 0)
    assert ahead.signers(batch) == RunSignatures(LEDGER).signers(batch)
    assert list(ahead.ahead([recorded(batch)])) == [recorded(batch)]


def test_ahead__little_to_do__no_process(paper: Paper) -> None:
    ahead = SignersAhead(LEDGER, 2)
    assert list(ahead.ahead(paper.events)) == paper.events
    assert ahead._pool is None
