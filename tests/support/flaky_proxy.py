"""A TCP proxy between a client and a node that behaves as networks and proxies do on their bad days.

    with FlakyProxy(port) as proxy:
        proxy.behave(Behaviour.STALL)     # for every exchange from now on
        proxy.random(seed=7, good_share=0.5)   # or drawn for each
        proxy.target = other_port         # the node was restarted elsewhere

A behaviour is chosen when a request has come, so that a kept connection never lives by an older choice. Every thread
and socket ends with the proxy.
"""

from __future__ import annotations

import contextlib
import random
import selectors
import socket
import struct
import threading
import time
from enum import Enum
from types import TracebackType


class Behaviour(Enum):
    """What becomes of an exchange. In brackets: whether the request reaches the node."""

    PASS = "everything passes [yes]"  # noqa: S105
    REFUSE = "the connection is reset [no]"
    DROP = "the answer is cut after `drop_after` bytes by a reset [yes]"
    LOSE = "the answer is read and never passed on: the connection closes [yes]"
    CUT_REQUEST = "the request is cut half-way [in part]"
    DELAY = "passes after `delay_s` [yes]"
    HALF_CLOSE = "the proxy closes its sending side and answers nothing [no]"
    STALL = "nothing comes until the client gives up [no]"
    RANDOM_BYTES = "bytes that are no HTTP [no]"
    BAD_GATEWAY = "a page of a web server, status 502 [no]"
    PAGE = "a page of a web server, status 200 [no]"
    BROKEN_JSON = "HTTP 200 with half a JSON value [no]"
    WRONG_SHAPE = "HTTP 200 with JSON that is no JSON-RPC answer [no]"
    WRONG_ID = "HTTP 200 with an answer to another question [no]"
    NULL = "HTTP 200 with a null result for whatever was asked [no]"


ALL_BAD = tuple(one for one in Behaviour if one is not Behaviour.PASS)
_CHUNK = 1 << 16
_TICK_S = 0.05
_MOST_STALL_S = 30.0


class FlakyProxy:
    """Listens on `port` of the local host and passes on to `target`, as well as it is told to.

    `seen` counts exchanges by behaviour. `drop_after`: bytes; `delay_s`: seconds.
    """

    def __init__(self, target_port: int, *, drop_after: int = 40, delay_s: float = 0.2) -> None:
        self.target = target_port
        self.drop_after, self.delay_s = drop_after, delay_s
        self.seen: dict[Behaviour, int] = dict.fromkeys(Behaviour, 0)
        self._lock = threading.Lock()
        self._behaviour = Behaviour.PASS
        self._next: list[Behaviour] = []
        self._random: random.Random | None = None
        self._bad: tuple[Behaviour, ...] = ALL_BAD
        self._good_share = 1.0
        self._bytes = random.Random(0)
        self._ended = threading.Event()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._listener.settimeout(_TICK_S)
        self.port = int(self._listener.getsockname()[1])
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def behave(self, behaviour: Behaviour) -> None:
        """For every exchange from now on."""
        with self._lock:
            self._behaviour, self._random = behaviour, None
            self._next.clear()

    def once(self, *behaviours: Behaviour) -> None:
        """For the next exchanges, one each; then as before."""
        with self._lock:
            self._next += behaviours

    def random(self, seed: int, good_share: float, bad: tuple[Behaviour, ...] = ALL_BAD) -> None:
        """Drawn for each exchange: good with this probability, else one of the bad ones."""
        with self._lock:
            self._random, self._good_share, self._bad = random.Random(seed), good_share, bad
            self._next.clear()

    def close(self) -> None:
        """Ends everything; exchanges that stall are cut."""
        self._ended.set()
        self._listener.close()
        self._accepting.join()
        for thread in self._threads:
            thread.join()

    def __enter__(self) -> FlakyProxy:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    # --- connections --------------------------------------------------------------------------------

    def _draw(self) -> Behaviour:
        with self._lock:
            if self._next:
                drawn = self._next.pop(0)
            elif self._random is None:
                drawn = self._behaviour
            else:
                good = self._random.random() < self._good_share
                drawn = Behaviour.PASS if good else self._random.choice(self._bad)
            self.seen[drawn] += 1
            return drawn

    def _accept(self) -> None:
        while not self._ended.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                continue  # a time-out, or the end
            thread = threading.Thread(target=self._serve, args=(client,), daemon=True)
            self._threads = [one for one in self._threads if one.is_alive()]
            self._threads.append(thread)
            thread.start()

    def _serve(self, client: socket.socket) -> None:
        """One connection of a client, exchange by exchange."""
        node: socket.socket | None = None
        with client, contextlib.suppress(OSError):
            client.settimeout(_MOST_STALL_S)
            try:
                while True:
                    request = self._message(client)
                    if not request:
                        return
                    behaviour = self._draw()
                    if behaviour is Behaviour.REFUSE:
                        _reset(client)
                        return
                    if behaviour is Behaviour.STALL:
                        self._stall(client)
                        return
                    if behaviour is Behaviour.HALF_CLOSE:
                        client.shutdown(socket.SHUT_WR)
                        self._stall(client)
                        return
                    made_up = self._made_up(behaviour)
                    if made_up is not None:
                        client.sendall(made_up)
                        return
                    if behaviour is Behaviour.DELAY and self._ended.wait(self.delay_s):
                        return
                    if node is None:
                        node = socket.create_connection(("127.0.0.1", self.target), timeout=5)
                    if behaviour is Behaviour.CUT_REQUEST:
                        node.sendall(request[: len(request) // 2])
                        _reset(node)
                        return
                    node.sendall(request)
                    answer = self._message(node)
                    if behaviour is Behaviour.LOSE:
                        return
                    if behaviour is Behaviour.DROP:
                        client.sendall(answer[: self.drop_after])
                        _reset(client)
                        return
                    client.sendall(answer)
            finally:
                if node is not None:
                    node.close()

    def _message(self, sender: socket.socket) -> bytes:
        """One HTTP message with its body; empty when the other side ends first. Enough for a client and a node."""
        received = b""
        while not self._ended.is_set():
            head, end, body = received.partition(b"\r\n\r\n")
            if end and _is_whole(head, body):
                return received
            if not _readable(sender):
                continue
            chunk = sender.recv(_CHUNK)
            if not chunk:
                return received if end else b""
            received += chunk
        return b""

    def _stall(self, client: socket.socket) -> None:
        """Until the client gives up, or the proxy ends."""
        until = time.monotonic() + _MOST_STALL_S
        while time.monotonic() < until and not self._ended.wait(_TICK_S):
            if _readable(client) and not client.recv(_CHUNK):
                return

    def _made_up(self, behaviour: Behaviour) -> bytes | None:
        if behaviour is Behaviour.RANDOM_BYTES:
            return self._bytes.randbytes(300)
        page = b"<html><body><h1>502 Bad Gateway</h1></body></html>"
        if behaviour is Behaviour.BAD_GATEWAY:
            return _http(page, "502 Bad Gateway", "text/html")
        bodies = {
            Behaviour.PAGE: page,
            Behaviour.BROKEN_JSON: b'{"jsonrpc":"2.0","id":1,"resu',
            Behaviour.WRONG_SHAPE: b'[[], {"a": "b"}, 7]',
            Behaviour.WRONG_ID: b'{"jsonrpc":"2.0","id":987654321,"result":"0x0"}',
            Behaviour.NULL: b"null",
        }
        return _http(bodies[behaviour]) if behaviour in bodies else None


def _http(body: bytes, status: str = "200 OK", kind: str = "application/json") -> bytes:
    lines = (f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}", "Connection: close", "", "")
    return "\r\n".join(lines).encode() + body


def _is_whole(head: bytes, body: bytes) -> bool:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return len(body) >= int(line.partition(b":")[2])
        if line.startswith(b"transfer-encoding:"):
            return body.endswith(b"0\r\n\r\n")
    return True


def _readable(connection: socket.socket) -> bool:
    with selectors.DefaultSelector() as selector:
        selector.register(connection, selectors.EVENT_READ)
        return bool(selector.select(_TICK_S))


def _reset(connection: socket.socket) -> None:
    """Close with a reset, not with an orderly end."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
