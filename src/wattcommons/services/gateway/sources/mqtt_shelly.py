"""The energy counters in a Shelly's notifications (Gen2 and later), Wh.

Source: shelly-api-docs.shelly.cloud, General/Notifications and the components EMData, EM1Data, Switch, PM1. A
notification tells what changed, so most tell of no counter. Of `switch` and `pm1`, `aenergy.total` counts both
directions together and `ret_aenergy.total` the returned one (as Home Assistant found, core pull request 153053).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from wattcommons.domain.channels import Channel
from wattcommons.errors import MeterDataError, SettingsError
from wattcommons.services.gateway.sources.mqtt_json import as_number, at_path

_METHODS: Final = {"NotifyStatus", "NotifyFullStatus"}
_COUNTERS: Final = {
    "emdata": ("total_act", "total_act_ret"),
    "em1data": ("total_act_energy", "total_act_ret_energy"),
    "pm1": ("aenergy.total", "ret_aenergy.total"),
    "switch": ("aenergy.total", "ret_aenergy.total"),
}
_BOTH_TOGETHER: Final = {"pm1", "switch"}


def check_component(option: str) -> None:
    """Raises SettingsError unless this is empty, a component with a counter, such as `em1data:1`, or a path."""
    kind, colon, number = option.partition(":")
    if option and "." not in option and not (kind in _COUNTERS and colon and number.isascii() and number.isdigit()):
        raise SettingsError(
            f"{option!r} is no component of a Shelly that counts energy",
            f"one of {', '.join(f'{name}:0' for name in _COUNTERS)}, or a path below `params`",
            setting="profile",
        )


def shelly_values(message: Any, places: Mapping[Channel, str]) -> tuple[Mapping[str, Any], dict[Channel, Decimal]]:
    """The notification's parameters, and the counter of each channel it tells of.

    `places`: channel -> component or path below the parameters; empty for the first component there is that counts.
    """
    if message is None:
        return {}, {}
    if not isinstance(message, dict):
        raise MeterDataError("malformed", "a notification that is no object")
    params = message.get("params")
    if message.get("method") not in _METHODS:
        return {}, {}
    if not isinstance(params, dict):
        raise MeterDataError("malformed", "a notification without `params`")
    values = {}
    for channel, place in places.items():
        if "." in place:
            raw = at_path(params, place)
            value = None if raw is None else as_number(raw)
        else:
            component = place or next((name for kind in _COUNTERS if (name := f"{kind}:0") in params), "")
            value = _counter(params, component, channel, both=len(places) > 1)
        if value is not None:
            values[channel] = value
    return params, values


def _counter(params: Mapping[str, Any], component: str, channel: Channel, *, both: bool) -> Decimal | None:
    kind = component.partition(":")[0]
    if component not in params or kind not in _COUNTERS:
        return None
    used, returned = (at_path(params[component], path) for path in _COUNTERS[kind])
    if channel is Channel.PRODUCTION:
        return None if returned is None else as_number(returned)
    if used is None:
        return None
    if kind in _BOTH_TOGETHER:
        if returned is not None:
            return as_number(used) - as_number(returned)
        if both:  # it has a counter of what is returned, and does not tell it here
            return None
    return as_number(used)
