"""From a revert's bytes to the contract's error by name and arguments."""

from __future__ import annotations

from functools import cache
from typing import Any

from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError
from eth_utils.abi import collapse_if_tuple, function_abi_to_4byte_selector

from wattcommons.chain.artifacts import load_artifact
from wattcommons.chain.deployment import CONTRACTS
from wattcommons.errors import RevertedError

_BUILT_IN: tuple[dict[str, Any], ...] = (
    {"type": "error", "name": "Error", "inputs": [{"name": "reason", "type": "string"}]},
    {"type": "error", "name": "Panic", "inputs": [{"name": "code", "type": "uint256"}]},
)


def reverted(data: object, contract: str = "") -> RevertedError:
    """The typed error for revert data (0x hex, bytes, or None when the node gave none)."""
    raw = _as_bytes(data)
    found = _errors().get(raw[:4])
    if found is None:
        return RevertedError("", contract=contract, raw=raw)
    types = [collapse_if_tuple(item) for item in found["inputs"]]
    try:
        values = decode(types, raw[4:])
    except DecodingError:
        return RevertedError(found["name"], contract=contract, raw=raw)
    names = [item["name"] or str(position) for position, item in enumerate(found["inputs"])]
    return RevertedError(found["name"], dict(zip(names, values, strict=True)), contract=contract, raw=raw)


def _as_bytes(data: object) -> bytes:
    if isinstance(data, str) and data.startswith("0x"):
        return bytes.fromhex(data[2:])
    return data if isinstance(data, bytes) else b""


@cache
def _errors() -> dict[bytes, dict[str, Any]]:
    """Every error a contract of ours can raise, by selector: a call may fail in another contract."""
    known = [item for name in CONTRACTS for item in load_artifact(name).abi if item["type"] == "error"]
    return {function_abi_to_4byte_selector(item): item for item in (*known, *_BUILT_IN)}  # type: ignore[arg-type]
