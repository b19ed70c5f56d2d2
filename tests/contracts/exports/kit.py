"""Words for the tests of export groups: certificates to group, groups in every state, what lies in them."""

from __future__ import annotations

from typing import Any, NamedTuple

from web3.types import TxReceipt

from tests.contracts.registry.kit import artifact, caught
from tests.contracts.tokens.certificates import DEVICE, GOO, INTERVAL, entry, issue
from tests.contracts.tokens.kit import Stage

EXPORTS = "ExportGroups"
FULL = 1_000_000
NATIONAL = b"GO-FR-0001".ljust(32, b"\0")
OTHER_NATIONAL = b"GO-FR-0002".ljust(32, b"\0")
REASON = b"wrong period".ljust(32, b"\0")
NO_REFERENCE = bytes(32)
NONE, OPEN, COMPLETE, EXPORTED = range(4)
STATES = {"none": NONE, "open": OPEN, "complete": COMPLETE, "exported": EXPORTED}


class Group(NamedTuple):
    """What the contract says of a group."""

    device: int
    member: int
    first: int
    last: int
    wh: int
    state: int
    reference: bytes


def give(stage: Stage, *amounts: int, participant: int = 1, first: int = INTERVAL) -> list[int]:
    """The market issues these Wh in consecutive intervals to a producer; their ids."""
    ids = []
    for interval, wh in enumerate(amounts, first):
        issue(stage, entry(participant, 0, 0, wh), interval=interval)
        ids.append((DEVICE - 1 + participant) << 32 | interval)
    return ids


def begin(stage: Stage, ids: list[int], amounts: list[int], by: str = "prosumer") -> int:
    """Open a group; its number."""
    stage.do(f"{EXPORTS}.open", ids, amounts, by=by)
    return int(stage.see(f"{EXPORTS}.groupCount"))


def export(stage: Stage, group: int, reference: bytes = NATIONAL) -> TxReceipt:
    return stage.do(f"{EXPORTS}.exportGroup", group, reference, by="issuing body")


def in_state(stage: Stage, state: int) -> list[int]:
    """Group 1 of the prosumer in a state, full but for 10 Wh where it is open. The ids in it; of each some is left."""
    ids = give(stage, 700_000, 700_000)
    if state != NONE:
        begin(stage, ids, [600_000, 400_000 - (10 if state == OPEN else 0)])
    if state == EXPORTED:
        export(stage, 1)
    return ids


def group_of(stage: Stage, group: int) -> Group:
    return Group(*stage.see(f"{EXPORTS}.groupInfo", group))


def lies_in(stage: Stage, group: int, token: int) -> int:
    """Wh of an id in a group."""
    return int(stage.see(f"{EXPORTS}.lockedIn", group, token))


def inside(stage: Stage, token: int) -> int:
    """Wh of an id that the exports contract has."""
    return int(stage.see(f"{GOO}.balanceOf", stage.address(EXPORTS), token))


def unbuilt(stage: Stage, name: str, *given: Any) -> tuple[Any, ...]:
    """Name and arguments of the error that a constructor reverts with."""
    found = artifact(name)
    built = stage.web3.eth.contract(abi=found["abi"], bytecode=found["bytecode"]).constructor(*given)
    return caught(found["abi"], lambda: stage.web3.eth.call({"data": built.data_in_transaction}))


def refused(stage: Stage, function: str, *arguments: Any, by: str = "prosumer") -> tuple[Any, ...]:
    return stage.refused(f"{EXPORTS}.{function}", *arguments, by=by)
