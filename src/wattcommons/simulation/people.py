"""Who lives in the village: a mill, a spa, roofs and flats, each drawn from its own stream of chance."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from wattcommons.domain.devices import EnergySource
from wattcommons.domain.units import ParticipantIndex
from wattcommons.errors import RuleError
from wattcommons.simulation.chance import Chance
from wattcommons.simulation.load import HABITS, Household
from wattcommons.simulation.solar import ORIENTATIONS
from wattcommons.simulation.sun import Orientation

MAX_HOMES = 20_000
"""Above, the spa's hour would not fit a reading's 24 bits."""
MILL_W_A_HOME, SPA_W_A_HOME = 420, 520
_CONTRACTS_W = (6_000, 9_000, 12_000)
_ROOF_SHARE_PERCENT = 40


class Kind(StrEnum):
    """What a participant is, in words that are never translated but shown by `Participant.name`."""

    MILL = "mill"
    SPA = "spa"
    ROOF = "roof"
    FLAT = "flat"


_WORDS = {
    "en": {Kind.MILL: "Mill", Kind.SPA: "Spa", Kind.ROOF: "Roof", Kind.FLAT: "Flat"},
    "fr": {Kind.MILL: "Moulin", Kind.SPA: "Thermes", Kind.ROOF: "Toit", Kind.FLAT: "Appartement"},
}


@dataclass(frozen=True, slots=True)
class PlantDevice:
    """A participant's production: source, nominal power (W) and, for panels, where they look."""

    source: EnergySource
    capacity_w: int
    orientation: Orientation | None = None


@dataclass(frozen=True, slots=True)
class Participant:
    """One metering point (gross basis). `number` counts its kind from 1; powers in W bound its readings."""

    index: ParticipantIndex
    kind: Kind
    number: int
    import_power_w: int
    export_power_w: int
    device: PlantDevice | None
    household: Household | None

    @property
    def meter_id(self) -> str:
        """Name in files: `mill`, `roof-12`."""
        return self.kind.value if self.kind in (Kind.MILL, Kind.SPA) else f"{self.kind.value}-{self.number}"

    def name(self, language: str = "en") -> str:
        """Name on screens, in `en` or `fr`: `Roof 12`, `Toit 12`."""
        word = _WORDS[language][self.kind]
        return word if self.kind in (Kind.MILL, Kind.SPA) else f"{word} {self.number}"


def settle_down(homes: int, seed: int) -> tuple[Participant, ...]:
    """The participants of a village: mill, spa, then `homes` homes, of which two in five have panels.

    Homes alternate so that a smaller village is the beginning of a larger one. Raises RuleError unless
    2 <= homes <= 20,000.
    """
    if not 2 <= homes <= MAX_HOMES:
        raise RuleError(f"a village of {homes} homes", f"give 2 to {MAX_HOMES}")
    mill_w, spa_w = max(5_000, MILL_W_A_HOME * homes), max(4_000, SPA_W_A_HOME * homes)
    people = [
        Participant(ParticipantIndex(1), Kind.MILL, 1, 3_000, mill_w, PlantDevice(EnergySource.HYDRO, mill_w), None),
        Participant(ParticipantIndex(2), Kind.SPA, 1, spa_w * 3 // 2, 0, None, None),
    ]
    counts = {Kind.ROOF: 0, Kind.FLAT: 0}
    for home in range(homes):
        # 40 % by a running share: home 0 is a roof, home 1 a flat, and so on evenly.
        before, after = -(-home * _ROOF_SHARE_PERCENT // 100), -(-(home + 1) * _ROOF_SHARE_PERCENT // 100)
        kind = Kind.ROOF if after > before else Kind.FLAT
        counts[kind] += 1
        people.append(_home(ParticipantIndex(home + 3), kind, counts[kind], Chance(seed, f"home {home}")))
    return tuple(people)


def _home(index: ParticipantIndex, kind: Kind, number: int, chance: Chance) -> Participant:
    roof = kind is Kind.ROOF
    electric_heating = chance.happens(0.35)
    household = Household(
        habit=chance.pick(HABITS),
        base_wh=chance.uniform(6_500.0, 11_500.0) if roof else chance.uniform(4_000.0, 8_000.0),
        heating_wh_per_degree=(chance.uniform(900.0, 1_500.0) if electric_heating else chance.uniform(60.0, 180.0))
        * (1.0 if roof else 0.6),
        cooling_wh_per_degree=chance.uniform(100.0, 400.0) if chance.happens(0.3) else 0.0,
        # One home in four, the first flat among them, took the coach to heart.
        effort=chance.uniform(0.68, 0.78) if index % 4 == 0 else 1.0,
    )
    contract = chance.pick(_CONTRACTS_W[1:] if roof or electric_heating else _CONTRACTS_W)
    if not roof:
        return Participant(index, kind, number, contract, 0, None, household)
    # Panels of 375 W: 8 to 24 of them.
    capacity = 375 * chance.integer(8, 24)
    panels = PlantDevice(EnergySource.SOLAR, capacity, chance.pick(ORIENTATIONS))
    return Participant(index, kind, number, contract, capacity, panels, household)
