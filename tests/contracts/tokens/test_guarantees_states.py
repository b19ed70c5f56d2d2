"""Every state of a certificate's Wh, every action, every caller: one table says what each attempt comes to."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from tests.contracts.tokens.certificates import GOO, ID, WH, lifetime
from tests.contracts.tokens.kit import Stage
from tests.contracts.tokens.states import (
    ACTIONS,
    CALLERS,
    EARNED,
    EXPORTS,
    NO_SUCH,
    OWN,
    PLACES,
    SOLD,
    SOME,
    Attempts,
    bring,
)

pytestmark = pytest.mark.contracts

TABLE = """
action             | by              | where the Wh are          | under 12 months | under 18        | later
-------------------+-----------------+---------------------------+-----------------+-----------------+---------------
issue              | market          | not issued                | issues          | issues          | issues
issue              | market          | any                       | issued before   | issued before   | issued before
issue              | any             | any                       | no market       | no market       | no market
correct up         | corrections     | not issued                | first issue     | first issue     | first issue
correct up         | corrections     | closed claim              | waits           | waits           | waits
correct up         | corrections     | any                       | mints           | mints           | mints
correct up         | any             | any                       | no corrections  | no corrections  | no corrections
correct down       | corrections     | not issued                | lesser issue    | lesser issue    | lesser issue
correct down       | corrections     | claim, closed claim       | shrinks claim   | shrinks claim   | expired
correct down       | corrections     | kept                      | withdraws       | withdraws       | expired
correct down       | corrections     | any                       | owes            | owes            | owes
correct down       | any             | any                       | no corrections  | no corrections  | no corrections
claim              | any             | claim                     | claims          | claims          | expired
claim              | any             | closed claim              | no holder       | no holder       | expired
claim              | any             | any                       | nothing waits   | nothing waits   | nothing waits
transfer           | subject, broker | kept, held                | moves           | too late        | too late
transfer           | subject, broker | barred                    | no holder       | no holder       | no holder
transfer           | subject, broker | any                       | too little      | too late        | too late
transfer           | any             | any                       | not approved    | not approved    | not approved
transfer to heir   | subject, broker | replaced                  | moves to heir   | moves to heir   | expired
transfer to heir   | subject, broker | deactivated, closed claim | no holder       | no holder       | no holder
transfer to heir   | subject, broker | any                       | heir no holder  | heir no holder  | heir no holder
transfer to heir   | any             | any                       | not approved    | not approved    | not approved
cancel             | subject         | kept, held                | cancels         | cancels         | expired
cancel             | subject         | barred                    | no holder       | no holder       | no holder
cancel             | new wallet      | replaced                  | has none        | has none        | expired
cancel             | members         | any                       | has none        | has none        | expired
cancel             | any             | any                       | no member       | no member       | no member
cancel for         | any             | kept, held                | cancels         | cancels         | expired
cancel for         | any             | barred                    | no holder       | no holder       | no holder
cancel for         | any             | any                       | too little      | too little      | expired
cancel for, forged | any             | any                       | not signed      | not signed      | not signed
withdraw           | issuing body    | kept, held                | withdraws       | withdraws       | expired
withdraw           | issuing body    | replaced, deactivated     | withdraws       | withdraws       | expired
withdraw           | issuing body    | any                       | too little      | too little      | expired
withdraw           | any             | any                       | no role         | no role         | no role
withdraw claim     | issuing body    | claim, closed claim       | shrinks claim   | shrinks claim   | expired
withdraw claim     | issuing body    | any                       | claim too small | claim too small | expired
withdraw claim     | any             | any                       | no role         | no role         | no role
recover            | any             | replaced                  | recovers        | recovers        | expired
recover            | any             | any                       | not replaced    | not replaced    | not replaced
lock               | ExportGroups    | kept, held                | locks           | too late        | too late
lock               | ExportGroups    | barred                    | no holder       | no holder       | no holder
lock               | ExportGroups    | any                       | too little      | too late        | too late
lock               | any             | any                       | no groups       | no groups       | no groups
unlock             | ExportGroups    | grouped                   | unlocks         | unlocks         | expired
unlock             | ExportGroups    | barred                    | no holder       | no holder       | no holder
unlock             | ExportGroups    | any                       | none grouped    | none grouped    | expired
unlock             | any             | any                       | no groups       | no groups       | no groups
withdraw grouped   | issuing body    | any                       | locked          | locked          | locked
withdraw grouped   | any             | any                       | no role         | no role         | no role
"""
"""The first line that fits holds. `subject` is whose wallet it is about: the prosumer where it keeps its Wh or they
wait for it, else the neighbour; `barred`: that wallet is replaced, deactivated, or of a closed account. What is said of
`transfer` holds for `batch transfer` too, and what the subject forges itself is as `cancel for`."""

EFFECTS = {
    "issues": {"prosumer": SOME, "issued": SOME},
    "first issue": {"prosumer": WH + SOME, "issued": EARNED + SOME, "cancelled": OWN + SOLD},
    "lesser issue": {"prosumer": WH - SOME, "issued": EARNED - SOME, "cancelled": OWN + SOLD},
    "mints": {"prosumer": SOME, "issued": SOME},
    "waits": {"waiting": SOME, "issued": SOME},
    "shrinks claim": {"waiting": -SOME, "withdrawn": SOME},
    "owes": {"debt": SOME},
    "claims": {"prosumer": WH, "waiting": -WH},
    "moves": {"subject": -SOME, "third member": SOME},
    "moves to heir": {"subject": -SOME, "new wallet": SOME},
    "cancels": {"subject": -SOME, "cancelled": SOME},
    "withdraws": {"subject": -SOME, "withdrawn": SOME},
    "recovers": {"subject": -WH, "new wallet": WH},
    "locks": {"subject": -SOME, EXPORTS: SOME},
    "unlocks": {"subject": SOME, EXPORTS: -SOME},
}
"""Wh that balances, claim, totals and debt change by. Nothing else changes."""

DEADLINES = {"transfer": lifetime().transferable_until, "cancel": lifetime().cancellable_until}
MOMENTS = {
    f"{'12' if name == 'transfer' else '18'} months {shift:+d} s": until + shift
    for name, until in DEADLINES.items()
    for shift in (-1, 0, 1)
}
ALIASES = {"batch transfer": "transfer"}
GROUPS = {
    "any": {*CALLERS, *PLACES},
    "members": {"prosumer", "neighbour", "third member"},
    "barred": {"replaced", "deactivated", "closed claim"},
}
LINES = [[cell.strip() for cell in line.split("|")] for line in TABLE.strip().splitlines()[2:]]


def names(cell: str, one: str) -> bool:
    """Whether a cell of the table means this caller or place too."""
    return any(one in GROUPS.get(word, {word}) for word in cell.split(", "))


def line_of(action: str, caller: str, place: str, subject: str) -> int:
    """Position of the first line of the table that fits."""
    if action == "cancel for, forged" and caller == subject:
        action = "cancel for"
    action = ALIASES.get(action, action)
    for position, (known, by, places, *_) in enumerate(LINES):
        by = by.replace("subject", subject)
        if known == action and names(by, caller) and names(places, place):
            return position
    raise AssertionError(f"the table does not say what {action} by {caller} comes to when Wh are {place}")


def word_of(action: str, caller: str, place: str, subject: str, at: int) -> str:
    """The table's word for an attempt at that second."""
    age = sum(at >= until for until in DEADLINES.values())
    return LINES[line_of(action, caller, place, subject)][3 + age]


def effect_of(word: str, subject: str) -> dict[str, int]:
    """The changes that a word stands for."""
    return {subject if name == "subject" else name: wh for name, wh in EFFECTS[word].items()}


def refusal_of(word: str, stage: Stage, caller: str, subject: str) -> tuple[Any, ...]:
    """The custom error that a word stands for, with its values."""
    sender, owner = stage.address(caller).lower(), stage.address(subject).lower()
    refusals: dict[str, tuple[Any, ...]] = {
        "issued before": ("GuaranteeAlreadyIssued", ID, EARNED),
        "no market": ("GuaranteeOnlyMarket", sender),
        "no corrections": ("GuaranteeOnlyCorrections", sender),
        "no groups": ("GuaranteeOnlyExports", sender),
        "none grouped": ("ERC1155InsufficientBalance", stage.address(EXPORTS).lower(), 0, SOME, ID),
        "locked": ("GuaranteeLocked", ID),
        "no role": ("AccessManagedUnauthorized", sender),
        "no holder": ("GuaranteeNotAccountHolder", owner),
        "no member": ("GuaranteeNotAccountHolder", sender),
        "heir no holder": ("GuaranteeNotAccountHolder", stage.address("new wallet").lower()),
        "not approved": ("ERC1155MissingApprovalForAll", sender, owner),
        "too little": ("ERC1155InsufficientBalance", owner, 0, SOME, ID),
        "has none": ("ERC1155InsufficientBalance", sender, 0, SOME, ID),
        "claim too small": ("GuaranteeClaimTooSmall", ID, 0, SOME),
        "nothing waits": ("GuaranteeNothingToClaim", ID),
        "not replaced": ("GuaranteeNoSuccessor", owner),
        "not signed": ("GuaranteeSignatureInvalid", owner),
        "too late": ("GuaranteeTransferClosed", ID, DEADLINES["transfer"]),
        "expired": ("GuaranteeExpired", ID, DEADLINES["cancel"]),
    }
    return refusals[word]


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("place", PLACES)
def test_any_action__by_anyone__comes_to_what_the_table_says(stage: Stage, place: str, moment: str) -> None:
    subject, at = bring(stage, place), MOMENTS[moment]
    attempts = Attempts(stage, subject)
    words = {(action, caller): word_of(action, caller, place, subject, at) for action in ACTIONS for caller in CALLERS}
    carried_out = {attempt: attempts.carry_out(*attempt, at=at) for attempt, word in words.items() if word in EFFECTS}
    assert carried_out == {attempt: effect_of(words[attempt], subject) for attempt in carried_out}
    stage.travel(at)
    expected = {
        (action, caller): () if word in EFFECTS else refusal_of(word, stage, caller, subject)
        for (action, caller), word in words.items()
    }
    expected |= {(signature, caller): ("no such function",) for signature in NO_SUCH for caller in CALLERS}
    assert attempts.outcomes() == expected


def test_table__every_line__holds_for_some_attempt() -> None:
    subjects = {place: "prosumer" if place in ("claim", "closed claim", "kept") else "neighbour" for place in PLACES}
    attempts = product(ACTIONS, CALLERS, subjects.items())
    assert {line_of(action, caller, *where) for action, caller, where in attempts} == set(range(len(LINES)))


def test_table__writes_of_the_contract__are_its_actions_and_two_that_move_nothing(stage: Stage) -> None:
    abi = stage.contracts[GOO].abi
    writes = {item["name"] for item in abi if item["type"] == "function" and item["stateMutability"] == "nonpayable"}
    assert writes == set(ACTIONS.values()) | {"setApprovalForAll", "setAuthority"}
