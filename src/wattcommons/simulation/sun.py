"""Where the sun stands, and what a clear sky gives to a tilted panel.

Position: declination and equation of time as the usual first Fourier terms of the day of the year (Spencer
1971, within half a degree and a minute). Clear sky: direct beam by an exponential law of the air mass (Kasten and
Young 1989), diffuse light as a share of it, isotropic on the tilted plane, ground albedo 0.2. Good to some 10 %,
which is what a demonstration needs; no certificate is ever issued from it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

SECONDS_A_DAY = 86_400
SOLAR_CONSTANT_W_M2 = 1_361.0
ALBEDO = 0.2


@dataclass(frozen=True, slots=True)
class Place:
    """A point on earth: degrees north and east, metres above the sea."""

    latitude: float
    longitude: float
    altitude_m: float


@dataclass(frozen=True, slots=True)
class Orientation:
    """A panel's plane: tilt from horizontal, azimuth from south (east negative, west positive), degrees."""

    tilt: float
    azimuth: float


@dataclass(frozen=True, slots=True)
class Sky:
    """The clear sky of one moment: the sun's unit vector (south, west, up), beam and diffuse W/m²."""

    south: float
    west: float
    up: float
    beam: float
    diffuse: float


NIGHT = Sky(0.0, 0.0, -1.0, 0.0, 0.0)


def clear_sky(place: Place, unix: float) -> Sky:
    """The clear sky over a place at a unix time (UTC seconds); NIGHT when the sun is below the horizon."""
    day = unix / SECONDS_A_DAY
    turn = 2.0 * math.pi * (day % 365.2425) / 365.2425  # unix day 0 is a 1 January
    declination = (
        0.006918
        - 0.399912 * math.cos(turn)
        + 0.070257 * math.sin(turn)
        - 0.006758 * math.cos(2 * turn)
        + 0.000907 * math.sin(2 * turn)
    )
    equation_of_time_min = 229.18 * (
        0.000075
        + 0.001868 * math.cos(turn)
        - 0.032077 * math.sin(turn)
        - 0.014615 * math.cos(2 * turn)
        - 0.040849 * math.sin(2 * turn)
    )
    solar_hour = (day % 1.0) * 24.0 + place.longitude / 15.0 + equation_of_time_min / 60.0
    hour_angle = math.radians(15.0 * (solar_hour - 12.0))
    latitude = math.radians(place.latitude)
    up = math.sin(latitude) * math.sin(declination) + math.cos(latitude) * math.cos(declination) * math.cos(hour_angle)
    if up <= 0.0:
        return NIGHT
    south = math.sin(latitude) * math.cos(declination) * math.cos(hour_angle) - math.cos(latitude) * math.sin(
        declination
    )
    west = math.cos(declination) * math.sin(hour_angle)
    elevation = math.degrees(math.asin(min(1.0, up)))
    air_mass = math.exp(-place.altitude_m / 8_435.0) / (up + 0.50572 * (elevation + 6.07995) ** -1.6364)
    outside = SOLAR_CONSTANT_W_M2 * (1.0 + 0.033 * math.cos(turn))
    beam = outside * 0.7 ** (air_mass**0.678)
    return Sky(south, west, up, beam, 0.1 * beam * math.sqrt(up))


def on_panel(sky: Sky, panel: Orientation, clearness: float) -> float:
    """W/m² on a panel when clouds let through `clearness` (0 to 1) of the global clear sky.

    Clouds take the beam first and give part of it back as diffuse light: the beam falls with the square.
    """
    if sky.up <= 0.0:
        return 0.0
    tilt, azimuth = math.radians(panel.tilt), math.radians(panel.azimuth)
    incidence = sky.up * math.cos(tilt) + math.sin(tilt) * (
        sky.south * math.cos(azimuth) + sky.west * math.sin(azimuth)
    )
    horizontal = (sky.beam * sky.up + sky.diffuse) * clearness
    beam = sky.beam * clearness * clearness
    diffuse = max(0.0, horizontal - beam * sky.up)
    return (
        max(0.0, incidence) * beam
        + diffuse * (1.0 + math.cos(tilt)) / 2.0
        + horizontal * ALBEDO * (1.0 - math.cos(tilt)) / 2.0
    )
