"""How a reconciliation looks on a screen, and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from wattcommons.cli.console import Screen
from wattcommons.domain.formatting import Language, decimal_text, kwh_text
from wattcommons.domain.reconciliation import Rules, Run
from wattcommons.services.audit.reconcile import NOT_SAID, Outcome

_ENGLISH = Language.ENGLISH
_RUNS_SHOWN = 6


def as_dict(
    file: Path, layout: str, notices: Sequence[str], outcomes: Sequence[Outcome], rules: Rules
) -> dict[str, Any]:
    """For a program; energies in Wh, percentages in hundredths."""
    return {
        "ok": all(one.agrees for one in outcomes),
        "file": file.name,
        "layout": layout,
        "notices": list(notices),
        "rules": {
            "tolerance_wh": rules.tolerance_wh,
            "tolerance_percent_hundredths": rules.tolerance,
            "loss_percent_hundredths": [rules.least_loss, rules.most_loss],
            "lasting_days": rules.lasting_days,
        },
        "outcomes": [one.as_dict() for one in outcomes],
        "not_said": list(NOT_SAID),
    }


def show(
    screen: Screen, file: Path, layout: str, notices: Sequence[str], outcomes: Sequence[Outcome], rules: Rules
) -> None:
    """A line a subject, the deviations below it, and what a reconciliation leaves open."""
    screen.line(f"Recorded readings beside {file.name} ({layout})", "bold")
    for notice in notices:
        screen.item(notice)
    screen.line()
    screen.table(
        ("who", "what", ">days", ">file kWh", ">recorded kWh", ">off kWh", "since"),
        [_row(one) for one in outcomes],
        indent=0,
    )
    for one in outcomes:
        _show_outcome(screen, one)
    screen.line()
    deviating = sum(not one.agrees for one in outcomes)
    compared = sum(bool(one.comparison.compared) for one in outcomes)
    verdict = f"{deviating} of {compared} compared deviate" if deviating else f"{compared} compared, none deviates"
    screen.line(f"{verdict}.", "bold")
    screen.line(f"Allowed: {_allowed(rules)}.")
    screen.line("Not said:")
    for text in NOT_SAID:
        screen.item(text)


def _row(one: Outcome) -> tuple[str, ...]:
    since = one.comparison.since
    who = str(one.subject.participants[0]) if len(one.subject.participants) == 1 else "sum"
    return (
        who,
        one.subject.direction.value,
        str(len(one.comparison.compared)),
        _kwh(one.reference_wh),
        _kwh(one.recorded_wh),
        _signed(sum(run.deviation_wh for run in one.comparison.runs)) if not one.agrees else "–",
        since.isoformat() if since else "–",
    )


def _show_outcome(screen: Screen, one: Outcome) -> None:
    days = one.comparison.days
    without = len(days) - len(one.comparison.compared)
    notes = [f"{without} days without anything to compare"] if without else []
    notes += [f"participant {who}: {count:,} intervals absent" for who, count in list(one.absent.items())[:_RUNS_SHOWN]]
    if one.estimated:
        notes.append(f"{one.estimated:,} recorded readings are estimated")
    if one.corrected:
        notes.append(f"{one.corrected:,} readings stand as corrected; --signed compares those the gateways signed")
    if one.agrees and not notes:
        return
    screen.mark(one.agrees, f"{one.subject.name}, {one.subject.direction.value}, meter {one.subject.meter}", indent=0)
    runs = sorted(one.comparison.runs, key=lambda run: (not run.lasting, run.first))
    for run in runs[:_RUNS_SHOWN]:
        screen.line(_run(run), "red", indent=4)
    if len(runs) > _RUNS_SHOWN:
        screen.line(f"and {len(runs) - _RUNS_SHOWN} more (--json lists them)", "red", indent=4)
    for note in notes:
        screen.line(note, indent=4)


def _run(run: Run) -> str:
    side = "too much" if run.deviation_wh > 0 else "too little"
    energy = kwh_text(abs(run.deviation_wh), _ENGLISH, 2)
    if run.days == 1:
        return f"{run.first.isoformat()}: {energy} {side} recorded"
    end = "goes on" if run.goes_on else f"until {run.last.isoformat()}"
    word = "lasting" if run.lasting else "occasional"
    return f"since {run.first.isoformat()}, {run.days} days, {end}: {energy} {side} recorded ({word})"


def _allowed(rules: Rules) -> str:
    band = ""
    if rules.least_loss or rules.most_loss:
        band = f", beyond losses of {_percent(rules.least_loss)} to {_percent(rules.most_loss)} %"
    return f"{rules.tolerance_wh} Wh or {_percent(rules.tolerance)} % a day, the larger{band}"


def _percent(hundredths: int) -> str:
    return decimal_text(hundredths, 2, _ENGLISH)


def _kwh(energy: int) -> str:
    return decimal_text(energy, 3, _ENGLISH, 2)


def _signed(energy: int) -> str:
    return f"+{_kwh(energy)}" if energy > 0 else _kwh(energy)
