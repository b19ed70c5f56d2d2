"""The P1 port of a DSMR meter (versions 4 and 5, and Fluvius'), on a serial line or a TCP bridge."""

from __future__ import annotations

import time
from contextlib import closing
from threading import Event
from typing import Final

from wattcommons.domain.channels import MWH_A_WH, Channel
from wattcommons.errors import MeterDataError, SourceLost
from wattcommons.services.gateway.samples import IndexSeen, Sink
from wattcommons.services.gateway.sources.p1_telegrams import P1Framer, P1Parser, P1Telegram
from wattcommons.services.gateway.sources.serial_line import Complaints, LineSettings, check_url, open_line

SILENCE_S: Final = 35.0
"""A line without a valid telegram for this long is lost: version 4 sends one every 10 s, version 5 every second."""


class P1Source:
    """A source of readings: one meter's P1 port. `url`: see serial_line; the line has 8 data bits and no parity."""

    def __init__(self, name: str, url: str, gives: frozenset[Channel], sink: Sink, baud: int = 115_200) -> None:
        self.name = name
        self._url, self._gives, self._sink, self._baud = check_url(url), gives, sink, baud
        self._parser = P1Parser()
        self._complaints = Complaints(sink, standing={"missing", "no-checksum"})

    def run(self, stop: Event) -> None:
        """Hands in every telegram until `stop` is set. Raises SourceLost, and whatever the sink raises."""
        line = open_line(self._url, LineSettings(self._baud), stop)
        if line is None:
            return
        framer, why = P1Framer(), ""
        with closing(line):
            silent_at = time.monotonic() + SILENCE_S
            while not stop.is_set():
                for outcome in framer.feed(line.read()):
                    try:
                        if isinstance(outcome, MeterDataError):
                            raise outcome
                        telegram = self._parser.parse(outcome)
                    except MeterDataError as error:
                        self._complaints.tell(error)
                        why = f"the last one: {error.message}"
                    else:
                        self._taken(telegram)
                        silent_at, why = time.monotonic() + SILENCE_S, ""
                if time.monotonic() > silent_at:
                    raise SourceLost(
                        f"{self._url}: no valid telegram for {SILENCE_S:g} s",
                        why or ("bytes come, but none: check `baud`" if line.received else "check the cable"),
                    )

    def _taken(self, telegram: P1Telegram) -> None:
        self._sink.note("mode", f"P1 version {telegram.version}" if telegram.version else "P1")
        self._sink.note("meter", telegram.meter or "not told")
        try:
            samples = samples_of(telegram, self._gives)
        except MeterDataError as error:
            self._complaints.tell(error)
            return
        self._sink.note("index", ", ".join(f"{one.channel.value} {one.index // MWH_A_WH} Wh" for one in samples))
        self._sink.seen(samples)


def samples_of(telegram: P1Telegram, gives: frozenset[Channel]) -> list[IndexSeen]:
    """The wanted indexes of a telegram, all or none. Raises MeterDataError `missing`. No index is known to wrap."""
    missing = [channel.value for channel in Channel if channel in gives and channel not in telegram.indexes]
    if missing:
        raise MeterDataError(
            "missing",
            f"the telegram has no register of {' and '.join(missing)}",
            "`gives` is more than the meter counts",
        )
    return [
        IndexSeen(channel, index, None, telegram.meter)
        for channel, index in telegram.indexes.items()
        if channel in gives
    ]
