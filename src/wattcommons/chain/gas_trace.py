"""How much of a transaction's gas was spent inside one contract, from the node's own trace of it."""

from __future__ import annotations

from typing import Any

from web3 import Web3
from web3.types import RPCEndpoint


def gas_within(web3: Web3, tx_hash: str, contract: str) -> int | None:
    """Gas of the outermost calls to `contract`; None when the node keeps no traces.

    Without the refunds of the whole transaction, which belong to no call.
    """
    answer: Any = web3.provider.make_request(RPCEndpoint("debug_traceTransaction"), [tx_hash, {"tracer": "callTracer"}])
    frame = answer.get("result")
    if "error" in answer or not isinstance(frame, dict) or "gasUsed" not in frame:
        return None
    return _within(frame, contract.lower())


def _within(frame: dict[str, Any], contract: str) -> int:
    if str(frame.get("to", "")).lower() == contract:
        return int(frame["gasUsed"], 16)
    return sum(_within(inner, contract) for inner in frame.get("calls") or ())
