"""Readings handed in by the registry's API. A reading counts by its gateway's signature alone: the API adds none."""

from __future__ import annotations

from typing import Final

from wattcommons.chain.batch import Read, try_all
from wattcommons.domain.intervals import start_utc
from wattcommons.domain.packing import decode_batch, encode_batch
from wattcommons.errors import RevertedError, RuleError
from wattcommons.services.api.context import Context
from wattcommons.services.api.dependencies import Visitor
from wattcommons.services.api.problems import invalid
from wattcommons.services.api.registry.actions import unsigned
from wattcommons.services.api.registry.models_more import RunCheck, SignedReadings, SubmittedReadings

_MOST_RUNS: Final = 100
_REFUSALS: Final = (
    "none",
    "empty",
    "not_active",
    "key_changed",
    "not_ended",
    "signature_invalid",
    "quality_invalid",
    "implausible",
)


def submitted(ctx: Context, visitor: Visitor, given: SignedReadings) -> SubmittedReadings:
    """How the ledger would take each run now, and a transaction with those that it would record.

    Raises ApiProblem 422 for what are no runs.
    """
    try:
        runs = decode_batch(bytes.fromhex(given.runs[2:]))
    except RuleError as error:
        raise invalid("runs", error.message, error.hint) from None
    if len(runs) > _MOST_RUNS:
        raise invalid("runs", f"{len(runs)} runs at once", f"send at most {_MOST_RUNS}")
    reads = [Read("MeterLedger", "check", (encode_batch([one]),)) for one in runs]
    outcomes = try_all(ctx.contracts, reads, sender=visitor.wallet)
    checked = [
        RunCheck(
            participant=one.run.participant,
            interval_start_datetime=start_utc(one.run.first, ctx.length),
            readings=len(one.run.readings),
            refusal=_refusal(outcome),
        )
        for one, outcome in zip(runs, outcomes, strict=True)
    ]
    good = [one for one, check in zip(runs, checked, strict=True) if check.refusal is None]
    read = Read("MeterLedger", "record", (encode_batch(good),))
    return SubmittedReadings(runs=checked, transaction=unsigned(ctx, visitor.wallet, read) if good else None)


def _refusal(outcome: object) -> str | None:
    if not isinstance(outcome, RevertedError):
        return None
    reason = outcome.arguments.get("reason")
    return _REFUSALS[reason] if isinstance(reason, int) and 0 < reason < len(_REFUSALS) else "refused"
