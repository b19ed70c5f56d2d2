"""Words for the tests of guarantees of origin: entries, ids, deadlines, statements, signed cancellations."""

from __future__ import annotations

from typing import Any

from web3.types import TxReceipt

from tests.contracts.tokens.kit import LENGTH_S, Stage
from wattcommons.domain.guarantees import Lifetime, lifetime_of
from wattcommons.domain.intervals import IntervalLength

GOO = "GuaranteeOfOrigin"
INTERVAL = 1_756_598_400 // LENGTH_S - 1
"""Production ends at 2025-08-31T00:00Z: twelve months later is 31 August, eighteen the last of February."""
DEVICE = 11
ID = DEVICE << 32 | INTERVAL
WH = 1_000
BATCH = 64
MOST = 2**24 - 1

TERMS = (b"\x01" * 32, b"\x02" * 32, 1_756_000_000, 1_757_000_000, b"FR", b"\x03" * 32)
STATEMENT_FIELDS = [
    {"name": "beneficiary", "type": "bytes32"},
    {"name": "purpose", "type": "bytes32"},
    {"name": "periodFrom", "type": "uint64"},
    {"name": "periodTo", "type": "uint64"},
    {"name": "country", "type": "bytes2"},
    {"name": "statementHash", "type": "bytes32"},
]
CANCELLATION = {
    "Cancellation": [
        {"name": "holder", "type": "address"},
        {"name": "ids", "type": "uint256[]"},
        {"name": "amounts", "type": "uint256[]"},
        {"name": "terms", "type": "Statement"},
        {"name": "nonce", "type": "uint256"},
        {"name": "deadline", "type": "uint64"},
    ],
    "Statement": STATEMENT_FIELDS,
}


def entry(participant: int, own: int, sold: int, grid: int) -> int:
    """What the market passes for one producer."""
    return participant << 72 | own << 48 | sold << 24 | grid


def issue(stage: Stage, *entries: int, interval: int = INTERVAL) -> TxReceipt:
    """The market settles an interval."""
    return stage.do(f"{GOO}.issue", interval, list(entries), by="market")


def held(stage: Stage, who: str, token: int = ID) -> int:
    return int(stage.see(f"{GOO}.balanceOf", stage.address(who), token))


def totals(stage: Stage, device: int = DEVICE) -> tuple[int, int, int]:
    """Wh issued, cancelled and withdrawn of a device."""
    issued, cancelled, withdrawn = stage.see(f"{GOO}.totalsOf", device)
    return issued, cancelled, withdrawn


def lifetime(token: int = ID) -> Lifetime:
    """The domain's deadlines."""
    return lifetime_of(token, IntervalLength(LENGTH_S // 60))  # type: ignore[arg-type]


def signed_cancellation(
    stage: Stage,
    ids: list[int],
    amounts: list[int],
    /,
    *,
    holder: str = "prosumer",
    by: str = "prosumer",
    **changes: Any,
) -> tuple[Any, ...]:
    """Arguments of `cancelFor`. `changes` falsify what is signed, not what is sent; `domain` falsifies the domain."""
    domain = changes.pop("domain", {})
    deadline = changes.pop("deadline", stage.now() + 600)
    fields = [item["name"] for item in STATEMENT_FIELDS]
    message = {
        "holder": stage.address(holder),
        "ids": ids,
        "amounts": amounts,
        "terms": dict(zip(fields, TERMS, strict=True)),
        "nonce": stage.see(f"{GOO}.nonces", stage.address(holder)),
        "deadline": deadline,
    }
    signature = stage.sign(GOO, CANCELLATION, message | changes, by, **domain)
    return (stage.address(holder), ids, amounts, TERMS, deadline, signature)
