"""A registry on a development chain with every role, and short ways to act, to sign and to expect a refusal."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eth_abi import decode
from eth_account import Account
from eth_account.signers.local import LocalAccount
from web3 import Web3
from web3.contract import Contract
from web3.contract.contract import ContractFunction
from web3.exceptions import ContractCustomError
from web3.logs import DISCARD

from tests.support.devnet import set_time

ROOT = Path(__file__).resolve().parents[3]
FOLDERS = (ROOT / "src" / "wattcommons" / "chain" / "artifacts", ROOT / "tests" / "artifacts")

LENGTH_S = 1800
LEAD_S = 300
DELAY_S = 7 * 86_400
GAS = 8_000_000
OPEN_END = 2**32 - 1
NOBODY = "0x" + "00" * 20
COMMITMENT = b"\x11" * 32

OPERATOR, METERING_OPERATOR, ISSUING_BODY, RECOVERY_APPROVER = 1, 2, 3, 7
NET, GROSS = 0, 1
GATEWAY, OPERATOR_FILE = 1, 2

FUNCTIONS_OF_ROLE = {
    OPERATOR: (
        "registerMember",
        "setMemberActive",
        "proposeReplacement",
        "enrol",
        "handOver",
        "setSuspended",
        "close",
    ),
    METERING_OPERATOR: ("setLimits",),
    ISSUING_BODY: ("registerDevice", "bindDevice", "setDeviceIssuable"),
    RECOVERY_APPROVER: ("approveReplacement",),
}

ENROLMENT = {
    "Enrolment": [
        {"name": "member", "type": "uint32"},
        {"name": "basis", "type": "uint8"},
        {"name": "source", "type": "uint8"},
        {"name": "importPowerW", "type": "uint24"},
        {"name": "exportPowerW", "type": "uint24"},
        {"name": "gateway", "type": "address"},
        {"name": "fromInterval", "type": "uint32"},
        {"name": "commitment", "type": "bytes32"},
        {"name": "deadline", "type": "uint64"},
    ]
}
ROTATION = {
    "Rotation": [
        {"name": "participant", "type": "uint32"},
        {"name": "gateway", "type": "address"},
        {"name": "source", "type": "uint8"},
        {"name": "fromInterval", "type": "uint32"},
        {"name": "nonce", "type": "uint32"},
        {"name": "deadline", "type": "uint64"},
    ]
}


def key_of(role: str) -> LocalAccount:
    """The same key for the same role in every run."""
    return Account.from_key(Web3.keccak(text=role))


def artifact(name: str) -> dict[str, Any]:
    """ABI and bytecode of a contract of ours."""
    path = next(folder / f"{name}.json" for folder in FOLDERS if (folder / f"{name}.json").is_file())
    return json.loads(path.read_text(encoding="utf-8"))


def send(call: Any, sender: str) -> Any:
    """Mine a transaction that must succeed; its receipt."""
    tx_hash = call.transact({"from": sender, "gas": GAS, "gasPrice": 0})
    receipt = call.w3.eth.wait_for_transaction_receipt(tx_hash, timeout=10, poll_latency=0.002)
    assert receipt["status"] == 1, f"{call} reverted"
    return receipt


def deploy(web3: Web3, name: str, *arguments: Any, sender: str) -> Contract:
    """Deploy a contract of ours."""
    found = artifact(name)
    factory = web3.eth.contract(abi=found["abi"], bytecode=found["bytecode"])
    return factory(send(factory.constructor(*arguments), sender)["contractAddress"])


def selector(contract: Contract, function: str) -> bytes:
    """The four bytes that call a function of that name."""
    return bytes(Web3.keccak(text=contract.get_function_by_name(function).abi_element_identifier)[:4])


def refusal(call: ContractFunction, sender: str, gas: int = GAS) -> tuple[Any, ...]:
    """Name and arguments of the custom error the call reverts with."""
    return caught(call.contract_abi, lambda: call.call({"from": sender, "gas": gas}))


def caught(abi: Any, act: Callable[[], Any]) -> tuple[Any, ...]:
    """Name and arguments of the custom error of `abi` that `act` reverts with."""
    try:
        act()
    except ContractCustomError as error:
        data = bytes.fromhex(str(error.data)[2:])
    else:
        raise AssertionError("not refused")
    for entry in abi:
        if entry["type"] == "error":
            types = [item["type"] for item in entry["inputs"]]
            if Web3.keccak(text=f"{entry['name']}({','.join(types)})")[:4] == data[:4]:
                return (entry["name"], *decode(types, data[4:]))
    raise AssertionError(f"unknown error {data.hex()}")


@dataclass
class Community:
    """A deployed registry and who acts on it. `first` is the first open interval when it was deployed."""

    web3: Web3
    manager: Contract
    registry: Contract
    first: int
    operator: LocalAccount = field(default_factory=lambda: key_of("operator"))
    metering: LocalAccount = field(default_factory=lambda: key_of("metering operator"))
    issuing_body: LocalAccount = field(default_factory=lambda: key_of("issuing body"))
    approver: LocalAccount = field(default_factory=lambda: key_of("recovery approver"))
    ledger: LocalAccount = field(default_factory=lambda: key_of("meter ledger"))
    prosumer: LocalAccount = field(default_factory=lambda: key_of("prosumer"))
    neighbour: LocalAccount = field(default_factory=lambda: key_of("neighbour"))
    stranger: LocalAccount = field(default_factory=lambda: key_of("stranger"))
    gateway: LocalAccount = field(default_factory=lambda: key_of("gateway"))

    # ------------------------------------------------------------------ acting

    def do(self, function: str, *arguments: Any, by: LocalAccount | None = None) -> Any:
        """Act, as the operator unless said otherwise; the receipt."""
        return send(self.registry.functions[function](*arguments), (by or self.operator).address)

    def see(self, function: str, *arguments: Any) -> Any:
        """Read a view."""
        return self.registry.functions[function](*arguments).call()

    def refused(self, function: str, *arguments: Any, by: LocalAccount | None = None) -> tuple[Any, ...]:
        """The error an act is refused with: its name and arguments."""
        return refusal(self.registry.functions[function](*arguments), (by or self.operator).address)

    def events(self, receipt: Any, name: str) -> list[dict[str, Any]]:
        """The arguments of the receipt's events of one name."""
        found = self.registry.events[name]().process_receipt(receipt, errors=DISCARD)
        return [dict(event["args"]) for event in found]

    def grant(self, role: int, account: LocalAccount) -> None:
        """Give a role at once."""
        send(self.manager.functions.grantRole(role, account.address, 0), key_of("admin").address)

    # ------------------------------------------------------------------ time

    def now(self) -> int:
        """Unix second of the newest block."""
        return int(self.web3.eth.get_block("latest")["timestamp"])

    def travel(self, timestamp: int) -> None:
        """Mine a block at that second."""
        set_time(self.web3, timestamp)
        assert self.now() == timestamp

    def travel_until_first_open(self, interval: int) -> None:
        """Let time pass until `interval` is the first whose gate is open, with most of an interval left."""
        self.travel((interval - 1) * LENGTH_S - LEAD_S + 60)
        assert self.see("firstOpenInterval") == interval

    # ------------------------------------------------------------------ members and participants

    def register(self, wallet: LocalAccount | str) -> int:
        """A new member's index."""
        address = wallet if isinstance(wallet, str) else wallet.address
        self.do("registerMember", address, COMMITMENT)
        return int(self.see("memberCount"))

    def terms(self, member: int, **changes: Any) -> tuple[Any, ...]:
        """An enrolment from the deployment's first open interval on."""
        values: dict[str, Any] = {
            "member": member,
            "basis": GROSS,
            "source": GATEWAY,
            "importW": 9_000,
            "exportW": 6_000,
            "gateway": self.gateway.address,
            "fromInterval": self.first,
            "commitment": COMMITMENT,
            "deadline": self.now() + 86_400,
        }
        assert changes.keys() <= values.keys()
        return tuple((values | changes).values())

    def rotation(self, for_participant: int, **changes: Any) -> tuple[Any, ...]:
        """The first rotation of a participant, to a new key."""
        values: dict[str, Any] = {
            "participant": for_participant,
            "gateway": key_of("new gateway").address,
            "source": GATEWAY,
            "fromInterval": self.first + 4,
            "nonce": 0,
            "deadline": self.now() + 86_400,
        }
        assert changes.keys() <= values.keys()
        return tuple((values | changes).values())

    def sign(self, terms: tuple[Any, ...], signer: LocalAccount, **domain: Any) -> bytes:
        """EIP-712 signature over an enrolment or a rotation, told apart by length."""
        types = ENROLMENT if len(terms) == len(ENROLMENT["Enrolment"]) else ROTATION
        fields = next(iter(types.values()))
        message = {item["name"]: value for item, value in zip(fields, terms, strict=True)}
        whole = {
            "name": "Watt Commons MemberRegistry",
            "version": "1",
            "chainId": self.web3.eth.chain_id,
            "verifyingContract": self.registry.address,
        }
        return bytes(Account.sign_typed_data(signer.key, whole | domain, types, message).signature)

    def signed(self, terms: tuple[Any, ...], signer: LocalAccount) -> tuple[Any, ...]:
        """The four arguments of an act that member and metering operator sign."""
        return (terms, self.sign(terms, signer), self.metering.address, self.sign(terms, self.metering))

    def enrol(self, member: int, signer: LocalAccount, **changes: Any) -> int:
        """A new participant's index."""
        self.do("enrol", *self.signed(self.terms(member, **changes), signer))
        return int(self.see("participantCount"))

    def device(self, **changes: Any) -> int:
        """A new device's index."""
        self.do("registerDevice", self.device_terms(**changes), by=self.issuing_body)
        return int(self.see("deviceCount"))

    def device_terms(self, **changes: Any) -> tuple[Any, ...]:
        """Photovoltaics without support, registered for a year."""
        values: dict[str, Any] = {
            "technology": b"T010100",
            "fuel": b"F01010100",
            "capacityW": 6_000,
            "commissionedAt": 1_600_000_000,
            "country": b"FR",
            "scheme": 0,
            "schemeAllows": True,
            "storage": False,
            "validUntil": self.now() + 365 * 86_400,
            "commitment": COMMITMENT,
        }
        assert changes.keys() <= values.keys()
        return tuple((values | changes).values())
