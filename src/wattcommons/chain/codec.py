"""Encoding calls and decoding answers by the shipped ABIs, without the cost of a contract object's checks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property, partial
from typing import Any

from eth_abi.abi import decode, encode
from eth_utils.abi import collapse_if_tuple, function_abi_to_4byte_selector

from wattcommons.chain.artifacts import load_artifact
from wattcommons.chain.words import words_decoder
from wattcommons.errors import FatalError


@dataclass(frozen=True)
class Function:
    """One function of a contract: its selector and the types that go in and come out."""

    selector: bytes
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]

    def encode(self, *arguments: Any) -> bytes:
        """Calldata."""
        return self.selector + encode(self.inputs, arguments)

    def decode(self, answer: bytes) -> Any:
        """What the function returned: one value, or a tuple of several. Raises DecodingError on a broken answer."""
        values = self._values(answer)
        return values[0] if len(values) == 1 else values

    @cached_property
    def _values(self) -> Callable[[bytes], tuple[Any, ...]]:
        return words_decoder(self.outputs) or partial(decode, self.outputs)


@cache
def function_of(contract: str, name: str) -> Function:
    """A function that is not overloaded. Raises FatalError for an unknown name."""
    found: list[Any] = [
        item for item in load_artifact(contract).abi if item["type"] == "function" and item["name"] == name
    ]
    if len(found) != 1:
        raise FatalError(f"{contract} has {len(found)} functions named {name}")
    [item] = found
    return Function(
        function_abi_to_4byte_selector(item),
        tuple(collapse_if_tuple(one) for one in item["inputs"]),
        tuple(collapse_if_tuple(one) for one in item["outputs"]),
    )
