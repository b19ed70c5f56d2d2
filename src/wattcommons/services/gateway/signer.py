"""From readings to signed runs: consecutive readings of one participant under one signature."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from wattcommons.chain.accounts import SigningAccount
from wattcommons.chain.signing import sign_run
from wattcommons.chain.typed_data import SigningDomain
from wattcommons.domain.packing import SignedRun
from wattcommons.domain.readings import MAX_RUN, Reading, Run
from wattcommons.domain.units import IntervalIndex, ParticipantIndex

DEFAULT_RUN: Final = 96
"""Readings in one signature: a day of quarter-hours. Longer runs save little gas and fail as a whole."""


def runs_of(
    participant: ParticipantIndex, readings: Mapping[IntervalIndex, Reading], most: int = DEFAULT_RUN
) -> Iterator[Run]:
    """Readings as runs in order of time, each without a gap and of at most `most` readings (1 to 65,535).

    Absent readings are gaps: what nobody measured is never signed.
    """
    limit = min(max(most, 1), MAX_RUN)
    first = end = 0
    group: list[Reading] = []
    for interval, reading in sorted(readings.items()):
        if not reading.is_present:
            continue
        if group and (interval != end or len(group) == limit):
            yield Run(participant, IntervalIndex(first), tuple(group))
            group = []
        if not group:
            first = interval
        group.append(reading)
        end = interval + 1
    if group:
        yield Run(participant, IntervalIndex(first), tuple(group))


class RunSigner:
    """Signs the runs of one gateway. The key stays inside; the repr shows the address only."""

    def __init__(self, account: SigningAccount, domain: SigningDomain, participant: ParticipantIndex) -> None:
        self._account = account
        self._domain = domain
        self.participant = participant

    def __repr__(self) -> str:
        return f"RunSigner({self._account.address} for participant {self.participant})"

    def sign(self, readings: Mapping[IntervalIndex, Reading], most: int = DEFAULT_RUN) -> list[SignedRun]:
        """The readings as signed runs, see `runs_of`."""
        return [sign_run(self._account, self._domain, run) for run in runs_of(self.participant, readings, most)]
