"""The report of a replay as one JSON value. Integers throughout: Wh, µ€/kWh, n€, thousandths of a point, gas.

Energy and money are of settled intervals, recomputed from the chain's logs by the domain's rules. `paid_neur` and
`received_neur` of a participant are what it paid to and received from neighbours; the network's fees and the grid,
which its own supplier may bill, stand apart. Gas is a rounded mean.
"""

from __future__ import annotations

from typing import Any

from wattcommons.domain.intervals import start_utc
from wattcommons.scenarios.replay import ReplayResult
from wattcommons.scenarios.tally import ClearingLine, Sums, Tally
from wattcommons.services.audit.report import AuditReport


def build_report(result: ReplayResult, tally: Tally, audit: AuditReport) -> dict[str, Any]:
    """Everything `--report` writes."""
    total = tally.total
    length = result.readings.length
    return {
        "intervals": len(tally.settled),
        "participants": len(result.community.participants),
        "readings": {"recorded": total("recorded"), "rejected": result.rejected},
        "energy_wh": {
            "production": total("production_wh"),
            "consumption": total("consumption_wh"),
            "self_consumed": total("self_consumed_wh"),
            "local": total("bought_wh"),
            "grid_import": total("grid_import_wh"),
            "grid_export": total("grid_export_wh"),
        },
        "money_neur": {
            "local_paid": total("local_paid_neur"),
            "local_received": total("local_received_neur"),
            "grid_paid": total("grid_paid_neur"),
            "grid_received": total("grid_received_neur"),
            "network_fees": total("fees_neur"),
            "saved_vs_grid_only": total("saved_neur"),
        },
        "certificates_wh": {
            "issued": total("issued_wh"),
            "cancelled": total("cancelled_at_issue_wh") + tally.cancelled_later_wh,
            "held": tally.held_wh,
        },
        "ecopoints": {"awarded": tally.points_awarded, "redeemed": tally.points_redeemed},
        "clearings": [
            _clearing(line, start_utc(line.interval, length).strftime("%Y-%m-%dT%H:%M:%SZ"))
            for line in sorted(tally.clearings, key=lambda line: line.interval)
        ],
        "per_participant": [
            _participant(name, index, tally.participants.get(index, Sums()))
            for name, index in result.community.participants.items()
        ],
        "gas": gas_of(result, tally),
        "audit": {
            "ok": audit.ok,
            "checks": [
                {"name": check.name, "ok": check.ok, "counted": check.counted, "detail": check.detail}
                for check in audit.checks
            ],
        },
    }


def gas_of(result: ReplayResult, tally: Tally) -> dict[str, int | None]:
    """Mean gas of a recorded reading, of clearing and settling a participant-interval, of an issued certificate.

    The last two are told apart by the node's traces of some transactions; without any, all of it counts as clearing.
    """
    cleared = sum(one.gas for one in result.clearing)
    seats = tally.total("readings")
    sampled, within = (sum(column) for column in zip(*result.traced, strict=True)) if result.traced else (0, 0)
    issuing = cleared * within // sampled if sampled else 0
    return {
        "record_per_reading": _mean(result.record_gas, result.recorded),
        "clear_and_settle_per_participant_interval": _mean(cleared - issuing, seats),
        "per_certificate": _mean(issuing, tally.certificates) if sampled else None,
    }


def _mean(total: int, count: int) -> int:
    return (total + count // 2) // count if count else 0


def _clearing(line: ClearingLine, start: str) -> dict[str, Any]:
    return {
        "interval_start_utc": start,
        "price_micro_eur_per_kwh": line.price,
        "low": line.low,
        "high": line.high,
        "matched_wh": line.matched_wh,
        "somebody_left_out": line.left_out,
    }


def _participant(name: str, index: int, sums: Sums) -> dict[str, Any]:
    return {
        "meter_id": name,
        "participant": index,
        "readings": sums.recorded,
        "production_wh": sums.production_wh,
        "consumption_wh": sums.consumption_wh,
        "self_consumed_wh": sums.self_consumed_wh,
        "bought_wh": sums.bought_wh,
        "sold_wh": sums.sold_wh,
        "grid_import_wh": sums.grid_import_wh,
        "grid_export_wh": sums.grid_export_wh,
        "paid_neur": sums.local_paid_neur,
        "received_neur": sums.local_received_neur,
        "network_fees_neur": sums.fees_neur,
        "grid_paid_neur": sums.grid_paid_neur,
        "grid_received_neur": sums.grid_received_neur,
        "saved_neur": sums.saved_neur,
        "certificates_issued_wh": sums.issued_wh,
    }
