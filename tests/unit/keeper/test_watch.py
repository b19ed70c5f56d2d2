"""Reading the runs of a batch, and grouping places."""

from __future__ import annotations

import pytest

from wattcommons.domain.packing import SignedRun, encode_batch, run_headers
from wattcommons.domain.readings import Reading, Run
from wattcommons.services.keeper.book import members_of
from wattcommons.services.keeper.chores import stretches

pytestmark = pytest.mark.unit


def signed(participant: int, first: int, count: int) -> SignedRun:
    readings = tuple(Reading(at, 1) for at in range(count))  # type: ignore[arg-type]
    return SignedRun(Run(participant, first, readings), bytes(64))  # type: ignore[arg-type]


def test_headers__several_runs__participant_first_and_count_of_each() -> None:
    batch = encode_batch([signed(1, 100, 3), signed(7, 4_000_000_000, 1), signed(2, 5, 200)])
    assert run_headers(batch) == [(1, 100, 3), (7, 4_000_000_000, 1), (2, 5, 200)]


def test_headers__empty_batch__none() -> None:
    assert run_headers(b"") == []


def test_members_of__word_and_bits__participants_in_index_order() -> None:
    assert members_of(0, 0b1011) == [1, 2, 4]
    assert members_of(2, 1 | 1 << 223) == [449, 672]


def test_stretches__gaps_and_several_participants__consecutive_intervals_together() -> None:
    places = [(1, 5), (1, 6), (1, 8), (2, 9), (2, 10)]
    assert stretches(places) == [(1, 5, 2), (1, 8, 1), (2, 9, 2)]
