"""An index made from instantaneous power, for meters that have none of their own.

Power is taken to hold until the next sample (the left Riemann sum), in W·ms, so that nothing is rounded while it adds
up. Where samples are further apart than `bridge_ms` nobody knows what flowed: the index breaks there, and no energy is
made up for that time. Energy from power is an estimate: use it with `IndexRules(exact=False)`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from wattcommons.domain.channels import MilliWh

_W_MS_A_MWH: Final = 3_600
"""1 mWh is 3.6 W·s."""


@dataclass(frozen=True, slots=True)
class PowerState:
    """What has to be kept between two samples. `at`: unix ms; `power_w`: W; `total`: W·ms since the first sample."""

    at: int
    power_w: int
    total: int = 0

    @property
    def index(self) -> MilliWh:
        """The energy so far, mWh, rounded down; the rest stays in `total`."""
        return MilliWh(self.total // _W_MS_A_MWH)


@dataclass(frozen=True, slots=True)
class Integrated:
    """`state` to keep; `broken`: nothing is known of the time since the last sample."""

    state: PowerState
    broken: bool = False


def integrate(state: PowerState, at: int, power_w: int, bridge_ms: int) -> Integrated | None:
    """Takes the next sample (unix ms, W >= 0). None when it lies no later than the last one: it tells nothing new."""
    elapsed = at - state.at
    if elapsed <= 0:
        return None
    if elapsed > bridge_ms:
        return Integrated(PowerState(at, power_w, state.total), broken=True)
    return Integrated(PowerState(at, power_w, state.total + state.power_w * elapsed))
