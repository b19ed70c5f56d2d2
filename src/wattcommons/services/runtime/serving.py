"""A web server that ends gracefully: its own socket, its own signals."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn

from wattcommons.errors import SettingsError


class Server(uvicorn.Server):
    """Leaves the signals to `signals`: uvicorn would raise them anew when it ends, before other threads have ended."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take none."""
        yield


@contextmanager
def listening(host: str, port: int, *, setting: str, what: str) -> Iterator[socket.socket]:
    """A socket at an address; port 0 takes a free one. Raises SettingsError, naming `setting`, when it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen()  # whoever is told the address before the server runs waits instead of being refused
        except OSError as error:
            raise SettingsError(
                f"{host}:{port} cannot be listened to ({error.strerror})",
                f"is another {what} running? choose another port",
                setting=setting,
            ) from None
        yield listener


@contextmanager
def signals(stop: Callable[[], None]) -> Iterator[None]:
    """SIGTERM and SIGINT end the service gracefully, where this is the thread that hears them."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handled = (signal.SIGTERM, signal.SIGINT)
    before = {one: signal.signal(one, lambda *_: stop()) for one in handled}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
