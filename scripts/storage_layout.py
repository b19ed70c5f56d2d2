"""Where the contracts keep what a proof file shows, as the compiler lays it out.

`export_artifacts.py` writes it to src/wattcommons/verifier/layout.json and checks it for drift. No code is generated
for it, so that it takes seconds. Packings inside a word are the contracts' own (contracts/libraries): the compiler
knows nothing of them, and tests hold the verifier to a living chain.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from eth_utils.crypto import keccak
from solcx import compile_standard

READ: Final = {
    "Corrections": ("_earlier",),
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

_PAGE_HEAD: Final = "/** Where the contracts keep what a proof file shows; made by scripts/export_artifacts.py. */\n"


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


def page_text(found: dict[str, Any]) -> str:
    """The same for the verifier in the pages, with the name by which proof files call this layout."""
    plain = json.dumps(found, sort_keys=True, separators=(",", ":"))
    identity = keccak(plain.encode())[:8].hex()
    value = json.dumps({"identity": identity, **found}, indent=1, sort_keys=True)
    return f"{_PAGE_HEAD}export const PROOF_LAYOUT = {value} as const;\n"


def drift(found: dict[str, Any], target: Path, page: Path) -> list[str]:
    """One line if a file is not what the sources say."""
    kept = {target: text(found), page: page_text(found)}
    if all(one.is_file() and one.read_text(encoding="utf-8") == expected for one, expected in kept.items()):
        return []
    return [f"{target.name}: not the storage layout of the contracts (proof files made so far rest on the old one)"]


def _members(members: list[dict[str, Any]], wanted: tuple[str, ...], types: dict[str, Any]) -> dict[str, list[int]]:
    known = {one["label"]: one for one in members}
    return {
        name: [int(known[name]["slot"]), int(known[name]["offset"]), int(types[known[name]["type"]]["numberOfBytes"])]
        for name in wanted
    }
