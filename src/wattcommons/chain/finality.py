"""Which block of a node is final: what stands there is taken as settled.

Either the block `depth` blocks below the newest (0 on a chain that never goes back, such as QBFT or a development
chain), or the one that the node itself calls finalized. A block once taken as final is remembered by its hash. When
another one stands in its place, nothing derived from the chain may be trusted any more, and the caller stops.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from web3 import Web3

from wattcommons.chain.rpc import ask_all, move_on, octets, quantity, result_of, useless
from wattcommons.errors import NodeUnavailable, ReorganisedError, SettingsError

_MOST_DEPTH: Final = 1_000_000


class Block(NamedTuple):
    """A block's header as far as it matters here. `timestamp`: unix seconds; `gas_limit`: of the whole block."""

    number: int
    hash: bytes
    timestamp: int
    gas_limit: int


class Finality:
    """Tells the final block. `depth`: blocks below the newest, 0 or more; None for the node's own finalized block.

    One object for one chain: it remembers the highest final block seen. Raises SettingsError for another depth.
    """

    def __init__(self, depth: int | None = 0, mark: Block | None = None) -> None:
        """`mark`: a block that was final when the caller ran last, as `blocks` gave it."""
        if depth is not None and not 0 <= depth <= _MOST_DEPTH:
            raise SettingsError(f"a depth of {depth} blocks", f"give 0 to {_MOST_DEPTH}", setting="finality")
        self.depth = depth
        self._mark = mark

    def final_block(self, web3: Web3) -> Block:
        """The final block, see `blocks`."""
        return self.blocks(web3)[1]

    def blocks(self, web3: Web3) -> tuple[Block, Block]:
        """The newest block and the final one, the first of the chain while it is shorter than the depth.

        A node that lags gives older ones than before; that is no contradiction. Raises NodeUnavailable, and
        ReorganisedError when a block that was final has been replaced.
        """
        mark = self._mark
        wanted: list[int | str] = ["latest"]
        if self.depth is None:
            wanted.append("finalized")
        if mark is not None:
            wanted.append(mark.number)
        found = _blocks(web3, wanted)
        newest = found[0]
        if newest is None:
            raise useless(web3, "the node has no newest block")
        if mark is not None:
            _require_same(web3, mark, found[-1], newest)
        final: Block | None
        if self.depth is None:
            final = found[1]
            if final is None:
                move_on(web3)
                raise NodeUnavailable("the node calls no block finalized", "set finality as a depth in blocks")
        elif self.depth == 0:
            final = newest
        else:
            [final] = _blocks(web3, [max(0, newest.number - self.depth)])
            if final is None:
                raise useless(web3, "the node does not give a block below its newest")
        if mark is None or final.number > mark.number:
            self._mark = final
        elif final.number == mark.number:
            _require_same(web3, mark, final, newest)
        return newest, final


def _require_same(web3: Web3, mark: Block, found: Block | None, newest: Block) -> None:
    if found is None:
        if newest.number > mark.number:
            raise useless(web3, f"the node does not give block {mark.number}, below its newest")
        return  # it lags
    if found.hash != mark.hash:
        raise ReorganisedError(
            f"block {mark.number} was final as 0x{mark.hash.hex()} and is 0x{found.hash.hex()} now",
            "find out which chain is the community's, then start again; on a chain that goes back, set a greater depth",
        )


def _blocks(web3: Web3, wanted: list[int | str]) -> list[Block | None]:
    tags = [hex(one) if isinstance(one, int) else one for one in wanted]
    answers = ask_all(web3, [("eth_getBlockByNumber", [tag, False]) for tag in tags])
    blocks: list[Block | None] = []
    for one, answer in zip(wanted, answers, strict=True):
        if one == "finalized" and "error" in answer:
            blocks.append(None)
            continue
        block = _block(web3, result_of(web3, answer))
        if block is not None and isinstance(one, int) and block.number != one:
            raise useless(web3, f"the node gave block {block.number} for {one}")
        blocks.append(block)
    return blocks


def _block(web3: Web3, header: Any) -> Block | None:
    if header is None:
        return None
    if not isinstance(header, dict):
        raise useless(web3, "the node gave something else where a block belongs")
    number, timestamp, gas_limit = (quantity(web3, header.get(name)) for name in ("number", "timestamp", "gasLimit"))
    return Block(number, octets(web3, header.get("hash"), 32), timestamp, gas_limit)
