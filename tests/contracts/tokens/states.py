"""Where a certificate's Wh can be, who may try what with them, and how thousands of attempts are asked in one go."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, cast

from eth_abi import decode
from web3 import Web3
from web3.providers.ipc import IPCProvider
from web3.types import RPCEndpoint

from tests.contracts.registry.kit import GAS, artifact, send
from tests.contracts.tokens.certificates import GOO, ID, INTERVAL, TERMS, WH, entry, issue, signed_cancellation
from tests.contracts.tokens.kit import NOBODY, REFERENCE, Stage
from tests.support.devnet import rpc
from wattcommons.chain.roles import Role

SOME = 10
OWN, SOLD = 100, 200
EARNED = OWN + SOLD + WH
FAR = 2**63

EXPORTS = "ExportGroups"
IMPOSTOR = "DepositMarketMock"
"""A contract that others know as a market, but not the certificates."""
CALLERS = (
    "prosumer",
    "neighbour",
    "broker",
    "third member",
    "new wallet",
    "issuing body",
    "metering operator",
    "operator",
    "treasurer",
    "stranger",
    IMPOSTOR,
    "market",
    "corrections",
    EXPORTS,
)
"""The prosumer has produced, the neighbour has bought; the broker is an approved operator of both."""

PLACES = (
    "not issued",
    "claim",
    "closed claim",
    "kept",
    "held",
    "cancelled",
    "withdrawn",
    "replaced",
    "deactivated",
    "grouped",
)
ACTIONS = {
    "issue": "issue",
    "correct up": "correct",
    "correct down": "correct",
    "claim": "claim",
    "transfer": "safeTransferFrom",
    "batch transfer": "safeBatchTransferFrom",
    "transfer to heir": "safeTransferFrom",
    "cancel": "cancel",
    "cancel for": "cancelFor",
    "cancel for, forged": "cancelFor",
    "withdraw": "withdraw",
    "withdraw claim": "withdraw",
    "recover": "recover",
    "lock": "lock",
    "unlock": "unlock",
    "withdraw grouped": "withdraw",
}
NO_SUCH = (
    "mint(address,uint256,uint256)",
    "mint(address,uint256,uint256,bytes)",
    "mintBatch(address,uint256[],uint256[],bytes)",
    "burn(address,uint256,uint256)",
    "burnBatch(address,uint256[],uint256[])",
    "issue(address,uint256,uint256)",
    "setBalance(address,uint256,uint256)",
    "setURI(string)",
)
"""Ways to make or to end Wh that other tokens have."""

Outcome = tuple[Any, ...]


def bring(stage: Stage, place: str) -> str:
    """Bring the Wh of `ID` to a place; whose wallet the attempts are about."""
    grant = stage.contracts["AccessManager"].functions.grantRole
    send(grant(int(Role.METERING_OPERATOR), stage.address("metering operator"), 0), stage.address("deployer"))
    for owner in ("prosumer", "neighbour"):
        stage.do(f"{GOO}.setApprovalForAll", stage.address("broker"), True, by=owner)
    if place == "not issued":
        return "neighbour"
    if place in ("claim", "closed claim"):
        stage.registry("setClosed", 1, True)
        issue(stage, entry(1, OWN, SOLD, WH))
        stage.registry("setClosed", 1, place == "closed claim")
        return "prosumer"
    issue(stage, entry(1, OWN, SOLD, WH))
    if place == "kept":
        return "prosumer"
    ends = (stage.address("prosumer"), stage.address("neighbour"))
    stage.do(f"{GOO}.safeTransferFrom", *ends, ID, WH, b"", by="prosumer")
    match place:
        case "cancelled":
            stage.do(f"{GOO}.cancel", [ID], [WH], TERMS, by="neighbour")
        case "withdrawn":
            stage.do(f"{GOO}.withdraw", stage.address("neighbour"), ID, WH, REFERENCE, by="issuing body")
        case "grouped":
            stage.do(f"{EXPORTS}.open", [ID], [WH], by="neighbour")
        case "replaced":
            stage.registry("replaceWallet", 2, stage.address("new wallet"))
        case "deactivated":
            stage.registry("setClosed", 2, True)
    return "neighbour"


def arguments(stage: Stage, action: str, subject: str, caller: str) -> tuple[Any, ...]:
    """What an attempt at `subject`'s Wh passes."""
    owner, other = stage.address(subject), stage.address("third member")
    match action:
        case "issue":
            return (INTERVAL, [entry(1, 0, 0, SOME)])
        case "correct up":
            return (INTERVAL, entry(1, OWN, SOLD, WH + SOME), EARNED, REFERENCE)
        case "correct down":
            return (INTERVAL, entry(1, OWN, SOLD, WH - SOME), EARNED, REFERENCE)
        case "claim":
            return (ID,)
        case "transfer":
            return (owner, other, ID, SOME, b"")
        case "batch transfer":
            return (owner, other, [ID], [SOME], b"")
        case "transfer to heir":
            return (owner, stage.address("new wallet"), ID, SOME, b"")
        case "cancel":
            return ([ID], [SOME], TERMS)
        case "cancel for":
            return signed_cancellation(stage, [ID], [SOME], holder=subject, by=subject, deadline=FAR)
        case "cancel for, forged":
            return signed_cancellation(stage, [ID], [SOME], holder=subject, by=caller, deadline=FAR)
        case "withdraw":
            return (owner, ID, SOME, REFERENCE)
        case "withdraw claim":
            return (NOBODY, ID, SOME, REFERENCE)
        case "withdraw grouped":
            return (stage.address(EXPORTS), ID, SOME, REFERENCE)
        case "lock" | "unlock":
            return (owner, [ID], [SOME])
        case _:
            return (owner, [ID])


class Attempts:
    """Every action by every caller, on the Wh of one place."""

    def __init__(self, stage: Stage, subject: str) -> None:
        self.stage = stage
        self.data = calldata(stage, subject)

    def outcomes(self) -> dict[tuple[str, str], Outcome]:
        """What each comes to at the newest block's second; an empty tuple where it is carried out."""
        calls = [self._transaction(*attempt) for attempt in self.data]
        answers = ask(self.stage.web3, "eth_call", ([call, "latest"] for call in calls))
        return {attempt: outcome_of(answer) for attempt, answer in zip(self.data, answers, strict=True)}

    def carry_out(self, action: str, caller: str, at: int) -> dict[str, int]:
        """Mine an attempt at that second; what it changed. Undone afterwards."""
        taken = rpc(self.stage.web3, "evm_snapshot")
        before = ledger(self.stage)
        rpc(self.stage.web3, "evm_setNextBlockTimestamp", at)
        sent = self._transaction(action, caller) | {"gas": hex(GAS), "gasPrice": "0x0"}
        receipt = self.stage.web3.eth.wait_for_transaction_receipt(
            cast(Any, rpc(self.stage.web3, "eth_sendTransaction", sent)), poll_latency=0.001
        )
        assert receipt["status"] == 1, (action, caller)
        assert self.stage.now() == at
        after = ledger(self.stage)
        assert rpc(self.stage.web3, "evm_revert", taken)
        return {name: after[name] - before[name] for name in after if after[name] != before[name]}

    def _transaction(self, action: str, caller: str) -> dict[str, str]:
        sender, target = self.stage.address(caller), self.stage.address(GOO)
        return {"from": sender, "to": target, "data": self.data[action, caller]}


_CALLDATA: dict[tuple[str, str], dict[tuple[str, str], str]] = {}


def calldata(stage: Stage, subject: str) -> dict[tuple[str, str], str]:
    """Of every action by every caller; the same in all tests of one deployment, as nobody's nonce is used up before."""

    def encoded(action: str, caller: str) -> str:
        given = arguments(stage, action, subject, caller)
        return str(stage.call(f"{GOO}.{ACTIONS[action]}", *given)._encode_transaction_data())

    known = _CALLDATA.setdefault((stage.address(GOO), subject), {})
    if not known:
        for action in ACTIONS:
            shared = "" if action == "cancel for, forged" else encoded(action, CALLERS[0])
            known |= {(action, caller): shared or encoded(action, caller) for caller in CALLERS}
        for signature in NO_SUCH:
            data = bytes(Web3.keccak(text=signature)[:4]) + bytes(32 * 8)
            known |= {(signature, caller): "0x" + data.hex() for caller in CALLERS}
    return known


def ledger(stage: Stage) -> dict[str, int]:
    """Every Wh of `ID` and of its device."""
    wallets = ("prosumer", "neighbour", "third member", "new wallet", EXPORTS)
    token = stage.contracts[GOO].functions
    reads = [token.balanceOf(stage.address(wallet), ID) for wallet in wallets]
    reads += [token.certificate(ID), token.totalsOf(ID >> 32), token.debtOf(ID >> 32)]
    calls = ({"to": read.address, "data": read._encode_transaction_data()} for read in reads)
    answers = ask(stage.web3, "eth_call", ([call, "latest"] for call in calls))
    words = [bytes.fromhex(answer["result"][2:]) for answer in answers]
    numbers = [[int.from_bytes(word[i : i + 32], "big") for i in range(0, len(word), 32)] for word in words]
    certificate, totals, debt = numbers[len(wallets) :]
    return {
        **{wallet: found[0] for wallet, found in zip(wallets, numbers, strict=False)},
        "waiting": certificate[7],
        **dict(zip(("issued", "cancelled", "withdrawn"), totals, strict=True)),
        "debt": debt[0],
    }


def ask(web3: Web3, method: str, parameters: Iterable[list[Any]]) -> list[Any]:
    """Many requests in one."""
    provider = cast(IPCProvider, web3.provider)
    answers = provider.make_batch_request([(RPCEndpoint(method), given) for given in parameters])
    return cast(list[Any], answers)


def outcome_of(answer: dict[str, Any]) -> Outcome:
    """Name and arguments of a refusal; addresses in lower case. A revert without a word is `("no such function",)`."""
    if "error" not in answer:
        return ()
    data = bytes.fromhex(str(answer["error"].get("data", "0x"))[2:])
    if not data:
        return ("no such function",)
    name, types = errors()[data[:4]]
    return (name, *decode(types, data[4:]))


@cache
def errors() -> dict[bytes, tuple[str, list[str]]]:
    """The token's errors by selector."""
    found = {}
    for item in artifact(GOO)["abi"]:
        if item["type"] == "error":
            types = [one["type"] for one in item["inputs"]]
            found[bytes(Web3.keccak(text=f"{item['name']}({','.join(types)})")[:4])] = (item["name"], types)
    return found
