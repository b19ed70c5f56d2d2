"""Where the contracts keep what a proof file shows, as the compiler lays it out.

`export_artifacts.py` writes it to src/wattcommons/verifier/layout.json and checks it for drift. No code is generated
for it, so that it takes seconds. Packings inside a word are the contracts' own (contracts/libraries): the compiler
knows nothing of them, and tests hold the verifier to a living chain.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from solcx import compile_standard

READ: Final = {
    "MeterLedger": ("_readings",),
    "MemberRegistry": ("_participants", "_devices", "_states"),
    "EnergyMarket": ("_outcomes", "_fillsHashes"),
    "GuaranteeOfOrigin": ("_held", "_issued", "_claims"),
}
"""Contract -> its state variables that a proof reads."""

STRUCTS: Final = {
    "Participant": ("epochs",),
    "Device": ("technology", "fuel", "capacityW", "commissionedAt", "country", "scheme", "commitment"),
    "Trace": ("latest", "earlier"),
}
"""Struct -> its members that a proof reads."""


def layout(root: Path, solc: Path, remappings: list[str]) -> dict[str, Any]:
    """Slots of the variables read, and [slot, offset in bytes, bytes] of the members read."""
    sources = {f"contracts/{name}.sol": name for name in READ}
    output = compile_standard(
        {
            "language": "Solidity",
            "sources": {source: {"content": (root / source).read_text(encoding="utf-8")} for source in sources},
            "settings": {
                "remappings": remappings,
                "outputSelection": {source: {name: ["storageLayout"]} for source, name in sources.items()},
            },
        },
        base_path=root,
        solc_binary=solc,
    )
    contracts: dict[str, dict[str, int]] = {}
    structs: dict[str, dict[str, list[int]]] = {}
    for source, name in sources.items():
        found = output["contracts"][source][name]["storageLayout"]
        slots = {one["label"]: int(one["slot"]) for one in found["storage"]}
        contracts[name] = {label: slots[label] for label in READ[name]}
        for kind in found["types"].values():
            label = kind["label"].rpartition(".")[2]
            if kind["label"].startswith("struct ") and label in STRUCTS:
                structs[label] = _members(kind["members"], STRUCTS[label], found["types"])
    return {"contracts": contracts, "structs": structs}


def text(found: dict[str, Any]) -> str:
    """The file's content."""
    return json.dumps(found, indent=1, sort_keys=True) + "\n"


def drift(found: dict[str, Any], target: Path) -> list[str]:
    """One line if the file is not what the sources say."""
    if target.is_file() and target.read_text(encoding="utf-8") == text(found):
        return []
    return [f"{target.name}: not the storage layout of the contracts (proof files made so far rest on the old one)"]


def _members(members: list[dict[str, Any]], wanted: tuple[str, ...], types: dict[str, Any]) -> dict[str, list[int]]:
    known = {one["label"]: one for one in members}
    return {
        name: [int(known[name]["slot"]), int(known[name]["offset"]), int(types[known[name]["type"]]["numberOfBytes"])]
        for name in wanted
    }
