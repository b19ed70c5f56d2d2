"""Compiled contracts as shipped in the package: ABI and creation bytecode."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from eth_utils.abi import function_abi_to_4byte_selector

from wattcommons.errors import FatalError


@dataclass(frozen=True)
class Artifact:
    """One compiled contract. `bytecode` is its creation code without constructor arguments."""

    name: str
    abi: list[dict[str, Any]]
    bytecode: str

    def selector(self, function: str) -> bytes:
        """The 4-byte selector of a function that is not overloaded. Raises FatalError for an unknown name."""
        found = [item for item in self.abi if item["type"] == "function" and item["name"] == function]
        if len(found) != 1:
            raise FatalError(f"{self.name} has {len(found)} functions named {function}")
        return function_abi_to_4byte_selector(found[0])  # type: ignore[arg-type]


@cache
def load_artifact(name: str) -> Artifact:
    """The shipped artifact of a contract. Raises FatalError when the package holds none of that name."""
    path = files("wattcommons.chain") / "artifacts" / f"{name}.json"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise FatalError(f"no compiled contract {name} in the package", "reinstall, or run `make artifacts`") from error
    return Artifact(name=name, abi=content["abi"], bytecode=content["bytecode"])
