"""A Linky's customer output on a serial line.

The line says how fast it is only by being understood: 9600 baud (standard) is tried first, then 1200 (historique),
both with 7 data bits and even parity; what mode a frame is in, the frame itself says. Only standard mode has an index
of what is injected. Whoever wants that of a meter in historique gets no sample at all, for half a reading is none.
"""

from __future__ import annotations

import time
from collections import deque
from contextlib import closing
from threading import Event
from typing import Final

from wattcommons.domain.channels import MWH_A_WH, Channel
from wattcommons.errors import MeterDataError, SourceLost
from wattcommons.services.gateway.samples import IndexSeen, Sink
from wattcommons.services.gateway.sources.serial_line import Complaints, LineSettings, SerialLine, check_url, open_line
from wattcommons.services.gateway.sources.tic_frames import MODULUS, TicFrame, TicFramer, TicMode

SILENCE_S: Final = 10.0
"""A line without a valid frame for this long is lost."""
DETECT_S: Final = {TicMode.STANDARD: 5.0, TicMode.HISTORIQUE: 8.0}
"""How long to listen in each mode: two of its longest frames, for the first one heard has begun already."""
BAUD: Final = {TicMode.STANDARD: 9_600, TicMode.HISTORIQUE: 1_200}

_HELD: Final = 16
_CHECK: Final = "check the cable at I1 and I2 of the meter, and that the port is the right one"
_ASK_SUPPLIER: Final = "ask the supplier to set the customer's output (TIC) to standard mode; it is done from afar"


class TicSource:
    """A source of readings: one Linky. `url`: see serial_line; `mode`: detected where it is None."""

    def __init__(self, name: str, url: str, gives: frozenset[Channel], sink: Sink, mode: TicMode | None = None) -> None:
        self.name = name
        self._url, self._gives, self._sink, self._mode = check_url(url), gives, sink, mode
        self._found: TicMode | None = None
        self._complaints = Complaints(sink, standing={"mode"})

    def run(self, stop: Event) -> None:
        """Hands in every frame until `stop` is set. Raises SourceLost, and whatever the sink raises."""
        why = ""
        for mode in self._order():
            line = open_line(self._url, LineSettings(BAUD[mode], seven_even=True), stop)
            if line is None:
                return
            with closing(line):
                listening = _Listening(self, line, DETECT_S[mode] if self._mode is None else None)
                listening.until(stop)
            if stop.is_set():
                return
            if listening.valid:
                raise SourceLost(f"{self._url}: no valid frame for {SILENCE_S:g} s", listening.why() or _CHECK)
            why = listening.why() or why
        raise SourceLost(f"{self._url}: no frame of a Linky is heard", why or _CHECK)

    def _order(self) -> list[TicMode]:
        if self._mode is not None:
            return [self._mode]
        return sorted(TicMode, key=lambda mode: mode is not self._found)  # the one that worked first, else as declared

    # --- what a frame leads to -------------------------------------------------------------------------

    def tell(self, error: MeterDataError) -> None:
        """Tells the sink of a frame that is none."""
        self._complaints.tell(error)

    def taken(self, frame: TicFrame) -> bool:
        """Hands in what a frame says. False when the frame is in another mode than the one that is set."""
        if self._mode not in (None, frame.mode):
            self.tell(
                MeterDataError("mode", f"the meter speaks {frame.mode.value}", "set `mode` to that, or leave it out")
            )
            return False
        self._found = frame.mode
        self._sink.note("mode", frame.mode.value)
        self._sink.note("meter", frame.meter)
        if frame.mode is TicMode.STANDARD:
            self._sink.note("clock", "degraded" if frame.clock_degraded else "right")
        if frame.mode is TicMode.HISTORIQUE and frame.consumption is None:
            return True  # a short frame: it only warns of too much power
        try:
            samples = samples_of(frame, self._gives)
        except MeterDataError as error:
            self.tell(error)
            return True
        self._sink.note(
            "index", ", ".join(f"{one.channel.value} {one.index // MWH_A_WH} Wh" for one in samples) or "none wanted"
        )
        self._sink.seen(samples, clock_degraded=frame.clock_degraded)
        return True


class _Listening:
    """One line at one speed, until it falls silent. `valid`: a whole frame was heard.

    `detect_s`: how long to wait for the first one; None where the speed is known. Else errors heard before it say no
    more than that the speed is the wrong one, and are told only when a frame shows that it was right.
    """

    def __init__(self, source: TicSource, line: SerialLine, detect_s: float | None) -> None:
        self._source, self._line = source, line
        self._patience_s = SILENCE_S if detect_s is None else detect_s
        self._sure = detect_s is None
        self._framer = TicFramer()
        self._held: deque[MeterDataError] = deque(maxlen=_HELD)
        self._last_error: MeterDataError | None = None
        self.valid = False

    def until(self, stop: Event) -> None:
        """Listens until `stop` is set, or nothing valid came for long enough. Raises SourceLost."""
        silent_at = time.monotonic() + self._patience_s
        while not stop.is_set() and time.monotonic() < silent_at:
            for outcome in self._framer.feed(self._line.read()):
                if isinstance(outcome, MeterDataError):
                    self._failed(outcome)
                elif self._source.taken(outcome):
                    self.valid, self._last_error = True, None
                    while self._held:
                        self._source.tell(self._held.popleft())
                    silent_at = time.monotonic() + SILENCE_S

    def why(self) -> str:
        """What was heard instead of a frame; empty when nothing was."""
        if self._last_error is not None:
            return f"bytes come, but no whole frame: {self._last_error.message}"
        return "bytes come, but no frame: is it a Linky's output?" if self._line.received and not self.valid else ""

    def _failed(self, error: MeterDataError) -> None:
        self._last_error = error
        if self.valid or self._sure:
            self._source.tell(error)
        else:
            self._held.append(error)


def samples_of(frame: TicFrame, gives: frozenset[Channel]) -> list[IndexSeen]:
    """The wanted indexes of a frame, all or none.

    Raises MeterDataError: `mode` where the meter does not count what is injected, as it is set up at present.
    """
    if Channel.PRODUCTION in gives and frame.production is None:
        if frame.mode is TicMode.HISTORIQUE:
            raise MeterDataError(
                "mode", "the meter speaks historique, which has no index of what is injected", _ASK_SUPPLIER
            )
        if frame.producer:
            raise MeterDataError("truncated", "a producer's frame without EAIT")
        raise MeterDataError(
            "mode",
            "the meter is set up for a consumer and has no index of what is injected",
            'ask the network operator whether the injection contract is in force, or set `gives` to ["consumption"]',
        )
    indexes = {Channel.CONSUMPTION: frame.consumption, Channel.PRODUCTION: frame.production}
    return [
        IndexSeen(channel, index, MODULUS, frame.meter)
        for channel, index in indexes.items()
        if channel in gives and index is not None
    ]
