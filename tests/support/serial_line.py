"""Meters at the other end of a real line: a pseudo-terminal, a TCP bridge, and a port shared by RFC 2217."""

from __future__ import annotations

import os
import pty
import socket
import termios
import threading
import time
import tty
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from pathlib import Path

import serial
from serial.rfc2217 import PortManager

from wattcommons.domain.channels import Channel, EnergyRow
from wattcommons.errors import MeterDataError
from wattcommons.services.gateway.samples import IndexSeen, PowerSeen, RowsTaken, Source

SPEEDS = {1_200: termios.B1200, 9_600: termios.B9600, 115_200: termios.B115200}
GARBAGE = bytes(range(0x80, 0xC0))


class Recorder:
    """A sink that remembers what it was told, and refuses as long as `refusals` last."""

    def __init__(self, *refusals: Exception) -> None:
        self.samples: list[IndexSeen | PowerSeen] = []
        self.degraded: list[bool] = []
        self.problems: list[MeterDataError] = []
        self.notes: dict[str, str] = {}
        self._refusals = list(refusals)

    def seen(self, samples: Sequence[IndexSeen | PowerSeen], *, clock_degraded: bool = False) -> None:
        if self._refusals:
            raise self._refusals.pop(0)
        self.samples.extend(samples)
        self.degraded.append(clock_degraded)

    def rows(self, rows: Sequence[EnergyRow]) -> RowsTaken:
        raise AssertionError("a line has no rows")

    def problem(self, error: MeterDataError) -> None:
        self.problems.append(error)

    def note(self, key: str, value: str) -> None:
        self.notes[key] = value

    def of(self, channel: Channel) -> list[int]:
        """The indexes of a channel, mWh, each once."""
        found = [one.index for one in self.samples if isinstance(one, IndexSeen) and one.channel is channel]
        return list(dict.fromkeys(found))

    @property
    def kinds(self) -> set[str]:
        return {error.kind for error in self.problems}


class PtyLine:
    """A serial port at `path`, and the meter's end of it. It can be pulled out and put back."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._ends: tuple[int, int] | None = None
        self.plug_in()

    def plug_in(self) -> None:
        meter, port = pty.openpty()
        tty.setraw(port)
        os.set_blocking(meter, False)
        self._ends = meter, port
        self.path.unlink(missing_ok=True)
        self.path.symlink_to(os.ttyname(port))

    def unplug(self) -> None:
        if self._ends is not None:
            for end in self._ends:
                os.close(end)
            self._ends = None
            self.path.unlink(missing_ok=True)

    def send(self, data: bytes, baud: int | None = None) -> None:
        """Sends bytes; those of a meter at another speed arrive as garbage. What nobody reads is dropped."""
        if self._ends is None:
            return
        meter, port = self._ends
        if baud is not None and termios.tcgetattr(port)[4] != SPEEDS[baud]:
            data = GARBAGE
        with suppress(BlockingIOError):
            os.write(meter, data)


class TcpLine:
    """A bridge that hands a line's bytes to whoever connects."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self._clients: list[socket.socket] = []
        self._open = True
        self.url = f"socket://127.0.0.1:{self._server.getsockname()[1]}"
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def _accept(self) -> None:
        while self._open:
            with suppress(OSError):
                self._clients.append(self._server.accept()[0])

    def send(self, data: bytes, baud: int | None = None) -> None:
        for client in list(self._clients):
            with suppress(OSError):
                client.sendall(data)

    def drop(self) -> None:
        """Ends the connections there are; new ones are taken."""
        while self._clients:
            self._clients.pop().close()

    def close(self) -> None:
        self._open = False
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._thread.join(5)
        self.drop()


@contextmanager
def pty_line(folder: Path) -> Iterator[PtyLine]:
    line = PtyLine(folder / "ttyTEST")
    try:
        yield line
    finally:
        line.unplug()


@contextmanager
def tcp_line() -> Iterator[TcpLine]:
    line = TcpLine()
    try:
        yield line
    finally:
        line.close()


@contextmanager
def talking(
    line: PtyLine | TcpLine, say: Callable[[], bytes] | bytes, *, baud: int | None = None, every_s: float = 0.05
) -> Iterator[None]:
    """A meter that says its frame again and again."""
    done = threading.Event()

    def talk() -> None:
        while not done.wait(every_s):
            line.send(say if isinstance(say, bytes) else say(), baud)

    thread = threading.Thread(target=talk, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join(5)


class _PtyPort(serial.Serial):
    """A pseudo-terminal as a port to share: it has no control wires to set or to ask for, and no parity."""

    cts = dsr = ri = cd = False

    def _reconfigure_port(self, force_update: bool = False) -> None:
        with suppress(termios.error):
            super()._reconfigure_port(force_update)

    def _update_dtr_state(self) -> None:
        pass

    def _update_rts_state(self) -> None:
        pass


@contextmanager
def rfc2217_server(path: Path) -> Iterator[str]:
    """Shares a serial port by RFC 2217, one connection after another; gives its URL."""
    server = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()

    def serve() -> None:
        while not done.is_set():
            try:
                client, _ = server.accept()
            except OSError:
                return
            with client, _PtyPort(str(path), timeout=0.05) as port:
                _share(client, port, done)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"rfc2217://127.0.0.1:{server.getsockname()[1]}"
    finally:
        done.set()
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(5)


def _share(client: socket.socket, port: serial.Serial, done: threading.Event) -> None:
    class Answers:
        def write(self, data: bytes) -> None:
            client.sendall(data)

    manager = PortManager(port, Answers())
    client.settimeout(0.02)
    try:
        while not done.is_set():
            with suppress(TimeoutError):
                asked = client.recv(1_024)
                if not asked:
                    return
                port.write(b"".join(manager.filter(asked)))
            heard = port.read(port.in_waiting)
            if heard:
                client.sendall(b"".join(manager.escape(heard)))
    except OSError:
        return


@contextmanager
def running(source: Source) -> Iterator[Future[None]]:
    """Runs a source in a thread of its own; afterwards it must stop within 2 s. The future holds what it raised."""
    stop, outcome = threading.Event(), Future[None]()

    def work() -> None:
        try:
            source.run(stop)
        except BaseException as error:  # noqa: BLE001
            outcome.set_exception(error)
        else:
            outcome.set_result(None)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield outcome
    finally:
        stop.set()
        began = time.monotonic()
        thread.join(10)
        assert time.monotonic() - began < 2, "a source must stop within 2 s"


def eventually(condition: Callable[[], object], within_s: float = 10.0) -> None:
    """Waits until something holds."""
    end = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.01)
