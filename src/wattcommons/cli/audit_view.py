"""How an audited book and a traced certificate look on a screen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from wattcommons.cli.console import Screen
from wattcommons.domain.corrections import reason_text
from wattcommons.domain.formatting import Language, eur_text, kwh_text, price_text
from wattcommons.services.audit.report import AuditReport, Check
from wattcommons.services.audit.tree import Move, Provenance

_BROKEN_SHOWN = 5
_ENGLISH = Language.ENGLISH


def show_book(screen: Screen, report: AuditReport) -> None:
    """One line a check, the first broken entries below it; every Wh; and what no audit of a chain can prove."""
    for check in report.checks:
        show_check(screen, check)
    screen.line()
    for side in dict.fromkeys(line.side for line in report.lines):
        own = [line for line in report.lines if line.side == side]
        rows = [(line.name, f"{line.wh:,}", f"{line.readings:,}") for line in own]
        rows.append(("recorded", f"{sum(line.wh for line in own):,}", ""))
        screen.table((f"What was {side}", ">Wh", ">readings"), rows, indent=0)
        screen.line()
    verdict = "The book holds" if report.ok else "The book does NOT hold"
    counted = sum(check.counted for check in report.checks)
    screen.line(f"{verdict}: {counted:,} entries re-derived, as of block {report.block:,}.", "bold")
    screen.line("Not proved:")
    for text in report.not_proved:
        screen.item(text)


def show_check(screen: Screen, check: Check) -> None:
    """A check, and its first broken entries."""
    screen.mark(check.ok, f"{check.name} ({check.counted:,})", check.detail, indent=0)
    for entry in check.broken[:_BROKEN_SHOWN]:
        screen.line(str(entry), "red", indent=4)
    if check.broken_count > _BROKEN_SHOWN:
        screen.line(f"and {check.broken_count - _BROKEN_SHOWN:,} more (--json lists them)", "red", indent=4)


def show_certificate(screen: Screen, found: Provenance) -> None:
    """The chain of a certificate, from the signature to its last use."""
    device, reading, issue = found.device, found.reading, found.issue
    screen.line(f"Certificate {found.certificate}", "bold")
    screen.facts(
        [
            ("produced", f"{_time(found.production_start)} to {_time(found.production_end)}"),
            ("device", f"{device.index}: {device.technology} {device.fuel}, {device.capacity_w:,} W, {device.country}"),
            (
                "reading",
                f"meter {reading.participant}: {_kwh(reading.production_wh)} made, {_kwh(reading.consumption_wh)} "
                f"used, {reading.quality}, recorded {_time(reading.recorded_at)}",
            ),
            (
                "signature",
                f"{'holds' if reading.signature_holds else 'DOES NOT HOLD'}: {reading.signer} ({reading.source}), "
                f"{reading.run_readings} readings in one",
            ),
            *_clearing(found),
            (
                "issued",
                f"{_kwh(issue.own_use_wh + issue.sold_wh + issue.minted_wh)} on {_time(issue.at)}: own use "
                f"{_kwh(issue.own_use_wh)}, to neighbours {_kwh(issue.sold_wh)} (both used at once), "
                f"to the grid {_kwh(issue.minted_wh)}",
            ),
            *_corrections(found),
            *((move.kind, f"{_kwh(move.wh)} on {_time(move.at)}{_group(move)}{_why(move)}") for move in found.moves),
            *(("held", f"{_kwh(wh)} by {wallet}") for wallet, wh in found.held if wh),
            *([("waiting", f"{_kwh(found.waiting_wh)} for the producer's account")] if found.waiting_wh else []),
            *([("in groups", f"{_kwh(found.locked_wh)} locked for export")] if found.locked_wh else []),
            *([("exported", f"{_kwh(found.exported_wh)} to a national registry")] if found.exported_wh else []),
            ("moves until", _time(found.transferable_until)),
            ("usable until", _time(found.cancellable_until)),
        ],
        indent=0,
    )
    screen.line()
    for check in found.checks:
        show_check(screen, check)


def _group(move: Move) -> str:
    if move.group is None:
        return ""
    return f", export group {move.group}" + (f", as {move.reference}" if move.reference else "")


def _clearing(found: Provenance) -> list[tuple[str, str]]:
    clearing = found.clearing
    if clearing is None:
        return []
    price = "no local price" if clearing.price is None else price_text(clearing.price, _ENGLISH)
    buyers = ", ".join(f"{_kwh(wh)} to meter {buyer}" for buyer, wh in clearing.sold_to) or "nothing sold to neighbours"
    agrees = "as recomputed" if clearing.agrees else "NOT as recomputed"
    return [("local market", f"{price}, {agrees}"), ("sold", buyers)]


def _corrections(found: Provenance) -> Iterator[tuple[str, str]]:
    """What stands there now: who put it there, why, and what followed."""
    for one in found.corrections:
        made, used = one.production_wh - one.old_production_wh, one.consumption_wh - one.old_consumption_wh
        money = "booked" if one.booked_neur else "not booked: the grid is billed apart"
        yield (
            "corrected",
            f"on {_time(one.at)} by {one.sender or 'an account the node does not tell'}, for the reason "
            f"{one.reason}: made {_kwh(one.old_production_wh)} → {_kwh(one.production_wh)} ({_difference(made)}), used "
            f"{_kwh(one.old_consumption_wh)} → {_kwh(one.consumption_wh)} ({_difference(used)}), before it "
            f"{one.old_quality}; {eur_text(one.value_neur, _ENGLISH)} to meter {found.reading.participant} ({money}); "
            f"no gateway signed it",
        )
        effects = [
            *([f"{_kwh(one.more_wh)} issued more"] if one.more_wh else []),
            *([f"{_kwh(one.withdrawn_wh)} taken back"] if one.withdrawn_wh else []),
            *([f"{_kwh(one.owed_wh)} given away before, now owed by the device"] if one.owed_wh > 0 else []),
            *([f"{_kwh(-one.owed_wh)} paid what the device owed"] if one.owed_wh < 0 else []),
        ]
        yield "certificate", ", ".join(effects) or "as it was"


def _why(move: Move) -> str:
    return f", for the reason {reason_text(bytes.fromhex(move.reason[2:]))}" if move.reason else ""


def _difference(wh: int) -> str:
    return f"{'+' if wh >= 0 else ''}{_kwh(wh)}"


def _kwh(wh: int) -> str:
    return kwh_text(wh, _ENGLISH)


def _time(unix: int) -> str:
    return f"{datetime.fromtimestamp(unix, UTC):%Y-%m-%d %H:%M} UTC"
