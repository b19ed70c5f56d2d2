"""What `watt replay` tells a person at its end, at 80 columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from wattcommons.cli.console import Screen
from wattcommons.domain.formatting import Language, decimal_text, eur_text, kwh_text, price_text
from wattcommons.scenarios.replay import ReplayResult

_LANGUAGE: Final = Language.ENGLISH
_ROWS: Final = 20
_REFUSALS: Final = 3


def show_summary(screen: Screen, report: Mapping[str, Any], result: ReplayResult, seconds: float) -> None:
    """Totals, participants, gas and what the audit said."""
    screen.heading("Replay")
    screen.facts([*_what(report, result), *_energy(report), *_money(report, result), *_gas(report)])
    _participants(screen, report)
    if result.refusals:
        screen.mark(ok=False, text=f"{report['readings']['rejected']} readings were refused by the ledger")
        for line in result.refusals[:_REFUSALS]:
            screen.line(line, indent=4)
    audit = report["audit"]
    broken = [check["name"] for check in audit["checks"] if not check["ok"]]
    screen.mark(
        ok=audit["ok"],
        text=f"audit: {len(audit['checks']) - len(broken)} of {len(audit['checks'])} checks hold",
        detail="; ".join(broken),
    )
    screen.line(f"{seconds:.1f} s in all.", indent=2)


def _what(report: Mapping[str, Any], result: ReplayResult) -> list[tuple[str, str]]:
    clearings = report["clearings"]
    left_out = sum(line["somebody_left_out"] for line in clearings)
    readings = report["readings"]
    minutes = result.readings.length.minutes
    rows = [
        ("period", f"{clearings[0]['interval_start_utc']} to {clearings[-1]['interval_start_utc']}")
        if clearings
        else ("period", "nothing was cleared"),
        ("intervals", f"{report['intervals']:,} of {minutes} min cleared, participants: {report['participants']:,}"),
        ("readings", f"{readings['recorded']:,} recorded, {readings['rejected']:,} refused"),
    ]
    if left_out:
        rows.append(("flagged", f"{left_out:,} intervals cleared without somebody's reading"))
    return rows


def _energy(report: Mapping[str, Any]) -> list[tuple[str, str]]:
    energy = report["energy_wh"]
    surplus = energy["local"] + energy["grid_export"]
    share = f" ({_percent(energy['local'], surplus)} of what was left over)" if surplus else ""
    certificates = report["certificates_wh"]
    return [
        ("produced", f"{_kwh(energy['production'])}, {_kwh(energy['self_consumed'])} of it used on the spot"),
        ("to neighbours", f"{_kwh(energy['local'])}{share}"),
        ("from the grid", f"{_kwh(energy['grid_import'])}, and {_kwh(energy['grid_export'])} to it"),
        (
            "certificates",
            f"{_kwh(certificates['issued'])} issued, {_kwh(certificates['cancelled'])} used, "
            f"{_kwh(certificates['held'])} held",
        ),
    ]


def _money(report: Mapping[str, Any], result: ReplayResult) -> list[tuple[str, str]]:
    money = report["money_neur"]
    priced = [line for line in report["clearings"] if line["matched_wh"]]
    traded = sum(line["matched_wh"] for line in priced)
    rows = []
    if traded:
        mean = sum(line["price_micro_eur_per_kwh"] * line["matched_wh"] for line in priced) // traded
        rows.append(("local price", f"{price_text(mean, _LANGUAGE, 2)} on average"))
    rows.append(("saved", f"{_eur(money['saved_vs_grid_only'])} by all together, against the grid alone"))
    if result.paid_up_neur:
        rows.append(("paid up", f"{_eur(result.paid_up_neur)} of debts, through the treasurer"))
    return rows


def _gas(report: Mapping[str, Any]) -> list[tuple[str, str]]:
    gas = report["gas"]
    certificate = gas["per_certificate"]
    return [
        (
            "gas",
            f"{gas['record_per_reading']:,} a reading, "
            f"{gas['clear_and_settle_per_participant_interval']:,} a participant and interval"
            + (f", {certificate:,} a certificate" if certificate is not None else " with its certificates"),
        )
    ]


def _participants(screen: Screen, report: Mapping[str, Any]) -> None:
    everyone = report["per_participant"]
    rows = [
        [
            one["meter_id"][:24],
            _kwh(one["production_wh"], unit=False),
            _kwh(one["consumption_wh"], unit=False),
            _kwh(one["bought_wh"], unit=False),
            _kwh(one["sold_wh"], unit=False),
            _eur(one["saved_neur"]),
        ]
        for one in everyone[:_ROWS]
    ]
    screen.table(["meter", ">made kWh", ">used kWh", ">bought", ">sold", ">saved"], rows)
    if len(everyone) > _ROWS:
        screen.line(f"and {len(everyone) - _ROWS} more: --report FILE has all of them", indent=2)


def _kwh(wh: int, *, unit: bool = True) -> str:
    return kwh_text(wh, _LANGUAGE, 1) if unit else decimal_text(wh, 3, _LANGUAGE, 1)


def _eur(neur: int) -> str:
    return eur_text(neur, _LANGUAGE, 2)


def _percent(part: int, whole: int) -> str:
    return f"{decimal_text(part * 1_000 // whole, 1, _LANGUAGE, 1)} %"
