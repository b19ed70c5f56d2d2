"""One connection over several nodes of a chain: when one fails, the next is asked.

    endpoints = Endpoints(["http://10.0.0.5:8545", "https://node.example/key"], chain_id=31_337)
    web3 = web3_over(endpoints)

A failure is everything but a JSON-RPC answer to the very question: no connection, no answer in time, a page of a
proxy, a truncated body, an answer to another question. All of them are NodeUnavailable, raised when no node of the
list answers. An error that a node reports in good form is an answer, and is handed to who asked; who finds it, or a
result, to be of no use says so by `move_on`, and the next node is asked from then on.

Trying again later, and how much later, is the caller's: see `services.runtime.backoff`.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from web3 import Web3
from web3.middleware import ExtraDataToPOAMiddleware
from web3.providers.base import JSONBaseProvider
from web3.types import RPCEndpoint, RPCResponse

from wattcommons.chain.node import DEFAULT_TIMEOUT_S
from wattcommons.chain.transports import Transport, transport_to
from wattcommons.errors import NodeUnavailable, SettingsError, WrongChain

MOST_BYTES: Final = 32 << 20
"""Longest answer that is taken."""


@dataclass
class _Node:
    """One of the nodes. `checked`: it has shown since its last failure that it serves the right chain."""

    transport: Transport
    checked: bool = False


class Endpoints(JSONBaseProvider):
    """A web3 provider over the nodes at `urls`, in order of preference.

    Nothing is opened before the first question. The node that answered last is asked first. A node is asked for its
    chain before its first question and after every failure, so that no other chain is ever read or written.
    Questions from several threads are put one after the other.

    Raises SettingsError for an address that is none, and for no address at all. Asking raises NodeUnavailable, and
    WrongChain when every node serves another chain.
    """

    def __init__(
        self,
        urls: Sequence[str],
        chain_id: int,
        timeout_s: float = DEFAULT_TIMEOUT_S,
        *,
        most_bytes: int = MOST_BYTES,
        open_transport: Callable[[str, float, int], Transport] = transport_to,
    ) -> None:
        super().__init__()
        if not urls:
            raise SettingsError("no address of a node is given", "give one or several", setting="node")
        self._nodes = [_Node(open_transport(url, timeout_s, most_bytes)) for url in urls]
        self._chain_id = chain_id
        self._first = 0
        self._lock = threading.RLock()

    def __repr__(self) -> str:
        return f"Endpoints({', '.join(node.transport.shown for node in self._nodes)})"

    __str__ = __repr__

    @property
    def current(self) -> str:
        """Address, without secrets, of the node that is asked first."""
        return self._nodes[self._first].transport.shown

    def move_on(self) -> None:
        """Ask the next node first from now on: the answer of the last one helped nobody."""
        with self._lock:
            self._nodes[self._first].checked = False
            self._first = (self._first + 1) % len(self._nodes)

    def close(self) -> None:
        """Closes all connections; the next question opens what it needs."""
        with self._lock:
            for node in self._nodes:
                node.transport.close()

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:
        """One question, as web3 puts it."""
        [answer] = self._anybody(lambda node: self._asked(node, [(method, params)]), repeat=_repeatable(method))
        found: RPCResponse = answer
        return found

    def make_batch_request(self, requests: list[tuple[RPCEndpoint, Any]]) -> list[RPCResponse]:
        """Several questions at once; the answers in their order."""
        if not requests:
            return []
        repeat = all(_repeatable(method) for method, _ in requests)
        answers: list[RPCResponse] = self._anybody(lambda node: self._asked(node, requests), repeat=repeat)
        return answers

    # --- which node ---------------------------------------------------------------------------------

    def _anybody(self, question: Callable[[_Node], list[Any]], *, repeat: bool) -> list[Any]:
        with self._lock:
            failures: list[str] = []
            strangers: list[int] = []
            for step in range(len(self._nodes)):
                position = (self._first + step) % len(self._nodes)
                node = self._nodes[position]
                asked = False
                try:
                    found = self._chain_of(node)
                    if found != self._chain_id:
                        strangers.append(found)
                        failures.append(f"{node.transport.shown}: it serves chain {found}, not {self._chain_id}")
                        continue
                    node.checked = asked = True
                    answers = question(node)
                except NodeUnavailable as error:
                    node.checked = False
                    node.transport.close()
                    failures.append(f"{node.transport.shown}: {error.message}")
                    if asked and not repeat:
                        break
                else:
                    self._first = position
                    return answers
            self._first = (self._first + 1) % len(self._nodes)
            if len(strangers) == len(self._nodes):
                raise WrongChain(self._chain_id, strangers[0])
            raise NodeUnavailable(f"no node answers: {'; '.join(failures)}", "is one of them running and reachable?")

    def _chain_of(self, node: _Node) -> int:
        if node.checked:
            return self._chain_id
        [answer] = self._asked(node, [(RPCEndpoint("eth_chainId"), [])])
        try:
            return int(answer["result"], 16)
        except (KeyError, TypeError, ValueError) as error:
            raise NodeUnavailable("it does not tell its chain") from error

    # --- one question and its answer ----------------------------------------------------------------

    def _asked(self, node: _Node, calls: Sequence[tuple[RPCEndpoint, Any]]) -> list[Any]:
        numbers = [next(self.request_counter) for _ in calls]
        asked = [
            {"jsonrpc": "2.0", "id": number, "method": method, "params": list(parameters or [])}
            for number, (method, parameters) in zip(numbers, calls, strict=True)
        ]
        single = len(asked) == 1
        body = json.dumps(asked[0] if single else asked, separators=(",", ":"), default=_plain).encode()
        value = node.transport.exchange(body, repeat=all(_repeatable(method) for method, _ in calls))
        if not single and isinstance(value, dict):
            raise NodeUnavailable(f"it takes no batch of {len(asked)} calls ({_shown(value.get('error'))})")
        answers = [value] if single else value
        if not isinstance(answers, list) or len(answers) != len(asked):
            raise NodeUnavailable(f"an answer of the wrong shape to {len(asked)} calls")
        by_id: dict[int, Any] = {}
        for answer in answers:
            number, checked = _checked(answer)
            by_id[number] = checked
        if by_id.keys() != set(numbers):
            raise NodeUnavailable("an answer to another question")
        return [by_id[number] for number in numbers]


def web3_over(endpoints: JSONBaseProvider) -> Web3:
    """A connection that asks these nodes. Nothing is sent yet: it can be made while no node runs."""
    web3 = Web3(endpoints, ens=None)  # names are never resolved
    web3.middleware_onion.inject(ExtraDataToPOAMiddleware, layer=0)  # see `node.connect`
    return web3


def _checked(answer: Any) -> tuple[int, dict[str, Any]]:
    """Number and answer. JSON-RPC 2.0, section 5: exactly one of result and error; some nodes add the other as null."""
    if not isinstance(answer, dict) or answer.get("jsonrpc") != "2.0":
        raise NodeUnavailable("an answer that is no JSON-RPC")
    number = answer.get("id")
    if type(number) is not int:
        raise NodeUnavailable("an answer to no question")
    error = answer.get("error")
    if error is not None:
        if not isinstance(error, dict) or type(error.get("code")) is not int or answer.get("result") is not None:
            raise NodeUnavailable("an error of the wrong shape")
        return number, {name: value for name, value in answer.items() if name != "result"}
    if "result" not in answer:
        raise NodeUnavailable("an answer without a result")
    return number, {name: value for name, value in answer.items() if name != "error"}


def _repeatable(method: str) -> bool:
    """Whether a call may reach nodes twice: reads, and a signed transaction, whose bytes are the same one again."""
    return method.startswith(("eth_", "net_", "web3_")) and method != "eth_sendTransaction"


def _plain(value: Any) -> Any:
    """What web3 puts among parameters beside plain values."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, bytes):
        return f"0x{bytes(value).hex()}"
    raise TypeError(f"{type(value).__name__} cannot be sent to a node")


def _shown(error: Any) -> str:
    text = str(error.get("message", "")) if isinstance(error, dict) else ""
    return text[:200] or "no reason given"
