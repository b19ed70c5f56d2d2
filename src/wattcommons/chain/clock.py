"""The clock of a development chain, which alone can be set; that of a real chain cannot."""

from __future__ import annotations

from typing import Any, Final

from web3 import Web3
from web3.types import RPCEndpoint

from wattcommons.errors import DeploymentError

_HINT: Final = "leave the node out, and a development chain of the right time is started for you"


class ChainClock:
    """Reads and sets the time of a development chain; between two settings it runs by itself."""

    def __init__(self, web3: Web3) -> None:
        self._web3 = web3

    def now(self) -> int:
        """Time of the latest block, unix seconds."""
        return int(self._web3.eth.get_block("latest")["timestamp"])

    def advance_to(self, timestamp: int) -> None:
        """Mine a block at `timestamp` (unix seconds); nothing happens when that is not later than now.

        Raises DeploymentError when the node does not let its clock be set.
        """
        if timestamp <= self.now():
            return
        self._ask("evm_setNextBlockTimestamp", timestamp)
        self._ask("evm_mine")

    def require_unused(self) -> None:
        """Raises DeploymentError unless the chain has no block but its first and no clock but ours."""
        height = self._web3.eth.block_number
        if height:
            raise DeploymentError(f"the chain is in use: it has {height} blocks", _HINT)
        self._ask("evm_setNextBlockTimestamp", self.now() + 1)

    def _ask(self, method: str, *parameters: int) -> None:
        answer: Any = self._web3.provider.make_request(RPCEndpoint(method), list(parameters))
        if "error" in answer:
            detail = answer["error"]
            said = detail.get("message", detail) if isinstance(detail, dict) else detail
            raise DeploymentError(f"the node's clock cannot be set ({method}: {said})", _HINT)
