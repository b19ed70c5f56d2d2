"""The token contracts around hand-set registry, ledger and market, and short ways to act, sign and expect refusals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import rlp
from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_typing import HexStr
from web3 import Web3
from web3.contract import Contract
from web3.logs import DISCARD
from web3.types import TxReceipt

from tests.contracts.registry.kit import GAS, NOBODY, caught, deploy, key_of, refusal, selector, send
from tests.support.devnet import rpc, set_time

__all__ = ["LEAD_S", "LENGTH_S", "NOBODY", "Stage", "build", "key_of", "refusal", "send"]

LENGTH_S = 1800
LEAD_S = 300
DAY = 48
"""Intervals a day."""
GRACE_S = 3 * 86_400
POINTS_PER_KWH = 10
MAX_AWARD = 500_000
REFERENCE = b"\x42" * 32

OPERATOR, ISSUING_BODY, TREASURER, COACH, PARTNER = 1, 3, 4, 5, 6
ROLE_OF = {
    "TariffSchedule": {OPERATOR: ("addBand", "setDefault", "schedule")},
    "CommunityEuro": {TREASURER: ("mint", "mintToAccount", "redeemFrom"), OPERATOR: ("setMemberTransfers",)},
    "GuaranteeOfOrigin": {ISSUING_BODY: ("withdraw",)},
    "ExportGroups": {ISSUING_BODY: ("giveBack", "decline", "exportGroup")},
    "Ecopoints": {PARTNER: ("publishOffer",)},
    "GreenCoach": {COACH: ("setTarget",)},
}
ACTORS = {
    "operator": OPERATOR,
    "issuing body": ISSUING_BODY,
    "treasurer": TREASURER,
    "coach": COACH,
    "partner": PARTNER,
    "second partner": PARTNER,
}
MEMBERS = {"prosumer": 1, "neighbour": 2, "third member": 3}
"""Each member's participant has the member's index, and device 10 + index."""


@dataclass
class Stage:
    """Contracts by name, and who acts on them. `first` is the first open interval when it was built."""

    web3: Web3
    contracts: dict[str, Contract]
    first: int

    # ------------------------------------------------------------------ acting

    def address(self, who: str) -> str:
        """Address of an actor, a contract, or an address itself."""
        if who in self.contracts:
            return str(self.contracts[who].address)
        return who if who.startswith("0x") else key_of(who).address

    def call(self, path: str, *arguments: Any) -> Any:
        """`Contract.function` with arguments, not yet sent."""
        name, _, function = path.partition(".")
        return self.contracts[name].functions[function](*arguments)

    def do(self, path: str, *arguments: Any, by: str) -> TxReceipt:
        """Mine a call that must succeed."""
        receipt: TxReceipt = send(self.call(path, *arguments), self.address(by))
        return receipt

    def see(self, path: str, *arguments: Any) -> Any:
        """Read a view."""
        return self.call(path, *arguments).call()

    def refused(self, path: str, *arguments: Any, by: str) -> tuple[Any, ...]:
        """Name and arguments of the error a call is refused with, by any of the contracts; addresses in lower case."""
        errors = [entry for contract in self.contracts.values() for entry in contract.abi]
        call = self.call(path, *arguments)
        return caught(errors, lambda: call.call({"from": self.address(by), "gas": GAS}))

    def events(self, receipt: TxReceipt, path: str) -> list[dict[str, Any]]:
        """Arguments of the receipt's events `Contract.Event`."""
        name, _, event = path.partition(".")
        found = self.contracts[name].events[event]().process_receipt(receipt, errors=DISCARD)
        return [dict(item["args"]) for item in found if item["address"] == self.contracts[name].address]

    def registry(self, function: str, *arguments: Any) -> None:
        """Set something in the registry."""
        self.do(f"MemberRegistryMock.{function}", *arguments, by="deployer")

    def sign(self, contract: str, types: dict[str, Any], message: dict[str, Any], by: str, **domain: Any) -> bytes:
        """EIP-712 signature for a contract of ours."""
        whole = {
            "name": f"Watt Commons {contract}",
            "version": "1",
            "chainId": self.web3.eth.chain_id,
            "verifyingContract": self.contracts[contract].address,
        }
        signer: LocalAccount = key_of(by)
        return bytes(Account.sign_typed_data(signer.key, whole | domain, types, message).signature)

    # ------------------------------------------------------------------ time

    def now(self) -> int:
        """Unix second of the newest block."""
        return int(self.web3.eth.get_block("latest")["timestamp"])

    def travel(self, timestamp: int) -> None:
        """Mine a block at that second; views and refusals then see it."""
        set_time(self.web3, timestamp)

    def next_block_at(self, timestamp: int) -> None:
        """The next transaction is mined at that second."""
        rpc(self.web3, "evm_setNextBlockTimestamp", timestamp)


def unauthorized(stage: Stage, who: str) -> tuple[str, str]:
    """The refusal of a caller without the role."""
    return ("AccessManagedUnauthorized", stage.address(who).lower())


def build(web3: Web3) -> Stage:
    """Deploy all, one account a role, three members, sixty seconds after a gate has closed."""
    rpc(web3, "anvil_autoImpersonateAccount", True)
    admin = key_of("deployer").address
    now = int(web3.eth.get_block("latest")["timestamp"])
    rpc(web3, "evm_setNextBlockTimestamp", (now // LENGTH_S + 2) * LENGTH_S - LEAD_S + 60)
    made: dict[str, Contract] = {}

    def make(name: str, *arguments: Any) -> str:
        made[name] = deploy(web3, name, *arguments, sender=admin)
        return str(made[name].address)

    manager = make("AccessManager", admin)
    registry = make("MemberRegistryMock", LENGTH_S, LEAD_S)
    ledger = make("ConsumptionMock")
    deposits = make("DepositMarketMock")
    make("TariffSchedule", manager, registry, 250_000, 100_000, 40_000)
    make("CommunityEuro", manager, registry, deposits, "Village Euro", "VEUR")
    market, corrections = key_of("market").address, key_of("corrections").address
    future_exports = _created_after_next(web3, admin)
    arguments = (manager, registry, market, corrections, future_exports, "guarantee/{id}.json")
    guarantees = make("GuaranteeOfOrigin", *arguments)
    make("ExportGroups", manager, registry, guarantees)
    assert made["ExportGroups"].address == future_exports
    future_coach = _created_after_next(web3, admin)
    points = make("Ecopoints", manager, registry, future_coach)
    make("GreenCoach", manager, registry, ledger, points, POINTS_PER_KWH, MAX_AWARD, GRACE_S)
    assert made["GreenCoach"].address == future_coach

    for name, functions_of in ROLE_OF.items():
        for role, functions in functions_of.items():
            selectors = [selector(made[name], function) for function in functions]
            send(made["AccessManager"].functions.setTargetFunctionRole(made[name].address, selectors, role), admin)
    for actor, role in ACTORS.items():
        send(made["AccessManager"].functions.grantRole(role, key_of(actor).address, 0), admin)
    stage = Stage(web3, made, made["TariffSchedule"].functions.firstOpenInterval().call())
    for member, index in MEMBERS.items():
        stage.registry("setMember", index, key_of(member).address)
        stage.registry("setParticipant", index, index, 10 + index, True)
    return stage


def _created_after_next(web3: Web3, sender: str) -> str:
    """Address of the contract that a sender's transaction after the next one creates."""
    nonce = web3.eth.get_transaction_count(Web3.to_checksum_address(sender)) + 1
    return Web3.to_checksum_address(Web3.keccak(rlp.encode([Web3.to_bytes(hexstr=HexStr(sender)), nonce]))[12:])
