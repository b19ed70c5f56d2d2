"""Raw questions to a node, and answers taken strictly.

A node that is broken, restarting or behind a broken proxy may answer anything. Whatever is no answer becomes
NodeUnavailable here, so that a caller has one thing to handle; an error that the node itself reports is an answer.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

import requests
from web3 import Web3
from web3.exceptions import Web3Exception, Web3RPCError
from web3.types import RPCEndpoint

from wattcommons.errors import NodeUnavailable

Answer = dict[str, Any]
"""One JSON-RPC answer: it has `result` or `error`."""

_QUANTITY: Final = re.compile(r"0x[0-9a-fA-F]{1,64}\Z")
_OCTETS: Final = re.compile(r"0x(?:[0-9a-fA-F]{2})*\Z")
_SHOWN: Final = 200


@contextlib.contextmanager
def node_errors() -> Iterator[None]:
    """Turns every failure of the connection into NodeUnavailable. Wrap the request alone, none of our own work.

    The errors of Python's own kinds are what web3 makes of an answer of the wrong shape.
    """
    try:
        yield
    except Web3RPCError as error:
        raise NodeUnavailable(f"the node answered with an error: {error.message}") from error
    except (requests.RequestException, OSError, Web3Exception) as error:
        raise NodeUnavailable(f"the node does not answer ({type(error).__name__})") from error
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise NodeUnavailable(f"the node's answer is none ({type(error).__name__})") from error


def ask_all(web3: Web3, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Answer]:
    """Several calls in one request; their answers in order, errors of the node among them.

    Raises NodeUnavailable.
    """
    if not calls:
        return []
    provider: Any = web3.provider
    wanted = [(RPCEndpoint(method), list(parameters)) for method, parameters in calls]
    with node_errors():
        answers = provider.make_batch_request(wanted) if len(wanted) > 1 else [provider.make_request(*wanted[0])]
    if not isinstance(answers, list) or len(answers) != len(wanted):
        said = f": {error_text(answers)}" if isinstance(answers, dict) and "error" in answers else ""
        raise useless(web3, f"the node does not answer {len(wanted)} calls one by one{said}")
    for answer in answers:
        if not isinstance(answer, dict) or ("result" in answer) == ("error" in answer):
            raise useless(web3, "the node gave neither a result nor an error")
    return answers


def ask(web3: Web3, method: str, *parameters: Any) -> Any:
    """The result of one call. Raises NodeUnavailable, for an error of the node too."""
    [answer] = ask_all(web3, [(method, parameters)])
    return result_of(web3, answer)


def result_of(web3: Web3, answer: Answer) -> Any:
    """The result in an answer. Raises NodeUnavailable for an error."""
    if "error" in answer:
        raise useless(web3, f"the node answered with an error: {error_text(answer)}")
    return answer["result"]


def error_text(answer: Answer) -> str:
    """What the node says of an error, not longer than a line."""
    detail = answer["error"]
    text = str(detail.get("message", detail) if isinstance(detail, dict) else detail)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def useless(web3: Web3, what: str) -> NodeUnavailable:
    """The error for a well-formed answer that helps nobody. Of several nodes the next one is asked from now on."""
    move_on(web3)
    return NodeUnavailable(what)


def move_on(web3: Web3) -> None:
    """Ask another node from now on, where there are several."""
    further = getattr(web3.provider, "move_on", None)
    if further is not None:
        further()


def quantity(web3: Web3, value: object) -> int:
    """A number of at most 256 bits as JSON-RPC writes it. Raises NodeUnavailable for anything else."""
    if not isinstance(value, str) or not _QUANTITY.match(value):
        raise useless(web3, "the node gave something else where a number belongs")
    return int(value, 16)


def octets(web3: Web3, value: object, length: int | None = None) -> bytes:
    """Bytes as JSON-RPC writes them, exactly `length` of them if given. Raises NodeUnavailable for anything else."""
    if not isinstance(value, str) or not _OCTETS.match(value) or length not in (None, len(value) // 2 - 1):
        raise useless(web3, "the node gave something else where bytes belong")
    return bytes.fromhex(value[2:])
