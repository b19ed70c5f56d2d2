"""A deployed community: addresses and the settings fixed at deployment, kept in a JSON file."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final

from eth_utils.address import is_checksum_address

from wattcommons.domain.intervals import IntervalLength
from wattcommons.domain.settlement import Collection
from wattcommons.domain.tariffs import Tariff
from wattcommons.domain.units import MicroEurPerKwh
from wattcommons.errors import DeploymentError

CONTRACTS: Final = (
    "AccessManager",
    "MemberRegistry",
    "TariffSchedule",
    "OrderBook",
    "MeterLedger",
    "CommunityEuro",
    "GuaranteeOfOrigin",
    "EnergyMarket",
    "Ecopoints",
    "GreenCoach",
    "ConsentRegistry",
    "Corrections",
    "ExportGroups",
)
"""In the order of deployment: addresses follow from the deployer's nonce, so they may refer to each other."""

FILE_VERSION: Final = 1


@dataclass(frozen=True)
class CommunityTerms:
    """What the constructors fix for the life of a contract set. Prices µ€/kWh, money n€, times in seconds.

    `deadline_s`: after an interval's end, when it may clear without the missing readings. `silence_after`:
    intervals without a reading after which a participant is not waited for. `data_grace_s`: after a coach period's
    end, when missing readings count as missing for good. `max_award_mpt`: thousandths of a point.
    `correction_window_s`: after an interval's end, in which its readings may be corrected (at most 300 days).
    """

    name: str = "Watt Commons"
    interval_minutes: int = 30
    gate_lead_s: int = 300
    k_ppm: int = 500_000
    deadline_s: int = 72 * 3600
    silence_after: int = 336
    collect_grid: bool = False
    collect_network_fee: bool = False
    credit_limit_neur: int = 300 * 10**9
    replacement_delay_s: int = 7 * 86400
    retail: int = 201_600
    feed_in: int = 40_000
    network_fee: int = 0
    points_per_kwh: int = 1
    max_award_mpt: int = 500_000
    data_grace_s: int = 7 * 86400
    guarantee_uri: str = ""
    correction_window_s: int = 60 * 86400

    @property
    def length(self) -> IntervalLength:
        """The interval's length."""
        return IntervalLength(self.interval_minutes)

    @property
    def collection(self) -> Collection:
        """Which legs pass through the community's accounts."""
        return Collection(grid=self.collect_grid, network_fee=self.collect_network_fee)

    @property
    def default_tariff(self) -> Tariff:
        """The tariff in force where no other is scheduled."""
        return Tariff(MicroEurPerKwh(self.retail), MicroEurPerKwh(self.feed_in), MicroEurPerKwh(self.network_fee))


@dataclass(frozen=True)
class Deployment:
    """Where a community lives: chain, first block and the address of every contract."""

    chain_id: int
    block: int
    addresses: dict[str, str]
    terms: CommunityTerms

    def address(self, contract: str) -> str:
        """Checksummed address of one of CONTRACTS."""
        return self.addresses[contract]

    def name_of(self, address: str) -> str | None:
        """Contract at an address, None for a foreign one."""
        wanted = address.lower()
        return next((name for name, known in self.addresses.items() if known.lower() == wanted), None)

    def save(self, path: Path) -> None:
        """Write the file whole or not at all."""
        content = {"version": FILE_VERSION, **asdict(self)}
        temporary = path.with_name(f".{path.name}.new")
        temporary.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
        temporary.replace(path)


def load_deployment(path: Path) -> Deployment:
    """Read a deployment file. Raises DeploymentError naming the file and what is wrong in it."""
    hint = "write one with `watt deploy`"
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise DeploymentError(f"no deployment file at {path}", hint) from error
    except (OSError, ValueError) as error:
        raise DeploymentError(f"{path} cannot be read as a deployment file ({type(error).__name__})", hint) from error
    try:
        if content["version"] != FILE_VERSION:
            raise DeploymentError(f"{path} is of version {content['version']}, not {FILE_VERSION}", hint)
        known = {field.name for field in fields(CommunityTerms)}
        if set(content["terms"]) != known:
            raise DeploymentError(f"{path} lacks or adds terms: {sorted(known ^ set(content['terms']))}", hint)
        deployment = Deployment(
            chain_id=int(content["chain_id"]),
            block=int(content["block"]),
            addresses={name: str(content["addresses"][name]) for name in CONTRACTS},
            terms=CommunityTerms(**content["terms"]),
        )
    except (KeyError, TypeError) as error:
        raise DeploymentError(f"{path} is not a whole deployment file (missing {error})", hint) from error
    for name, address in deployment.addresses.items():
        if not is_checksum_address(address):
            raise DeploymentError(f"{path}: the address of {name} is not a checksummed address", hint)
    return deployment
