"""Whose readings a gateway takes, how, and what it knows of each source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from wattcommons.domain.channels import Channel
from wattcommons.domain.intervals import IntervalLength
from wattcommons.domain.units import ParticipantIndex


@dataclass(frozen=True, slots=True)
class ParticipantRules:
    """One participant at this gateway. Powers in W; `meter_ids`: its meters' numbers as files give them."""

    index: ParticipantIndex
    import_w: int
    export_w: int
    channels: frozenset[Channel]
    meter_ids: frozenset[str] = frozenset()

    def power_w(self, channel: Channel) -> int:
        """Most that the connection carries in a direction, W."""
        return self.import_w if channel is Channel.CONSUMPTION else self.export_w


@dataclass(frozen=True, slots=True)
class IntakeRules:
    """How samples are taken, see IndexRules. `split_coarser`: rows of files coarser than an interval are split."""

    length: IntervalLength
    bridge_ms: int = 120_000
    most_split: int = 336
    split_coarser: bool = False


@dataclass
class SourceFacts:
    """What is known of a source since the start, for status, health and metrics. Times in unix ms."""

    last_seen: int | None = None
    samples: int = 0
    problems: dict[str, int] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    held: int = 0


def rules_by_participant(participants: Sequence[ParticipantRules]) -> Mapping[int, frozenset[Channel]]:
    """What each participant's reading needs to be whole."""
    return {one.index: one.channels for one in participants}
