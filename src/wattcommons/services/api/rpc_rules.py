"""Applies `rpc_policy.py` to one call of one visitor: refused, or asked of the node and then looked at again."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from wattcommons.chain.accounts import checksummed
from wattcommons.chain.calls import Called, called, event_names, read_transaction
from wattcommons.chain.roles import RESTRICTED
from wattcommons.errors import RuleError
from wattcommons.services.api import rpc_policy as policy
from wattcommons.services.api.context import Context
from wattcommons.services.api.dependencies import Visitor
from wattcommons.services.api.rpc_policy import Of
from wattcommons.services.store.reads.belongings import knows_certificate, knows_consent, sent_for
from wattcommons.services.store.reads.standing import participants_of

_ADDRESS: Final = re.compile(r"0x[0-9a-fA-F]{40}\Z")
_HASH: Final = re.compile(r"0x[0-9a-fA-F]{64}\Z")
_HEX: Final = re.compile(r"0x(?:[0-9a-fA-F]{2})*\Z")
_TAG: Final = re.compile(r"(?:latest|earliest|pending|safe|finalized|0x[0-9a-fA-F]{1,16})\Z")
_CALL_KEYS: Final = {"from", "to", "data", "input", "gas", "gasPrice", "value", "nonce", "chainId", "type"} | {
    "maxFeePerGas",
    "maxPriorityFeePerGas",
    "accessList",
}
_LOG_KEYS: Final = {"address", "topics", "fromBlock", "toBlock", "blockHash"}


def _as_it_is(result: Any) -> Any:
    return result


Shaper = Callable[[Any], Any]
"""What is shown of the node's result."""


class Refused(Exception):
    """A call that is not asked of the node. `code` as in JSON-RPC; `what`: for people; `advice`: what to do."""

    def __init__(self, code: int, what: str, advice: str) -> None:
        super().__init__(what)
        self.code, self.what, self.advice = code, what, advice


@dataclass(frozen=True)
class Asking:
    """What is asked of the node, and how its result is shown."""

    method: str
    parameters: tuple[Any, ...]
    shape: Shaper = field(default=_as_it_is)


@dataclass(frozen=True)
class Rules:
    """What one visitor may ask. Raises StoreError where the index has to be asked."""

    ctx: Context
    visitor: Visitor

    @cached_property
    def reader(self) -> bool:
        """Whether everything in the community's contracts may be read."""
        return self.visitor.has(*policy.READERS)

    @cached_property
    def participants(self) -> frozenset[int]:
        """The own participants."""
        if self.visitor.member is None:
            return frozenset()
        with self.ctx.store.read() as connection:
            return frozenset(participants_of(connection, self.visitor.member))

    def check(self, method: str, parameters: list[Any]) -> Asking:
        """What to ask of the node. Raises Refused."""
        if method in policy.HEADERS:
            return Asking(method, tuple(parameters[:3]))
        if method in policy.BLOCKS:
            return self._block(method, parameters)
        if method in policy.ACCOUNT:
            return self._account(method, parameters)
        if method in policy.TRANSACTIONS:
            return self._transaction(method, parameters)
        if method in policy.CALLS:
            return self._call(method, parameters)
        if method == policy.LOGS:
            return self._logs(parameters)
        if method == policy.SEND:
            return self._send(parameters)
        raise Refused(-32601, f"{method[:60]} is not available here", "ask the community's API instead")

    # --- accounts, blocks, transactions --------------------------------------------------------------

    def _block(self, method: str, parameters: list[Any]) -> Asking:
        if len(parameters) != 2 or not isinstance(parameters[0], str) or parameters[1] is not False:
            raise _wrong("a block, and false: transactions are not shown", "ask for the block without them")
        if not (_TAG if method.endswith("Number") else _HASH).match(parameters[0]):
            raise _wrong("this is no block", "give a number, a tag, or a hash")
        return Asking(method, tuple(parameters))

    def _account(self, method: str, parameters: list[Any]) -> Asking:
        account = _address(parameters[0] if parameters else None)
        block = parameters[1] if len(parameters) > 1 else "latest"
        _require_block(block)
        if not self.reader and account != self.visitor.wallet and self.ctx.deployment.name_of(account) is None:
            raise _not_allowed("this account is not yours")
        return Asking(method, (account, block))

    def _transaction(self, method: str, parameters: list[Any]) -> Asking:
        if len(parameters) != 1 or not isinstance(parameters[0], str) or not _HASH.match(parameters[0]):
            raise _wrong("one hash of a transaction is needed", "give 0x and 64 digits")
        tx_hash = parameters[0].lower()
        receipt = method.endswith("Receipt")

        def own(found: Any) -> Any:
            """A transaction of another's is as if it did not exist; logs of others are left out of a receipt."""
            if not isinstance(found, dict) or self.reader:
                return found
            if str(found.get("from", "")).lower() != self.visitor.wallet.lower():
                with self.ctx.store.read() as connection:
                    if not receipt or not sent_for(connection, self.visitor.wallet, tx_hash):
                        return None
            if not receipt:
                return found
            return {**found, "logs": [log for log in found.get("logs", []) if self._may_see(log)]}

        return Asking(method, (tx_hash,), own)

    def _may_see(self, log: Any) -> bool:
        name = self.ctx.deployment.name_of(str(log.get("address", "")))
        topics = log.get("topics") or [""]
        if name is None:
            return False
        event = event_names(name).get(bytes.fromhex(str(topics[0])[2:]))
        wanted = policy.EVENTS.get(name, {}).get(event or "")
        if wanted is None:
            return False
        return not wanted or any(
            position < len(topics) and str(topics[position]).lower() in self._topics(of) for position, of in wanted
        )

    # --- calls ----------------------------------------------------------------------------------------

    def _call(self, method: str, parameters: list[Any]) -> Asking:
        if not 1 <= len(parameters) <= 2 or not isinstance(parameters[0], dict):
            raise _wrong("one call and a block are taken; overrides are not", "leave the rest out")
        asked = parameters[0]
        block = parameters[1] if len(parameters) > 1 else "latest"
        _require_block(block)
        if unknown := sorted(set(asked) - _CALL_KEYS):
            raise _wrong(f"{unknown[0][:40]!r} is no part of a call", "leave it out")
        if asked.get("from") is not None and _address(asked["from"]) != self.visitor.wallet:
            raise _not_allowed("calls are made in the own name")
        name, what = self._target(asked)
        rehearsed = policy.REHEARSED.get(name, frozenset()) | RESTRICTED.get(name, {}).keys()
        if what.function in rehearsed:
            asked = {**asked, "from": self.visitor.wallet}
        elif method == "eth_estimateGas" and not self.reader:
            raise _not_allowed(f"{name}.{what.function} is not for wallets")
        elif not self.reader:
            self._require_view(name, what)
        return Asking(method, (asked, block))

    def _target(self, asked: dict[str, Any]) -> tuple[str, Called]:
        address = _address(asked.get("to"))
        name = self.ctx.deployment.name_of(address)
        if name is None:
            raise _not_allowed("only the community's contracts can be called")
        data, other = asked.get("data"), asked.get("input")
        if data is not None and other is not None and data != other:
            raise _wrong("data and input differ", "give one of them")
        text = data if data is not None else other
        if not isinstance(text, str) or not _HEX.match(text):
            raise _wrong("the call has no data", "name a function")
        what = called(name, bytes.fromhex(text[2:]))
        if what is None:
            raise _not_allowed(f"this is no call of {name}")
        return name, what

    def _require_view(self, name: str, what: Called) -> None:
        of = policy.VIEWS.get(name, {}).get(what.function)
        if of is None:
            raise _not_allowed(f"{name}.{what.function} may hold what is another's")
        if of is Of.NOBODY:
            return
        first = what.arguments[0] if what.arguments else None
        if of is Of.WALLET:
            fits = isinstance(first, str) and checksummed(first) == self.visitor.wallet
        elif of is Of.PARTICIPANT:
            fits = first in self.participants
        else:
            knows = knows_certificate if of is Of.CERTIFICATE else knows_consent
            with self.ctx.store.read() as connection:
                fits = isinstance(first, int) and knows(connection, self.visitor.wallet, self.participants, first)
        if not fits:
            raise _not_allowed(f"{name}.{what.function} is given for {of.value} only")

    # --- logs and sending -----------------------------------------------------------------------------

    def _logs(self, parameters: list[Any]) -> Asking:
        if len(parameters) != 1 or not isinstance(parameters[0], dict):
            raise _wrong("one filter is needed", "name contracts and topics")
        asked = parameters[0]
        if unknown := sorted(set(asked) - _LOG_KEYS):
            raise _wrong(f"{unknown[0][:40]!r} is no part of a filter", "leave it out")
        for key in ("fromBlock", "toBlock"):
            if key in asked:
                _require_block(asked[key])
        names = []
        for address in _several(asked.get("address")):
            name = self.ctx.deployment.name_of(_address(address))
            if name is None:
                raise _not_allowed("only the community's contracts' logs can be read")
            names.append(name)
        if not names:
            raise _not_allowed("logs of every contract at once are not given")
        topics = asked.get("topics") or []
        if not isinstance(topics, list) or len(topics) > 4:
            raise _wrong("topics are a list of four at most", "see the contracts' events")
        if not self.reader:
            for name in names:
                self._require_events(name, topics)
        return Asking(policy.LOGS, (asked,))

    def _require_events(self, name: str, topics: list[Any]) -> None:
        wanted = [str(one).lower() for one in _several(topics[0] if topics else None)]
        if not wanted:
            raise _not_allowed("logs of every event at once are not given")
        known = {"0x" + topic.hex(): event for topic, event in event_names(name).items()}
        for topic in wanted:
            positions = policy.EVENTS.get(name, {}).get(known.get(topic, ""))
            if positions is None:
                raise _not_allowed(f"this event of {name} may hold what is another's")
            if positions and not any(self._is_own(topics, position, of) for position, of in positions):
                raise _not_allowed(f"logs of {known[topic]} are given for {positions[0][1].value} only")

    def _is_own(self, topics: list[Any], position: int, of: Of) -> bool:
        given = [str(one).lower() for one in _several(topics[position] if position < len(topics) else None)]
        return bool(given) and self._topics(of).issuperset(given)

    def _topics(self, of: Of) -> frozenset[str]:
        if of is Of.WALLET:
            return frozenset({"0x" + "0" * 24 + self.visitor.wallet[2:].lower()})
        return frozenset(f"0x{participant:064x}" for participant in self.participants)

    def _send(self, parameters: list[Any]) -> Asking:
        if len(parameters) != 1 or not isinstance(parameters[0], str) or not _HEX.match(parameters[0]):
            raise _wrong("one signed transaction is needed", "hand on what the wallet has signed")
        try:
            signed = read_transaction(bytes.fromhex(parameters[0][2:]))
        except RuleError as error:
            raise _wrong(error.message, error.hint) from None
        if signed.sender != self.visitor.wallet:
            raise _not_allowed("it is signed by another wallet than the one signed in")
        if signed.to is None or self.ctx.deployment.name_of(signed.to) is None:
            raise _not_allowed("transactions go to the community's contracts only")
        if signed.chain_id != self.ctx.deployment.chain_id:
            raise _not_allowed(f"it is for chain {signed.chain_id}, not {self.ctx.deployment.chain_id}")
        return Asking(policy.SEND, (parameters[0],))


def _several(value: Any) -> list[Any]:
    """One or several, as filters have them; null is none."""
    if value is None:
        return []
    values = value if isinstance(value, list) else [value]
    if any(not isinstance(one, str) for one in values) or len(values) > 64:
        raise _wrong("a filter holds texts, 64 at most", "see the contracts' events")
    return values


def _address(value: Any) -> str:
    if not isinstance(value, str) or not _ADDRESS.match(value):
        raise _wrong("an address is missing", "give 0x and 40 digits")
    return checksummed(value)


def _require_block(block: Any) -> None:
    if not isinstance(block, str) or not _TAG.match(block):
        raise _wrong("this is no block", 'give a number or "latest"')


def _wrong(what: str, advice: str) -> Refused:
    return Refused(-32602, what, advice)


def _not_allowed(what: str) -> Refused:
    return Refused(-32003, what, "see the API's own routes for what is yours")
