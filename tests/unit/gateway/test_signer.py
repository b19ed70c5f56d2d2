"""Readings as runs: what one signature covers."""

from __future__ import annotations

import pytest
from eth_account import Account

from wattcommons.chain.run_signatures import RunSignatures
from wattcommons.chain.typed_data import SigningDomain
from wattcommons.domain.readings import ABSENT_READING, Reading
from wattcommons.services.gateway.signer import RunSigner, runs_of

pytestmark = pytest.mark.unit

KEY = Account.from_key(b"\x07" * 32)
DOMAIN = SigningDomain("Watt Commons MeterLedger", 31_337, "0x" + "11" * 20)


def readings(*intervals: int) -> dict[int, Reading]:
    return {interval: Reading(0, interval) for interval in intervals}  # type: ignore[arg-type]


def spans(runs: object) -> list[tuple[int, int]]:
    return [(run.first, run.end) for run in runs]  # type: ignore[attr-defined]


def test_runs_of__nothing__no_run() -> None:
    assert list(runs_of(1, {})) == []  # type: ignore[arg-type]


def test_runs_of__absent_readings__are_never_signed() -> None:
    given = readings(5, 6, 7) | {6: ABSENT_READING}
    assert spans(runs_of(1, given)) == [(5, 6), (7, 8)]  # type: ignore[arg-type]


def test_runs_of__gaps_and_disorder__one_run_a_stretch_in_order_of_time() -> None:
    assert spans(runs_of(1, readings(9, 3, 4, 5, 10))) == [(3, 6), (9, 11)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("most", "expected"), [(2, [(0, 2), (2, 4), (4, 5)]), (5, [(0, 5)]), (0, [(i, i + 1) for i in range(5)])]
)
def test_runs_of__more_than_fit__split(most: int, expected: list[tuple[int, int]]) -> None:
    assert spans(runs_of(1, readings(*range(5)), most)) == expected  # type: ignore[arg-type]


def test_sign__day__recovers_to_the_gateway() -> None:
    [signed] = RunSigner(KEY, DOMAIN, 3).sign(readings(*range(48)))  # type: ignore[arg-type]
    assert signed.run.participant == 3
    assert RunSignatures(DOMAIN).signer(signed) == KEY.address


def test_repr__signer__shows_no_key() -> None:
    text = repr(RunSigner(KEY, DOMAIN, 3))  # type: ignore[arg-type]
    assert KEY.address in text
    assert "07" * 32 not in text
