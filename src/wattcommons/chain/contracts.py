"""The contracts of one community, bound to a node: calls, encoded calls and their errors."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from eth_typing import ChecksumAddress, HexStr
from eth_utils.conversions import to_bytes
from web3 import Web3
from web3.contract import Contract
from web3.exceptions import ContractCustomError, ContractLogicError, TransactionNotFound
from web3.types import BlockIdentifier

from wattcommons.chain.artifacts import load_artifact
from wattcommons.chain.deployment import CONTRACTS, Deployment
from wattcommons.chain.reverts import reverted
from wattcommons.errors import DeploymentError, WrongChain


@dataclass(frozen=True)
class Call:
    """An encoded call of a contract's function, ready to be sent. `label` is for people."""

    to: ChecksumAddress
    data: bytes
    label: str


class Contracts:
    """The contracts of a deployment on a connected node.

    Raises WrongChain when the node serves another chain, DeploymentError when no code is at an address.
    """

    def __init__(self, web3: Web3, deployment: Deployment, *, check: bool = True) -> None:
        self.web3 = web3
        self.deployment = deployment
        if not check:
            return
        found = web3.eth.chain_id
        if found != deployment.chain_id:
            raise WrongChain(deployment.chain_id, found)
        for name in CONTRACTS:
            if not web3.eth.get_code(Web3.to_checksum_address(deployment.address(name))):
                raise DeploymentError(
                    f"no contract {name} at {deployment.address(name)} on chain {found}",
                    "the chain was started anew, or the deployment file is another community's",
                )

    def __getitem__(self, name: str) -> Contract:
        """A contract by its name, as web3 knows it."""
        bound = self._bound.get(name)
        if bound is None:
            address = Web3.to_checksum_address(self.deployment.address(name))
            bound = self.web3.eth.contract(address=address, abi=load_artifact(name).abi)
            self._bound[name] = bound
        return bound

    def call(self, name: str, function: str, *arguments: Any) -> Call:
        """Encode a call to be sent."""
        contract = self[name]
        data = contract.encode_abi(function, args=list(arguments))
        return Call(contract.address, to_bytes(hexstr=HexStr(data)), f"{name}.{function}")

    def read(
        self, name: str, function: str, *arguments: Any, block: BlockIdentifier = "latest", sender: str = ""
    ) -> Any:
        """Execute a function without sending it; raises RevertedError with the contract's own error."""
        options: Any = {"from": sender} if sender else {}
        try:
            return self[name].functions[function](*arguments).call(options, block_identifier=block)
        except (ContractCustomError, ContractLogicError) as error:
            raise reverted(error.data, name) from error

    def sender_of(self, tx_hash: str) -> str:
        """The account that sent a transaction; empty where the node does not keep it."""
        try:
            return str(self.web3.eth.get_transaction(HexStr(tx_hash))["from"])
        except TransactionNotFound:
            return ""

    @cached_property
    def _bound(self) -> dict[str, Contract]:
        return {}
