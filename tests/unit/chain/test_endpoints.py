"""Several nodes behind one connection: what counts as an answer, who is asked next, and what is never shown."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from web3 import Web3

from wattcommons.chain.endpoints import Endpoints, web3_over
from wattcommons.chain.node import public_url
from wattcommons.chain.rpc import ask, ask_all, octets, quantity
from wattcommons.chain.transports import parsed, transport_to
from wattcommons.errors import NodeUnavailable, SettingsError, WrongChain

pytestmark = pytest.mark.unit

CHAIN = 31_337
Answering = Callable[[Any], Any]


def result(value: Any) -> Answering:
    return lambda asked: {"jsonrpc": "2.0", "id": asked["id"], "result": value}


class Double:
    """A transport that answers eth_chainId itself and leaves the rest to `answering`."""

    def __init__(self, name: str, answering: Answering, chain: Any = "0x7a69") -> None:
        self.shown, self.answering, self.chain = name, answering, chain
        self.asked: list[str] = []
        self.closed = 0

    def exchange(self, request: bytes, *, repeat: bool) -> Any:
        value = json.loads(request)
        if isinstance(value, list):
            self.asked += [one["method"] for one in value]
            return self.answering(value)
        self.asked.append(value["method"])
        if value["method"] == "eth_chainId":
            return result(self.chain)(value)
        return self.answering(value)

    def close(self) -> None:
        self.closed += 1


def away(_: Any) -> Any:
    raise NodeUnavailable("no answer (ConnectionRefusedError)")


def over(*doubles: Double) -> Web3:
    by_name: Mapping[str, Double] = {double.shown: double for double in doubles}
    return web3_over(Endpoints(list(by_name), CHAIN, open_transport=lambda url, _time, _size: by_name[url]))


# --- what is no answer ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        None,
        7,
        "0x1",
        [],
        {},
        {"jsonrpc": "1.0", "id": "ID", "result": "0x1"},
        {"jsonrpc": "2.0", "id": "ID"},
        {"jsonrpc": "2.0", "id": None, "result": "0x1"},
        {"jsonrpc": "2.0", "id": True, "result": "0x1"},
        {"jsonrpc": "2.0", "id": "7", "result": "0x1"},
        {"jsonrpc": "2.0", "id": 10**9, "result": "0x1"},
        {"jsonrpc": "2.0", "id": "ID", "error": "boom"},
        {"jsonrpc": "2.0", "id": "ID", "error": {"message": "no code"}},
        {"jsonrpc": "2.0", "id": "ID", "error": {"code": -1, "message": "and"}, "result": "0x1"},
        [{"jsonrpc": "2.0", "id": "ID", "result": "0x1"}],
    ],
)
def test_make_request__answer_of_the_wrong_shape__node_unavailable(answer: Any) -> None:
    def answering(asked: Any) -> Any:
        return json.loads(json.dumps(answer).replace('"ID"', str(asked["id"])))

    web3 = over(Double("one", answering))
    with pytest.raises(NodeUnavailable, match="one: an"):
        ask(web3, "eth_blockNumber")


@pytest.mark.parametrize(
    "mangle",
    [
        lambda answers: answers[:-1],
        lambda answers: [*answers, answers[0]],
        lambda answers: [answers[0]] * len(answers),
        lambda answers: [*answers[:-1], "text"],
        lambda answers: {"jsonrpc": "2.0", "id": None, "error": {"code": -32600, "message": "batches are off"}},
        lambda answers: {"jsonrpc": "2.0", "id": 1, "result": "0x1"},
        lambda answers: None,
        lambda answers: [],
    ],
)
def test_make_batch_request__answers_not_one_by_one__node_unavailable(mangle: Answering) -> None:
    web3 = over(Double("one", lambda asked: mangle([result("0x1")(one) for one in asked])))
    with pytest.raises(NodeUnavailable):
        ask_all(web3, [("eth_blockNumber", []), ("eth_gasPrice", []), ("eth_blockNumber", [])])


def test_make_batch_request__answers_in_another_order__put_in_order() -> None:
    web3 = over(Double("one", lambda asked: [result(one["method"])(one) for one in reversed(asked)]))
    answers = ask_all(web3, [("eth_blockNumber", []), ("eth_gasPrice", [])])
    assert [answer["result"] for answer in answers] == ["eth_blockNumber", "eth_gasPrice"]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.sampled_from(["jsonrpc", "id", "result", "error", "code"]), inner)
        ),
    )
)
def test_make_request__any_json__answer_or_node_unavailable(value: Any) -> None:
    web3 = over(Double("one", lambda _: value))
    with pytest.raises(NodeUnavailable):
        ask(web3, "eth_blockNumber")
    with pytest.raises(NodeUnavailable):
        ask_all(web3, [("eth_blockNumber", []), ("eth_blockNumber", [])])


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b'{"a":', b"\xff\xfe", b"[" * 200_000, b"0x1", b'{"a":' * 100_000], ids=len
)
def test_parsed__no_json__node_unavailable(body: bytes) -> None:
    with pytest.raises(NodeUnavailable):
        parsed(body)


@pytest.mark.parametrize(
    "value", [None, 7, True, "", "0x", "7", "0xg", "0x" + "1" * 65, "0x1\n", ["0x1"], "-0x1", "0x 1"]
)
def test_quantity__no_number__node_unavailable_and_the_next_node_is_asked(value: Any) -> None:
    web3 = over(Double("one", result(value)), Double("two", result("0x7")))
    with pytest.raises(NodeUnavailable):
        quantity(web3, ask(web3, "eth_blockNumber"))
    assert quantity(web3, ask(web3, "eth_blockNumber")) == 7


@pytest.mark.parametrize(
    ("value", "length"), [("0x1", None), ("0xzz", None), ("ab", None), (None, None), ("0xabcd", 1)]
)
def test_octets__no_bytes__node_unavailable(value: Any, length: int | None) -> None:
    with pytest.raises(NodeUnavailable):
        octets(over(Double("one", result(None))), value, length)


# --- who is asked -----------------------------------------------------------------------------------


def test_endpoints__no_node_answers__unavailable_naming_each() -> None:
    web3 = over(Double("one", away), Double("two", lambda _: "<html>"))
    with pytest.raises(NodeUnavailable, match=r"one: no answer.*; two: an answer that is no JSON-RPC"):
        ask(web3, "eth_blockNumber")


def test_endpoints__first_fails__second_answers_and_is_asked_first_from_then_on() -> None:
    one, two = Double("one", away), Double("two", result("0x7"))
    web3 = over(one, two)
    assert ask(web3, "eth_blockNumber") == "0x7"
    one.asked.clear()
    assert web3.eth.block_number == 7
    assert one.asked == []
    assert one.closed == 1


def test_endpoints__second_fails_later__back_to_the_first() -> None:
    one, two = Double("one", away), Double("two", result("0x7"))
    web3 = over(one, two)
    ask(web3, "eth_blockNumber")
    one.answering, two.answering = result("0x8"), away
    assert ask(web3, "eth_blockNumber") == "0x8"


def test_endpoints__all_failed__the_next_one_begins_the_next_round() -> None:
    one, two = Double("one", away), Double("two", away)
    web3 = over(one, two)
    for _ in range(2):
        with pytest.raises(NodeUnavailable):
            ask(web3, "eth_blockNumber")
    assert one.asked == ["eth_chainId", "eth_blockNumber"] * 2
    assert two.asked == one.asked


def test_endpoints__chain_checked_once_and_again_after_a_failure() -> None:
    one = Double("one", result("0x7"))
    web3 = over(one)
    ask(web3, "eth_blockNumber")
    ask(web3, "eth_blockNumber")
    assert one.asked.count("eth_chainId") == 1
    one.answering = away
    with pytest.raises(NodeUnavailable):
        ask(web3, "eth_blockNumber")
    one.answering, one.chain = result("0x7"), "0x1"
    with pytest.raises(WrongChain):
        ask(web3, "eth_blockNumber")


def test_endpoints__all_serve_another_chain__wrong_chain() -> None:
    one, two = Double("one", result("0x7"), chain="0x1"), Double("two", result("0x7"), chain="0x1")
    with pytest.raises(WrongChain) as refused:
        ask(over(one, two), "eth_blockNumber")
    assert (refused.value.expected, refused.value.found) == (CHAIN, 1)
    assert "eth_blockNumber" not in one.asked + two.asked


def test_endpoints__one_of_another_chain_and_one_away__may_come_back() -> None:
    with pytest.raises(NodeUnavailable, match="it serves chain 1"):
        ask(over(Double("one", result("0x7"), chain="0x1"), Double("two", away)), "eth_blockNumber")


@pytest.mark.parametrize("chain", [None, "zz", 7, [], "0x"])
def test_endpoints__chain_that_is_none__node_unavailable(chain: Any) -> None:
    with pytest.raises(NodeUnavailable, match="does not tell its chain"):
        ask(over(Double("one", result("0x7"), chain=chain)), "eth_blockNumber")


@pytest.mark.parametrize(
    ("method", "twice"),
    [("eth_sendRawTransaction", True), ("eth_call", True), ("eth_sendTransaction", False), ("evm_mine", False)],
)
def test_endpoints__call_that_may_not_be_repeated__not_given_to_a_second_node(method: str, twice: bool) -> None:
    one, two = Double("one", away), Double("two", result("0x7"))
    web3 = over(one, two)
    if twice:
        assert ask(web3, method) == "0x7"
    else:
        with pytest.raises(NodeUnavailable):
            ask(web3, method)
        assert method not in two.asked


def test_endpoints__error_in_good_form__is_an_answer() -> None:
    def answering(asked: Any) -> Any:
        error = {"code": 3, "message": "execution reverted", "data": "0x"}
        return {"jsonrpc": "2.0", "id": asked["id"], "result": None, "error": error}

    two = Double("two", result("0x7"))
    [answer] = ask_all(over(Double("one", answering), two), [("eth_call", [])])
    assert answer["error"]["code"] == 3
    assert "result" not in answer
    assert two.asked == []


def test_endpoints__null_error_beside_a_result__is_the_result() -> None:
    web3 = over(Double("one", lambda asked: {"jsonrpc": "2.0", "id": asked["id"], "result": "0x7", "error": None}))
    assert ask(web3, "eth_blockNumber") == "0x7"


# --- addresses --------------------------------------------------------------------------------------


def test_endpoints__no_address__refused() -> None:
    with pytest.raises(SettingsError, match="no address of a node"):
        Endpoints([], CHAIN)


@pytest.mark.parametrize(
    "url", ["", "ws://user:secret@host/key", "http://", "http://:80", "http://h:99999/key", "http://[secret", "ftp://h"]
)
def test_transport_to__no_address_of_a_node__refused_without_secrets(url: str) -> None:
    with pytest.raises(SettingsError, match="no address of a node") as refused:
        transport_to(url, 1.0, 1)
    assert "secret" not in str(refused.value)
    assert "key" not in str(refused.value)


def test_endpoints__address_with_secrets__never_shown() -> None:
    endpoints = Endpoints(["https://user:secret@node.example:8545/key?token=x", "http://[::1]:7/key"], CHAIN)
    for text in (repr(endpoints), str(endpoints), endpoints.current, repr(web3_over(endpoints))):
        assert "secret" not in text
        assert "key" not in text
        assert "token" not in text
    assert repr(endpoints) == "Endpoints(https://node.example:8545, http://[::1]:7)"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("ws://u:p@host:1/key", "ws://host:1"),
        ("u:p@host:8545", "u:…"),
        ("http://h:99999/key", "an address that cannot be read"),
        ("/run/node.ipc", "/run/node.ipc"),
        ("ipc:///run/node.ipc", "ipc:///run/node.ipc"),
    ],
)
def test_public_url__address__without_secrets(url: str, shown: str) -> None:
    assert public_url(url) == shown
