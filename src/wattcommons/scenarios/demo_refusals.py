"""Four attempts to cheat on a demo's chain, each really sent, and what the contracts made of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from wattcommons.chain.accounts import SigningAccount
from wattcommons.chain.batch import call_of
from wattcommons.chain.contracts import Call
from wattcommons.chain.roles import Role
from wattcommons.chain.sender import Sender
from wattcommons.chain.signing import sign_run
from wattcommons.chain.typed_data import domain_of
from wattcommons.domain.packing import SignedRun, encode_batch
from wattcommons.domain.readings import Run
from wattcommons.domain.units import IntervalIndex, Wh
from wattcommons.errors import RevertedError, WattError
from wattcommons.scenarios.demo import Demo
from wattcommons.services.delivery.fate import Refusal
from wattcommons.services.keeper.keeper import Keeper
from wattcommons.services.keeper.plan import Proposal


class NotRefused(WattError):
    """An attempt to cheat had an effect: the contracts are broken."""


@dataclass(frozen=True)
class Refused:
    """An attempt without effect. `error` is the contract's own; `reason` narrows it down where it has one."""

    error: str
    reason: str = ""


@dataclass(frozen=True)
class AlteredReading(Refused):
    """Wh the meter signed, and what the operator would have it say."""

    true_wh: int = 0
    wanted_wh: int = 0


@dataclass(frozen=True)
class ShiftedPrice(Refused):
    """µ€/kWh that follow from the bids, and what the keeper proposed."""

    right: int = 0
    wanted: int = 0


def operator_alters_a_reading(demo: Demo) -> AlteredReading:
    """The operator doubles a flat's last hours and signs them with its own key."""
    person = demo.scene.coached[1]
    run = demo.last_runs[person.meter_id].run
    altered = replace(
        run, readings=tuple(replace(one, consumption_wh=Wh(one.consumption_wh * 2)) for one in run.readings)
    )
    key = demo.community.keys.role(Role.OPERATOR)
    refused = _record(demo, demo.community.operator, key, altered)
    return AlteredReading(
        refused.error,
        refused.reason,
        sum(one.consumption_wh for one in run.readings),
        sum(one.consumption_wh for one in altered.readings),
    )


def keeper_shifts_a_price(demo: Demo) -> ShiftedPrice:
    """A keeper proposes one interval's price a millionth of a euro higher."""
    proposals = Keeper(demo.contracts, None).cycle().proposals
    right = next((one for one in proposals if _inside(demo, one)), proposals[0])
    call = call_of(
        demo.contracts, "EnergyMarket", "advance", right.interval, right.low + 1, right.high + 1, max(right.seats, 1)
    )
    error = _refusal(demo.stranger, call)
    k_ppm = demo.community.spec.terms.k_ppm
    price = right.low + k_ppm * (right.high - right.low) // 1_000_000
    return ShiftedPrice(error.error, "", price, price + 1)


def stranger_mints(demo: Demo) -> tuple[Refused, Refused]:
    """A stranger makes euros, then certificates, out of nothing."""
    wallet = demo.stranger.address
    euros = call_of(demo.contracts, "CommunityEuro", "mint", wallet, 10**12, bytes(32))
    certificates = call_of(demo.contracts, "GuaranteeOfOrigin", "issue", 1, [1 << 72 | 1_000])
    return Refused(_refusal(demo.stranger, euros).error), Refused(_refusal(demo.stranger, certificates).error)


def gateway_replays(demo: Demo) -> Refused:
    """A box sends its signed day again, which has no effect, then dated an interval later."""
    person = next(one for one in demo.scene.village.participants if one.device is not None)
    signed = demo.last_runs[person.meter_id]
    again = demo.stranger.send(call_of(demo.contracts, "MeterLedger", "record", encode_batch([signed])))
    if again.logs:
        raise NotRefused("the ledger took the same readings twice")
    moved = Run(signed.run.participant, IntervalIndex(signed.run.first + 1), signed.run.readings[:-1])
    return _submit(demo, demo.stranger, SignedRun(moved, signed.signature))


def _record(demo: Demo, sender: Sender, key: SigningAccount, run: Run) -> Refused:
    return _submit(demo, sender, sign_run(key, domain_of(demo.contracts.deployment, "MeterLedger"), run))


def _submit(demo: Demo, sender: Sender, signed: SignedRun) -> Refused:
    """Send a run; the ledger skips it, and its `check` tells why."""
    run = signed.run
    read = ("MeterLedger", "readingsOf", run.participant, run.first, len(run.readings))
    before = demo.contracts.read(*read)
    sender.send(call_of(demo.contracts, "MeterLedger", "record", encode_batch([signed])))
    if demo.contracts.read(*read) != before:
        raise NotRefused("the ledger took a run that its gateway never signed")
    try:
        demo.contracts.read("MeterLedger", "check", encode_batch([signed]))
    except RevertedError as error:
        return Refused(error.error, Refusal(int(str(error.arguments["reason"]))).name.lower())
    raise NotRefused("the ledger would take a run that its gateway never signed")


def _refusal(sender: Sender, call: Call) -> RevertedError:
    [sent] = sender.send_all([call])
    if sent.error is None:
        raise NotRefused(f"{sent.call.label} was not refused")
    return sent.error


def _inside(demo: Demo, one: Proposal) -> bool:
    """Whether there was a choice of price: otherwise the band alone would refuse the shifted one."""
    tariff = demo.scene.village.tariff(one.interval)
    return tariff.floor < one.low <= one.high < tariff.ceiling - 1
