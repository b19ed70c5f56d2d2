"""Where a contract keeps a value: its slot, as the compiler laid it out (layout.json)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from wattcommons.verifier.hashing import keccak, number, word

CONTRACTS: Final = ("Corrections", "EnergyMarket", "GuaranteeOfOrigin", "MemberRegistry", "MeterLedger")
"""The contracts a proof reads."""


@dataclass(frozen=True)
class Layout:
    """Slots of state variables and places of struct members. `identity` names this layout in proof files."""

    identity: str
    contracts: dict[str, dict[str, int]]
    structs: dict[str, dict[str, tuple[int, int, int]]]

    def variable(self, contract: str, name: str) -> int:
        """Slot of a state variable."""
        return self.contracts[contract][name]

    def member(self, struct: str, name: str) -> int:
        """Slots from a struct's first one to a member's."""
        return self.structs[struct][name][0]

    def cut(self, struct: str, name: str, stored: int) -> bytes:
        """A member out of the word it lies in."""
        _, offset, size = self.structs[struct][name]
        return (stored >> 8 * offset).to_bytes(64, "big")[-size:]


def mapped(base: int, key: int) -> int:
    """Slot of a mapping's value; the key as a number."""
    return number(keccak(word(key) + word(base)))


def element(base: int, index: int) -> int:
    """Slot of a dynamic array's element of one word; slots wrap as the machine's words do."""
    return (number(keccak(word(base))) + index) % 2**256


@cache
def current() -> Layout:
    """The layout of the contracts that this version ships."""
    data = (files("wattcommons.verifier") / "layout.json").read_bytes()
    found = json.loads(data)
    return Layout(
        keccak(json.dumps(found, sort_keys=True, separators=(",", ":")).encode())[:8].hex(),
        found["contracts"],
        {
            struct: {name: tuple(place) for name, place in members.items()}
            for struct, members in found["structs"].items()
        },
    )
