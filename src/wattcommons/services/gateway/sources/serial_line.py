"""A serial line by its device or URL, opened, read and lost in one way for all meters that talk on one.

    /dev/ttyUSB0, /dev/serial/by-id/…   a serial port of this machine
    rfc2217://host:port                 a port elsewhere, its speed and parity set from here (RFC 2217)
    socket://host:port                  a bridge that only passes bytes on, its port set up over there

Whatever the operating system or pyserial says about a line that cannot be read becomes a SourceLost.
"""

from __future__ import annotations

import errno
import stat
import termios
import time
from collections.abc import Callable, Collection
from concurrent.futures import Future, wait
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import serial  # type: ignore[import-untyped]

from wattcommons.errors import MeterDataError, SettingsError, SourceLost
from wattcommons.services.gateway.samples import Sink

READ_S: Final = 0.2
"""Longest time a read waits: what it returns is that old at most."""
_READ_MOST: Final = 4_096
_GATHER_S: Final = 0.1
"""A port wakes us for a few bytes, sixty times a second: letting them gather halves the work."""
_TICK_S: Final = 0.1
_SCHEMES: Final = ("rfc2217", "socket")
_TOLD_EVERY_S: Final = 1.0
_STANDING_EVERY_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class LineSettings:
    """How a line is set up: `baud`, and 7 data bits with even parity, or 8 without; 1 stop bit."""

    baud: int
    seven_even: bool = False


def check_url(url: str) -> str:
    """`url` when it names a line as above. Raises SettingsError."""
    if "://" not in url:
        if not url.startswith("/"):
            raise _wrong_url(f"{url!r} is no serial port")
        return url
    try:
        parts = urlsplit(url)
        options = parse_qs(parts.query, keep_blank_values=True)
        scheme, host, port, secret = parts.scheme, parts.hostname, parts.port, parts.username or parts.password
    except ValueError:
        raise _wrong_url("the port's URL cannot be read") from None
    if secret is not None or "@" in parts.netloc:
        raise _wrong_url("the port's URL has a user or a password, which no such line knows")
    if scheme not in _SCHEMES or not host or not port or parts.path.strip("/"):
        raise _wrong_url(f"{url!r} is no serial port")
    if "logging" in options:
        raise _wrong_url("the port's URL asks for logging, which would show the meter's number")
    return url


class SerialLine:
    """An open line. For one thread."""

    def __init__(self, place: str, port: Any) -> None:
        self.place = place
        self.received = 0
        self._port = port
        self._gathers = not place.startswith("socket:")  # which does not say how much waits, but brings it in packets

    def read(self) -> bytes:
        """What came, after some READ_S; b"" when nothing did. Raises SourceLost."""
        try:
            data = bytes(self._port.read(1 if self._gathers else _READ_MOST))
            if data and self._gathers:
                time.sleep(_GATHER_S)
                data += bytes(self._port.read(self._port.in_waiting))
        except (OSError, TypeError) as error:  # pyserial's own is an OSError; TypeError where a device went away
            raise SourceLost(f"{self.place}: the line is gone ({type(error).__name__})", "check the cable") from None
        self.received += len(data)
        return data

    def close(self) -> None:
        """Gives the line back; raises nothing."""
        with suppress(OSError, TypeError):
            self._port.close()


def open_line(url: str, settings: LineSettings, stop: Event) -> SerialLine | None:
    """Opens a line; None when `stop` is set first. Raises SourceLost.

    A remote one may take ten seconds to answer: so it is opened in a thread of its own, and left to it.
    """
    opened: Future[SerialLine] = Future()

    def work() -> None:
        try:
            opened.set_result(SerialLine(url, _open(url, settings)))
        except BaseException as error:  # noqa: BLE001
            opened.set_exception(error)

    Thread(target=work, name=f"opens {url}", daemon=True).start()
    while not wait([opened], _TICK_S).done:
        if stop.is_set():
            opened.add_done_callback(_close_late)
            return None
    return opened.result()


def _open(url: str, settings: LineSettings) -> Any:
    """The open port. Raises SourceLost."""
    if _is_no_device(url):
        raise SourceLost(f"{url} is no serial port", "name the device, such as /dev/ttyUSB0")
    if settings.seven_even:
        # A pseudo-terminal or an adapter may know no parity, and the C library then refuses (EINVAL) what would change
        # nothing else. Such a line hands on 7 bits as 8; if the parity is left in the first, the frames show it.
        with suppress(termios.error):
            return _open_as(url, settings.baud, serial.SEVENBITS, serial.PARITY_EVEN)
    try:
        return _open_as(url, settings.baud, serial.EIGHTBITS, serial.PARITY_NONE)
    except termios.error:
        raise SourceLost(f"{url}: the line cannot be set to {settings.baud} baud", "is it a serial port?") from None


def _open_as(url: str, baud: int, bits: int, parity: str) -> Any:
    """The open port. Raises SourceLost, and termios.error where it cannot be set up so."""
    try:
        port = serial.serial_for_url(url, baudrate=baud, bytesize=bits, parity=parity, timeout=READ_S, exclusive=True)
    except OSError as error:  # pyserial's own errors are of this class too
        raise SourceLost(f"{url}: the line cannot be opened ({_reason(error)})", _hint(error)) from None
    except (ValueError, LookupError, NotImplementedError) as error:
        raise SourceLost(f"{url}: the line cannot be opened ({type(error).__name__})", "check its name") from None
    if parity == serial.PARITY_EVEN and isinstance(port, serial.Serial):
        _refuse_parity_errors(port)
    return port


def _is_no_device(url: str) -> bool:
    """Whether this is a file, a folder or a pipe: one may open like a port, and a read of it never come back."""
    try:
        return url.startswith("/") and not stat.S_ISCHR(Path(url).stat().st_mode)
    except OSError:
        return False  # opening it says what is wrong


def _refuse_parity_errors(port: Any) -> None:
    """Lets a byte with a wrong parity arrive as 0, which no frame may hold: the checksum does not see its bit 6."""
    with suppress(termios.error, OSError):
        attributes = termios.tcgetattr(port.fileno())
        attributes[0] = (attributes[0] | termios.INPCK) & ~(termios.IGNPAR | termios.PARMRK)
        termios.tcsetattr(port.fileno(), termios.TCSANOW, attributes)


def _close_late(opened: Future[SerialLine]) -> None:
    if opened.exception() is None:
        opened.result().close()


def _reason(error: OSError) -> str:
    """What the operating system says, without what pyserial adds."""
    if error.errno in (errno.EAGAIN, errno.EBUSY):
        return "another program reads it"
    return errno.errorcode.get(error.errno or 0, "no connection")


def _hint(error: OSError) -> str:
    if error.errno == errno.ENOENT:
        return "is the adapter plugged in? `ls /dev/serial/by-id` shows those that are"
    if error.errno in (errno.EACCES, errno.EPERM):
        return "the gateway's user belongs into the group `dialout`"
    if error.errno in (errno.EAGAIN, errno.EBUSY):
        return "two programs cannot share a line"
    return "check the cable, the address and that no firewall is between"


def _wrong_url(reason: str) -> SettingsError:
    return SettingsError(
        reason, "name a device such as /dev/ttyUSB0, or write rfc2217://host:port or socket://host:port", setting="port"
    )


class Complaints:
    """Tells a sink what was wrong, but a kind once a second, and a standing state once a minute.

    A line that brings nothing but garbage would otherwise make the store write for as long as it does.
    """

    def __init__(self, sink: Sink, standing: Collection[str], clock: Callable[[], float] = time.monotonic) -> None:
        self._sink, self._standing, self._clock = sink, frozenset(standing), clock
        self._quiet_until: dict[str, float] = {}

    def tell(self, error: MeterDataError) -> None:
        """Hands a problem to the sink, or leaves it at the last one of its kind."""
        now = self._clock()
        if now < self._quiet_until.get(error.kind, now):
            return
        every = _STANDING_EVERY_S if error.kind in self._standing else _TOLD_EVERY_S
        self._quiet_until[error.kind] = now + every
        self._sink.problem(error)
