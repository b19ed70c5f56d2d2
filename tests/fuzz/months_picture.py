"""All that the contracts say of certificates at one moment, and what the domain says was produced until then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from tests.fuzz.keys import STRANGER, key
from tests.fuzz.model import Model
from tests.fuzz.months_picture_exports import Groups, take_groups
from tests.fuzz.world import World
from wattcommons.chain.batch import Read
from wattcommons.domain.devices import Device, NotIssuable, SupportScheme
from wattcommons.domain.guarantees import CertificateId, certificate_id
from wattcommons.domain.units import DeviceIndex, IntervalIndex

BARRED_WATCHED = 6
CERTIFICATES = "GuaranteeOfOrigin"


@dataclass(frozen=True)
class Produced:
    """`made`: Wh of every device in its settled readings that earn certificates, as corrected, where it may have
    some. `barred`: certificates that must not exist, each with the reason.
    """

    made: Counter[int]
    barred: Mapping[CertificateId, NotIssuable]


@dataclass(frozen=True)
class Picture:
    """Of the newest block. `held`: balances above zero by certificate and wallet; `claims`: Wh and claimant;
    `deadlines`: production end, last transfer, last cancellation; `totals`: issued, cancelled, withdrawn Wh.
    """

    issued: Mapping[int, int]
    held: Mapping[tuple[int, str], int]
    claims: Mapping[int, tuple[int, int]]
    deadlines: Mapping[int, tuple[int, int, int]]
    states: Mapping[int, int]
    totals: Mapping[int, tuple[int, int, int]]
    debts: Mapping[int, int]
    statements: int
    groups: Groups

    @property
    def lasting(self) -> tuple[object, ...]:
        """Everything but what follows from time."""
        return (self.issued, self.held, self.claims, self.totals, self.debts, self.statements, self.groups)


def take(world: World, produced: Produced, before: Picture | None = None) -> Picture:
    """Every wallet and every certificate that was issued, and the newest of those that must not be."""
    model = world.model
    ids = [*model.ids, *list(produced.barred)[-BARRED_WATCHED:]]
    wallets = [*model.wallets, key(STRANGER).address]
    pairs = [(one, wallet) for one in ids for wallet in wallets]
    reads = [
        Read(CERTIFICATES, "balanceOfBatch", (tuple(w for _, w in pairs), tuple(one for one, _ in pairs))),
        Read(CERTIFICATES, "statementCount"),
        *(Read(CERTIFICATES, "totalsOf", (device,)) for device in model.devices),
        *(Read(CERTIFICATES, "debtOf", (device,)) for device in model.devices),
        *(Read(CERTIFICATES, "certificate", (one,)) for one in ids),
    ]
    balances, statements, *answers = world.chain.read(reads)
    count = len(model.devices)
    kept = dict(zip(ids, answers[2 * count :], strict=True))
    return Picture(
        issued={one: found[6] for one, found in kept.items()},
        held={pair: wh for pair, wh in zip(pairs, balances, strict=True) if wh},
        claims={one: (found[7], found[8]) for one, found in kept.items() if found[7]},
        deadlines={one: found[3:6] for one, found in kept.items() if found[6]},
        states={one: found[9] for one, found in kept.items()},
        totals=dict(zip(model.devices, answers[:count], strict=True)),
        debts=dict(zip(model.devices, answers[count : 2 * count], strict=True)),
        statements=statements,
        groups=take_groups(world, ids, before.groups if before else None),
    )


def produced_until_now(world: World) -> Produced:
    """By the readings that are settled, and the devices' states of those intervals."""
    model = world.model
    made: Counter[int] = Counter()
    barred: dict[CertificateId, NotIssuable] = {}
    for interval, settled in world.clearing.intervals.items():
        if not settled.settled:
            continue
        for index in model.roster(interval):
            one = model.participants[index]
            reading = one.readings.get(interval)
            device = model.device_at(index, interval)
            unsettled = reading is None or (interval in one.late and interval not in one.late_settled)
            if unsettled or not device or reading is None or not reading.production_wh:
                continue
            reason = refusal_at(model, device, interval)
            if reason is not None:
                barred[certificate_id(DeviceIndex(device), IntervalIndex(interval))] = reason
            elif reading.earns_certificates:
                made[device] += reading.production_wh
    return Produced(made, barred)


def refusal_at(model: Model, device: int, interval: int) -> NotIssuable | None:
    """Why an interval earns a device no certificate, by the domain's rules."""
    one = model.devices[device]
    allowed, suspended, valid_until = one.terms.at(interval)
    terms = Device(
        DeviceIndex(device),
        technology="T010100",
        fuel="F01010100",
        capacity_w=9_000,
        commissioned_at=0,
        country="FR",
        valid_until=valid_until,
        scheme=SupportScheme.NONE if allowed else SupportScheme.FEED_IN_TARIFF,
        scheme_allows=allowed or one.storage,
        storage=one.storage,
    )
    return terms.refusal(model.end(interval), suspended=suspended)
