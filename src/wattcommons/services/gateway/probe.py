"""Listening to one source without keeping anything: for `check` and `dry-run`."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from wattcommons.domain.channels import Channel, EnergyRow
from wattcommons.errors import MeterDataError, WattError
from wattcommons.services.gateway.samples import IndexSeen, PowerSeen, RowsTaken, Source

_LEAVE_S = 3.0


@dataclass
class ProbeSink:
    """A `Sink` that remembers the last of everything. `told` is called with each line a person may want to see."""

    told: Callable[[str], None] = lambda _line: None
    indexes: dict[Channel, IndexSeen] = field(default_factory=dict)
    powers: dict[Channel, PowerSeen] = field(default_factory=dict)
    problems: list[MeterDataError] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    rows_seen: int = 0
    heard: threading.Event = field(default_factory=threading.Event)

    def seen(self, samples: Sequence[IndexSeen | PowerSeen], *, clock_degraded: bool = False) -> None:
        """See Sink."""
        for sample in samples:
            if isinstance(sample, IndexSeen):
                self.indexes[sample.channel] = sample
                self.told(f"{sample.channel.value} index {sample.index / 1_000:,.3f} Wh")
            else:
                self.powers[sample.channel] = sample
                self.told(f"{sample.channel.value} {sample.power_w} W")
        if clock_degraded:
            self.notes["meter clock"] = "degraded"
        if samples:
            self.heard.set()

    def rows(self, rows: Sequence[EnergyRow]) -> RowsTaken:
        """See Sink; says that all are new, and keeps none."""
        self.rows_seen += len(rows)
        for row in rows:
            self.told(
                f"{row.meter_id} {row.channel.value} from {row.start}, {row.minutes} min: {row.energy / 1_000} Wh"
            )
        self.heard.set()
        return RowsTaken(new=len(rows))

    def problem(self, error: MeterDataError) -> None:
        """See Sink."""
        self.problems.append(error)
        self.told(f"unusable ({error.kind}): {error}")

    def note(self, key: str, value: str) -> None:
        """See Sink."""
        self.notes[key] = value


def listen(source: Source, seconds: float, heard: threading.Event | None = None) -> WattError | None:
    """Run a source for a while, or until `heard` is set; what ended it early, None when nothing did."""
    stop = threading.Event()
    failed: list[WattError] = []

    def work() -> None:
        try:
            source.run(stop)
        except WattError as error:
            failed.append(error)
            if heard is not None:
                heard.set()

    thread = threading.Thread(target=work, name=f"probe {source.name}", daemon=True)
    thread.start()
    if heard is not None:
        heard.wait(seconds)
    else:
        thread.join(seconds)
    stop.set()
    thread.join(_LEAVE_S)
    return failed[0] if failed else None
