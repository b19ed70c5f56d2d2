"""What time it is, and whether that can be believed.

Readings are dated by this machine's clock. The kernel knows whether a time service (chrony, ntpd, timesyncd) keeps it
right: adjtimex(2) says so without any privilege. A machine without a battery clock starts somewhere in the past and
jumps once the network is there, so what is read before that is held back until the clock can be believed.
"""

from __future__ import annotations

import ctypes
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

_TIME_ERROR: Final = 5  # the return value of adjtimex for a clock that nothing keeps right
_STA_UNSYNC: Final = 0x0040
_STA_NANO: Final = 0x2000
_ASK_AGAIN_MS: Final = 5_000
_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment by two clocks. `at`: unix ms; `steady`: ms of a clock that is never set, within one `session`.

    `trusted`: a time service keeps `at` right.
    """

    at: int
    steady: int
    session: str
    trusted: bool


@dataclass(frozen=True, slots=True)
class ClockState:
    """What the kernel says of its clock. `offset_us`: by how much it is off as far as it knows, microseconds."""

    synchronised: bool
    offset_us: int
    max_error_us: int


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> Moment:
        """This moment."""
        ...

    def state(self) -> ClockState:
        """Whether the clock is kept right, and how well."""
        ...


class _Timex(ctypes.Structure):
    """struct timex of adjtimex(2); what follows `tick` is only reserved room."""

    _fields_ = [
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("constant", ctypes.c_long),
        ("precision", ctypes.c_long),
        ("tolerance", ctypes.c_long),
        ("time", ctypes.c_long * 2),
        ("tick", ctypes.c_long),
        ("rest", ctypes.c_long * 32),
    ]


class SystemClock:
    """This machine's clock. `check` off believes it always: for machines whose clock is kept right by other means."""

    def __init__(self, *, check: bool = True) -> None:
        self._check = check
        self._session = _boot_id()
        self._asked: int | None = None
        self._state = ClockState(synchronised=False, offset_us=0, max_error_us=0)

    def now(self) -> Moment:
        """See Clock; whether it is trusted is asked at most every five seconds."""
        steady = time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000
        if self._check and (self._asked is None or steady - self._asked >= _ASK_AGAIN_MS):
            self._state, self._asked = self.state(), steady
        trusted = not self._check or self._state.synchronised
        return Moment(time.time_ns() // 1_000_000, steady, self._session, trusted)

    def state(self) -> ClockState:
        """See Clock; not synchronised where the kernel cannot be asked."""
        timex = _Timex()
        try:
            answer = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(timex))
        except (OSError, AttributeError):
            return ClockState(synchronised=False, offset_us=0, max_error_us=0)
        synchronised = answer not in (-1, _TIME_ERROR) and not timex.status & _STA_UNSYNC
        offset = timex.offset // 1_000 if timex.status & _STA_NANO else timex.offset
        return ClockState(synchronised, int(offset), int(timex.maxerror))


def _boot_id() -> str:
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        # Without it no two starts of this program are taken for one boot.
        return f"start-{time.time_ns()}"
