"""How much a call and a group take: 1 to 64 ids, 1,000,000 Wh to the Wh, of one device."""

from __future__ import annotations

import pytest
from web3.types import TxReceipt

from tests.contracts.exports.kit import (
    COMPLETE,
    EXPORTS,
    FULL,
    NATIONAL,
    OPEN,
    Group,
    begin,
    export,
    give,
    group_of,
    in_state,
    inside,
    lies_in,
    refused,
)
from tests.contracts.tokens.certificates import BATCH, DEVICE, GOO, INTERVAL, MOST, held
from tests.contracts.tokens.kit import Stage, key_of

pytestmark = pytest.mark.contracts

TEN_A_SLOT = 10
GAS_LIMIT_IDS_IN_A_ROW = 1_200_000
GAS_LIMIT_IDS_APART = 4_000_000


# ---------------------------------------------------------------------- ids a call


@pytest.mark.parametrize("function", ["open", "add", "release"])
@pytest.mark.parametrize(("ids", "amounts"), [(0, 0), (65, 65), (1, 2), (2, 1), (0, 1), (64, 65)])
def test_call__no_ids_or_too_many_or_unequal__reverts(stage: Stage, function: str, ids: int, amounts: int) -> None:
    in_state(stage, OPEN)
    arguments = [list(range(ids)), [1] * amounts]
    if function != "open":
        arguments.insert(0, 1)
    assert refused(stage, function, *arguments) == ("ExportBatchSize", ids, amounts, BATCH)


@pytest.mark.parametrize("count", [1, 63, 64])
def test_batches__of_any_allowed_number__in_and_out_again(stage: Stage, count: int) -> None:
    ids = give(stage, *[300 + i for i in range(count)])
    amounts = [200 + i for i in range(count)]
    number = begin(stage, ids, amounts)
    stage.do(f"{EXPORTS}.add", number, ids, [50] * count, by="prosumer")
    assert [lies_in(stage, number, one) for one in ids] == [250 + i for i in range(count)]
    assert [inside(stage, one) for one in ids] == [250 + i for i in range(count)]
    assert {held(stage, "prosumer", one) for one in ids} == {50}
    assert group_of(stage, number).wh == sum(amounts) + 50 * count
    stage.do(f"{EXPORTS}.release", number, ids, [250 + i for i in range(count)], by="prosumer")
    assert [held(stage, "prosumer", one) for one in ids] == [300 + i for i in range(count)]
    assert {(inside(stage, one), lies_in(stage, number, one)) for one in ids} == {(0, 0)}
    assert group_of(stage, number)[4:6] == (0, OPEN)


@pytest.mark.parametrize(("apart", "limit"), [(1, GAS_LIMIT_IDS_IN_A_ROW), (TEN_A_SLOT, GAS_LIMIT_IDS_APART)])
def test_batch__of_64_ids__within_the_gas_limit(stage: Stage, apart: int, limit: int) -> None:
    ids = [give(stage, 3_000, first=INTERVAL + apart * i)[0] for i in range(BATCH)]
    first = stage.do(f"{EXPORTS}.open", ids, [1_000] * BATCH, by="prosumer")
    then = stage.do(f"{EXPORTS}.add", 1, ids, [1_000] * BATCH, by="prosumer")
    back = stage.do(f"{EXPORTS}.release", 1, ids, [1_000] * BATCH, by="prosumer")
    used = [receipt["gasUsed"] for receipt in (first, then, back)]
    print(f"gas of 64 ids {apart} interval(s) apart: open {used[0]:,}, add {used[1]:,}, release {used[2]:,}")
    assert max(used) <= limit


# ---------------------------------------------------------------------- Wh a group


@pytest.mark.parametrize(("wh", "state"), [(1, OPEN), (999_999, OPEN), (1_000_000, COMPLETE)])
def test_open__up_to_the_size__complete_at_it_only(stage: Stage, wh: int, state: int) -> None:
    [one] = give(stage, 2_000_000)
    number = begin(stage, [one], [wh])
    assert group_of(stage, number)[4:6] == (wh, state)
    assert stage.see(f"{EXPORTS}.groupSize") == FULL


@pytest.mark.parametrize(("amounts", "given"), [([1_000_001], 1_000_001), ([1_000_000, 1], 1_000_001)])
def test_open__one_wh_too_many__reverts(stage: Stage, amounts: list[int], given: int) -> None:
    ids = give(stage, 2_000_000, 5)[: len(amounts)]
    assert refused(stage, "open", ids, amounts) == ("ExportTooMuch", 1, given, FULL)


@pytest.mark.parametrize("amounts", [[2**256 - 1], [2**256 - 1, 1], [2**255, 2**255], [2**32, 1], [2**24, 1]])
def test_open__absurd_amounts__revert_as_too_many(stage: Stage, amounts: list[int]) -> None:
    ids = give(stage, 2_000, 5)[: len(amounts)]
    expected = ("ExportTooMuch", 1, min(sum(amounts), 2**256 - 1), FULL)
    assert refused(stage, "open", ids, amounts) == expected


def test_add__to_one_short_of_full__takes_exactly_one(stage: Stage) -> None:
    ids = give(stage, 999_999, 5)
    number = begin(stage, ids[:1], [999_999])
    assert refused(stage, "add", number, ids[1:], [2]) == ("ExportTooMuch", number, 2, 1)
    stage.do(f"{EXPORTS}.add", number, ids[1:], [1], by="prosumer")
    assert group_of(stage, number)[4:6] == (FULL, COMPLETE)


def test_release__of_one_wh__opens_a_complete_group(stage: Stage) -> None:
    ids = in_state(stage, COMPLETE)
    stage.do(f"{EXPORTS}.release", 1, ids[:1], [1], by="prosumer")
    assert group_of(stage, 1)[4:6] == (999_999, OPEN)
    stage.do(f"{EXPORTS}.add", 1, ids[1:], [1], by="prosumer")
    assert group_of(stage, 1)[4:6] == (FULL, COMPLETE)


def test_groups__of_neighbouring_intervals_at_the_limit__never_spill_over(stage: Stage) -> None:
    """Ten intervals share a storage word: the fullest id beside an empty one, in two groups."""
    ids = give(stage, MOST, MOST, MOST)
    for number in (1, 2):
        assert begin(stage, [ids[1]], [FULL]) == number
    assert [lies_in(stage, number, one) for number in (1, 2) for one in ids] == [0, FULL, 0] * 2
    assert [inside(stage, one) for one in ids] == [0, 2 * FULL, 0]
    assert [held(stage, "prosumer", one) for one in ids] == [MOST, MOST - 2 * FULL, MOST]


# ---------------------------------------------------------------------- which Wh


@pytest.mark.parametrize("function", ["open", "add"])
def test_add__zero_wh_of_an_id__reverts(stage: Stage, function: str) -> None:
    ids = in_state(stage, OPEN)
    number = [1] if function == "add" else []
    assert refused(stage, function, *number, ids, [3, 0]) == ("GuaranteeAmountZero", ids[1])


def test_release__zero_wh_of_an_id__reverts(stage: Stage) -> None:
    ids = in_state(stage, OPEN)
    assert refused(stage, "release", 1, ids, [3, 0]) == ("GuaranteeAmountZero", ids[1])


@pytest.mark.parametrize("beside", [1 << 32, 1 << 64, -(1 << 32)])
def test_open__ids_of_two_devices__reverts(stage: Stage, beside: int) -> None:
    [one] = give(stage, 50)
    give(stage, 50, participant=2)
    assert refused(stage, "open", [one, one + beside], [1, 1]) == ("ExportOtherDevice", one + beside, DEVICE)


def test_open__number_of_no_certificate__reverts(stage: Stage) -> None:
    """It ends in the same 64 bits as one that is held."""
    [one] = give(stage, 50)
    assert refused(stage, "open", [one + (1 << 64)], [1]) == ("ExportOtherDevice", one + (1 << 64), DEVICE)


def test_add__of_another_device_of_the_member__reverts(stage: Stage) -> None:
    in_state(stage, OPEN)
    [other] = give(stage, 50, participant=2)
    arguments = (stage.address("neighbour"), stage.address("prosumer"), other, 50, b"")
    stage.do(f"{GOO}.safeTransferFrom", *arguments, by="neighbour")
    assert refused(stage, "add", 1, [other], [1]) == ("ExportOtherDevice", other, DEVICE)
    assert begin(stage, [other], [50]) == 2


@pytest.mark.parametrize("amounts", [[51], [25, 26]])
def test_open__more_than_is_held__reverts(stage: Stage, amounts: list[int]) -> None:
    [one] = give(stage, 50)
    left = 50 - sum(amounts[:-1])
    expected = ("ERC1155InsufficientBalance", key_of("prosumer").address.lower(), left, amounts[-1], one)
    assert refused(stage, "open", [one] * len(amounts), amounts) == expected


def test_open__what_lies_in_another_group__reverts(stage: Stage) -> None:
    """A Wh is in one group only: who has put it there has it no more."""
    [one] = give(stage, 50)
    begin(stage, [one], [50])
    expected = ("ERC1155InsufficientBalance", key_of("prosumer").address.lower(), 0, 1, one)
    assert refused(stage, "open", [one], [1]) == expected


def test_release__what_lies_in_another_group__reverts(stage: Stage) -> None:
    ids = give(stage, 50, 50)
    for one in ids:
        begin(stage, [one], [50])
    assert refused(stage, "release", 1, [ids[1]], [1]) == ("ExportNotInGroup", 1, ids[1], 0, 1)


@pytest.mark.parametrize(("repeated", "wh", "left"), [(1, 51, 50), (2, 26, 24), (1, 2**256 - 1, 50)])
def test_release__more_than_lies_in_the_group__reverts(stage: Stage, repeated: int, wh: int, left: int) -> None:
    [one] = give(stage, 200)
    begin(stage, [one], [50])
    begin(stage, [one], [50])
    expected = ("ExportNotInGroup", 1, one, left, wh)
    assert refused(stage, "release", 1, [one] * repeated, [wh] * repeated) == expected


def test_release__number_of_no_certificate__reverts(stage: Stage) -> None:
    [one] = give(stage, 50)
    begin(stage, [one], [50])
    wrong = one + (1 << 64)
    assert refused(stage, "release", 1, [wrong], [1]) == ("ExportNotInGroup", 1, wrong, 0, 1)


def test_open__an_id_twice__counts_both(stage: Stage) -> None:
    [one] = give(stage, 50)
    number = begin(stage, [one, one], [20, 30])
    assert (lies_in(stage, number, one), inside(stage, one), held(stage, "prosumer", one)) == (50, 50, 0)


# ---------------------------------------------------------------------- what a group knows of itself


def test_group__intervals__span_what_was_put_in_until_it_is_empty(stage: Stage) -> None:
    ids = give(stage, 50, 50, 50, 50)
    number = begin(stage, ids[1:3], [10, 10])
    assert group_of(stage, number) == Group(DEVICE, 1, INTERVAL + 1, INTERVAL + 2, 20, OPEN, bytes(32))
    stage.do(f"{EXPORTS}.add", number, [ids[3], ids[0]], [10, 10], by="prosumer")
    assert group_of(stage, number)[2:4] == (INTERVAL, INTERVAL + 3)
    stage.do(f"{EXPORTS}.release", number, [ids[0], ids[3]], [10, 10], by="prosumer")
    assert group_of(stage, number)[2:4] == (INTERVAL, INTERVAL + 3), "a release does not move them"
    stage.do(f"{EXPORTS}.release", number, ids[1:3], [10, 10], by="prosumer")
    stage.do(f"{EXPORTS}.add", number, ids[2:3], [10], by="prosumer")
    assert group_of(stage, number)[2:5] == (INTERVAL + 2, INTERVAL + 2, 10), "it began anew"


def test_group__never_opened__is_nothing(stage: Stage) -> None:
    in_state(stage, OPEN)
    for number in (0, 2, 2**256 - 1):
        assert group_of(stage, number) == Group(0, 0, 0, 0, 0, 0, bytes(32))
        assert lies_in(stage, number, DEVICE << 32 | INTERVAL) == 0


def test_events__of_a_whole_life__say_all(stage: Stage) -> None:
    ids = give(stage, 600_000, 600_000)
    wallet, keeper = key_of("prosumer").address, stage.address(EXPORTS)

    def told(receipt: TxReceipt, *names: str) -> list[dict[str, object]]:
        return [event for name in names for event in stage.events(receipt, name)]

    opened = stage.do(f"{EXPORTS}.open", ids, [600_000, 399_000], by="prosumer")
    moved = {"operator": keeper, "from": wallet, "to": keeper}
    assert told(opened, f"{EXPORTS}.GroupOpened", f"{EXPORTS}.GroupAdded", f"{GOO}.TransferBatch") == [
        {"group": 1, "device": DEVICE, "member": 1},
        {"group": 1, "holder": wallet, "ids": ids, "amounts": [600_000, 399_000], "totalWh": 999_000},
        moved | {"ids": ids, "values": [600_000, 399_000]},
    ]
    added = stage.do(f"{EXPORTS}.add", 1, ids[1:], [1_000], by="prosumer")
    assert told(added, f"{EXPORTS}.GroupOpened", f"{EXPORTS}.GroupAdded", f"{GOO}.TransferSingle") == [
        {"group": 1, "holder": wallet, "ids": ids[1:], "amounts": [1_000], "totalWh": FULL},
        moved | {"id": ids[1], "value": 1_000},
    ]
    released = stage.do(f"{EXPORTS}.release", 1, ids[1:], [1_000], by="prosumer")
    assert told(released, f"{EXPORTS}.GroupReleased", f"{GOO}.TransferSingle") == [
        {"group": 1, "holder": wallet, "ids": ids[1:], "amounts": [1_000], "totalWh": 999_000},
        {"operator": keeper, "from": keeper, "to": wallet, "id": ids[1], "value": 1_000},
    ]
    stage.do(f"{EXPORTS}.add", 1, ids[1:], [1_000], by="prosumer")
    exported = export(stage, 1)
    assert told(exported, f"{EXPORTS}.GroupExported") == [{"group": 1, "nationalReference": NATIONAL}]
    assert not told(exported, f"{GOO}.TransferSingle", f"{GOO}.TransferBatch"), "the Wh stay where they are"
