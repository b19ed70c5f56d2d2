"""What corrections of a reading made of its certificate: replayed from the readings that stood there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from wattcommons.domain.corrections import certificate_change
from wattcommons.domain.readings import Reading
from wattcommons.domain.settlement import CertificateSplit, certificate_split


@dataclass(frozen=True, slots=True)
class Earned:
    """Wh of a certificate: `split` at its issue, `more_wh` issued to the producer since, and `less_wh` of all that
    corrected away: taken back, or owed by the device.
    """

    split: CertificateSplit
    more_wh: int = 0
    less_wh: int = 0

    @property
    def issued_wh(self) -> int:
        """All that was ever issued."""
        return self.split.issued_wh + self.more_wh

    @property
    def producers_wh(self) -> int:
        """What was given to the producer."""
        return self.split.minted_wh + self.more_wh


def earned(readings: Sequence[Reading], sold_wh: int) -> Earned:
    """What readings that stood one after the other earned, the first one with `sold_wh` sold to neighbours.

    Raises RuleError when more was sold than the first one left over.
    """
    found = Earned(certificate_split(readings[0], sold_wh))
    for old, new in pairwise(readings):
        change = certificate_change(old, new, sold_wh)
        if not found.issued_wh:
            found = Earned(change.earns)
        else:
            more = change.difference_wh
            found = Earned(found.split, found.more_wh + max(more, 0), found.less_wh + max(-more, 0))
    return found
