"""Twelve months in, eighteen months out, twelve months to be exported: to the second."""

from __future__ import annotations

import pytest

from tests.contracts.exports.kit import (
    COMPLETE,
    EXPORTED,
    EXPORTS,
    FULL,
    NATIONAL,
    OPEN,
    begin,
    export,
    give,
    group_of,
    in_state,
    inside,
    refused,
)
from tests.contracts.tokens.certificates import held, lifetime
from tests.contracts.tokens.kit import Stage

pytestmark = pytest.mark.contracts


# ---------------------------------------------------------------------- in


@pytest.mark.parametrize("function", ["open", "add"])
def test_add__twelve_months_after_production__reverts_for_the_id_it_is_of(stage: Stage, function: str) -> None:
    old, new = in_state(stage, OPEN)
    until = lifetime(old).transferable_until
    stage.travel(until)
    number = [1] if function == "add" else []
    assert refused(stage, function, *number, [new, old], [5, 5]) == ("GuaranteeTransferClosed", old, until)
    stage.do(f"{EXPORTS}.{function}", *number, [new], [5], by="prosumer")


@pytest.mark.parametrize("function", ["open", "add"])
def test_add__in_the_last_second__still_good(stage: Stage, function: str) -> None:
    old, _ = in_state(stage, OPEN)
    before = inside(stage, old)
    stage.next_block_at(lifetime(old).transferable_until - 1)
    number = [1] if function == "add" else []
    stage.do(f"{EXPORTS}.{function}", *number, [old], [5], by="prosumer")
    assert inside(stage, old) == before + 5


# ---------------------------------------------------------------------- out


@pytest.mark.parametrize("state", [OPEN, COMPLETE])
def test_release__eighteen_months_after_production__reverts_for_the_id_it_is_of(stage: Stage, state: int) -> None:
    old, new = in_state(stage, state)
    until = lifetime(old).cancellable_until
    stage.travel(until)
    assert refused(stage, "release", 1, [new, old], [5, 5]) == ("GuaranteeExpired", old, until)
    stage.do(f"{EXPORTS}.release", 1, [new], [5], by="prosumer")
    assert held(stage, "prosumer", new) >= 5


def test_release__in_the_last_second__still_good(stage: Stage) -> None:
    """Long after the twelve months: the owner does not change."""
    old, _ = in_state(stage, COMPLETE)
    stage.next_block_at(lifetime(old).cancellable_until - 1)
    stage.do(f"{EXPORTS}.release", 1, [old], [600_000], by="prosumer")
    assert held(stage, "prosumer", old) == 700_000


# ---------------------------------------------------------------------- to the national registry


def test_export__twelve_months_after_the_oldest_production__reverts(stage: Stage) -> None:
    old, _ = in_state(stage, COMPLETE)
    until = lifetime(old).transferable_until
    stage.travel(until)
    assert refused(stage, "exportGroup", 1, NATIONAL, by="issuing body") == ("ExportTooLate", 1, until)
    stage.do(f"{EXPORTS}.decline", 1, NATIONAL, by="issuing body")
    assert group_of(stage, 1).state == OPEN, "and it can still be sent back"


def test_export__in_the_last_second__still_good(stage: Stage) -> None:
    old, _ = in_state(stage, COMPLETE)
    stage.next_block_at(lifetime(old).transferable_until - 1)
    export(stage, 1)
    assert group_of(stage, 1).state == EXPORTED


def test_export__oldest_put_in_last__counts_all_the_same(stage: Stage) -> None:
    old, new = give(stage, FULL, FULL)
    begin(stage, [new], [FULL - 1])
    stage.do(f"{EXPORTS}.add", 1, [old], [1], by="prosumer")
    until = lifetime(old).transferable_until
    stage.travel(until)
    assert refused(stage, "exportGroup", 1, NATIONAL, by="issuing body") == ("ExportTooLate", 1, until)


def test_export__oldest_released__too_late_until_the_group_was_empty(stage: Stage) -> None:
    """A group does not search for its next oldest; emptied, or made anew, it is in time again."""
    old, new = give(stage, FULL, FULL)
    begin(stage, [old, new], [1, FULL - 1])
    stage.do(f"{EXPORTS}.release", 1, [old], [1], by="prosumer")
    stage.do(f"{EXPORTS}.add", 1, [new], [1], by="prosumer")
    until = lifetime(old).transferable_until
    stage.travel(until)
    assert refused(stage, "exportGroup", 1, NATIONAL, by="issuing body") == ("ExportTooLate", 1, until)
    stage.do(f"{EXPORTS}.release", 1, [new], [FULL], by="prosumer")
    stage.do(f"{EXPORTS}.add", 1, [new], [FULL], by="prosumer")
    export(stage, 1)
    assert group_of(stage, 1).state == EXPORTED
