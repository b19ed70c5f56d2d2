"""One question to one node and its answer, over HTTP or a local socket, within a time and a size.

Written on the standard library's connections rather than on a client that follows redirects, reads proxies and
passwords from the environment, and writes addresses, which may hold an access key, into its log.
"""

from __future__ import annotations

import base64
import http.client
import io
import json
import socket
import ssl
import time
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import SplitResult, unquote, urlsplit

from wattcommons.chain.node import no_address, public_url
from wattcommons.errors import NodeUnavailable

CONNECT_S: Final = 5.0
"""Longest wait for a connection: a machine that is off must not cost a whole time-out each time."""
_CHUNK: Final = 1 << 16


class Transport(Protocol):
    """A way to one node. For one thread at a time."""

    shown: str
    """Its address without secrets."""

    def exchange(self, request: bytes, *, repeat: bool) -> Any:
        """The JSON value that answers a request. Raises NodeUnavailable, and whatever it had open is closed then.

        `repeat`: whether the request may reach the node twice without harm.
        """
        ...

    def close(self) -> None:
        """Closes what is open; the next exchange opens it again."""
        ...


def transport_to(url: str, timeout_s: float, most_bytes: int) -> Transport:
    """The way to `http://…`, `https://…`, `ipc://PATH` or the path of a socket; nothing is opened yet.

    Raises SettingsError for any other address.
    """
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError as error:
        raise no_address(url) from error
    if known:
        return HttpTransport(url, parts, timeout_s, most_bytes)
    if parts.scheme in ("", "ipc", "file") and url:
        path = Path(url.removeprefix("ipc://").removeprefix("file://")).expanduser()
        return SocketTransport(path, timeout_s, most_bytes)
    raise no_address(url)


class HttpTransport:
    """JSON-RPC over HTTP/1.1 with one connection that is kept open.

    A kept connection that the node has closed meanwhile is opened again once. The time-out is for the whole
    exchange, so that an answer that trickles does not hold the caller for ever.
    """

    def __init__(self, url: str, parts: SplitResult, timeout_s: float, most_bytes: int) -> None:
        self.shown = public_url(url)
        self._host, self._port = str(parts.hostname), parts.port
        self._path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._timeout_s, self._most = timeout_s, most_bytes
        self._headers = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
        }
        if parts.username is not None:
            word = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            self._headers["Authorization"] = "Basic " + base64.b64encode(word.encode()).decode()
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self._connection: http.client.HTTPConnection | None = None

    def __repr__(self) -> str:
        return f"HttpTransport({self.shown})"

    def exchange(self, request: bytes, *, repeat: bool) -> Any:
        """See Transport."""
        deadline = time.monotonic() + self._timeout_s
        try:
            kept = self._connection is not None
            try:
                body = self._post(request, deadline)
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                self.close()
                if not (kept and repeat):
                    raise
                body = self._post(request, deadline)
            return parsed(body)
        except NodeUnavailable:
            self.close()
            raise
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.close()
            raise NodeUnavailable(f"no answer ({type(error).__name__})") from error
        except BaseException:
            self.close()  # interrupted half-way: what is left in the connection answers no other question
            raise

    def close(self) -> None:
        """See Transport."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _post(self, request: bytes, deadline: float) -> bytes:
        connection = self._connection
        if connection is None:
            connection = self._connection = self._opened(deadline)
        line: Any = _Timed(connection.sock, deadline)
        connection.sock = line
        connection.request("POST", self._path, request, self._headers)
        response = connection.getresponse()
        if response.status != 200:
            raise NodeUnavailable(f"HTTP status {response.status}")
        if response.length is not None and response.length > self._most:
            raise NodeUnavailable(f"an answer of {response.length} bytes, more than {self._most}")
        body = bytearray()
        while chunk := response.read(_CHUNK):  # a body that is cut off is no JSON value, as `parsed` finds
            body += chunk
            if len(body) > self._most:
                raise NodeUnavailable(f"an answer of more than {self._most} bytes")
        if connection.sock is None:  # the node closes it after this answer
            self._connection = None
        else:
            connection.sock = line.plain
        return bytes(body)

    def _opened(self, deadline: float) -> http.client.HTTPConnection:
        wait = min(CONNECT_S, max(deadline - time.monotonic(), 0.001))
        connection = (
            http.client.HTTPConnection(self._host, self._port, timeout=wait)
            if self._tls is None
            else http.client.HTTPSConnection(self._host, self._port, timeout=wait, context=self._tls)
        )
        connection.connect()
        return connection


class SocketTransport:
    """JSON-RPC over a node's local socket, which is kept open."""

    def __init__(self, path: Path, timeout_s: float, most_bytes: int) -> None:
        self.shown = str(path)
        self._path, self._timeout_s, self._most = path, timeout_s, most_bytes
        self._socket: socket.socket | None = None

    def __repr__(self) -> str:
        return f"SocketTransport({self.shown})"

    def exchange(self, request: bytes, *, repeat: bool) -> Any:
        """See Transport."""
        deadline = time.monotonic() + self._timeout_s
        try:
            kept = self._socket is not None
            try:
                return self._ask(request, deadline)
            except (BrokenPipeError, ConnectionResetError):
                self.close()
                if not (kept and repeat):
                    raise
                return self._ask(request, deadline)
        except OSError as error:
            self.close()
            raise NodeUnavailable(f"no answer ({type(error).__name__})") from error
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """See Transport."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _ask(self, request: bytes, deadline: float) -> Any:
        if self._socket is None:
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self._socket.settimeout(CONNECT_S)
            self._socket.connect(str(self._path))
        line = self._socket
        line.settimeout(_left(deadline))
        line.sendall(request + b"\n")
        body = bytearray()
        while True:
            line.settimeout(_left(deadline))
            chunk = line.recv(_CHUNK)
            if not chunk:
                raise ConnectionResetError
            body += chunk
            if len(body) > self._most:
                raise NodeUnavailable(f"an answer of more than {self._most} bytes")
            # Nothing says where an answer ends but its own brackets; a chunk seldom ends with one by chance.
            if body[-8:].rstrip().endswith((b"}", b"]")):
                try:
                    return json.loads(body)
                except (ValueError, RecursionError):
                    continue


def parsed(body: bytes) -> Any:
    """The JSON value in a body. Raises NodeUnavailable when there is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NodeUnavailable("an answer that is not JSON") from error


class _Timed:
    """A connected socket on which all reading and writing together ends at a deadline."""

    def __init__(self, plain: socket.socket, deadline: float) -> None:
        self.plain, self._deadline = plain, deadline

    def sendall(self, data: bytes) -> None:
        self.plain.settimeout(_left(self._deadline))
        self.plain.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_TimedReader(self.plain, self._deadline))

    def close(self) -> None:
        self.plain.close()


class _TimedReader(io.RawIOBase):
    def __init__(self, plain: socket.socket, deadline: float) -> None:
        self._plain, self._deadline = plain, deadline
        self._raw = plain.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._plain.settimeout(_left(self._deadline))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
