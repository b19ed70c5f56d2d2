"""Corrections of one certificate's reading, as the provenance document tells them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from wattcommons.chain.events import Event
from wattcommons.chain.stored import reading_of
from wattcommons.domain.corrections import certificate_change
from wattcommons.domain.readings import Reading

_FOLLOWING: Final = {"IssuedMore": "more_wh", "Withdrawn": "withdrawn_wh"}


def corrections(
    certificate: int, told: Sequence[Event], issue: Event, token_events: Callable[[int], Sequence[Event]]
) -> list[dict[str, Any]]:
    """Of `told`, the ReadingCorrected events of one reading, in order. `token_events`: the token's, of a block."""
    found = []
    for position, event in enumerate(told):
        until = told[position + 1] if position + 1 < len(told) else None
        sums = dict.fromkeys(_FOLLOWING.values(), 0)
        issued_here = False
        for one in token_events(event.block):
            if one.tx_hash != event.tx_hash or one.args.get("id") != certificate or not _between(event, one, until):
                continue
            if name := _FOLLOWING.get(one.name):
                sums[name] += one.args["wh"]
            issued_here |= (one.block, one.log_index) == (issue.block, issue.log_index)
        found.append(_told(event, sums, issued_here=issued_here))
    return found


def first_recorded(told: Sequence[Event], now: Reading) -> Reading:
    """What the gateway had signed: `now` where nothing was corrected."""
    return reading_of(told[0].args["before"])[0] if told else now


def _between(first: Event, one: Event, until: Event | None) -> bool:
    place = (one.block, one.log_index)
    return (first.block, first.log_index) < place and (until is None or place < (until.block, until.log_index))


def _told(event: Event, sums: dict[str, int], *, issued_here: bool) -> dict[str, Any]:
    args = event.args
    (old, _), (new, _) = reading_of(args["before"]), reading_of(args["corrected"])
    change = certificate_change(old, new, args["tradedWh"])
    # What was issued, taken back and left owing makes up the difference of the production.
    due = 0 if issued_here else change.difference_wh
    return {
        "before": _reading(old),
        "after": _reading(new),
        "traded_wh": args["tradedWh"],
        "value_neur": str(args["valueNeur"]),
        "booked_neur": str(args["bookedNeur"]),
        "reason": f"0x{args['reason'].hex()}",
        "issued_here": issued_here,
        **sums,
        "owed_wh": sums["more_wh"] - sums["withdrawn_wh"] - due,
        "at": event.timestamp,
        "block": event.block,
        "tx_hash": event.tx_hash,
    }


def _reading(one: Reading) -> dict[str, Any]:
    return {
        "production_wh": one.production_wh,
        "consumption_wh": one.consumption_wh,
        "quality": one.quality.name.lower(),
    }
