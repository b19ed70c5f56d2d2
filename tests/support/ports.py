"""Ports for servers that tests start, and start again."""

from __future__ import annotations

import secrets
import socket

HOST = "127.0.0.1"
FIRST, LAST = 15_000, 32_000


def free_port() -> int:
    """A port that nobody has, below those that the system gives to outgoing connections: while a server is down, no
    connection of another test can take its place.
    """
    while True:
        port = FIRST + secrets.randbelow(LAST - FIRST)
        with socket.socket() as probe:
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port
