"""Files as customers and network operators bring them, made from known energies; and a sink that remembers.

A curve is a list of (end of the step as unix seconds, mean W or None for a gap), half an hour a step unless said.
"""

from __future__ import annotations

import io
import json
import threading
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from wattcommons.domain.channels import EnergyRow
from wattcommons.errors import MeterDataError
from wattcommons.services.gateway.samples import IndexSeen, PowerSeen, RowsTaken

PRM = "14290000000000"
PARIS = ZoneInfo("Europe/Paris")
HALF_HOUR = 1_800
Curve = Sequence[tuple[int, int | None]]

SPRING, ORDINARY, AUTUMN = date(2026, 3, 29), date(2026, 6, 1), date(2026, 10, 25)
"""Days of 46, 48 and 50 half-hours in Paris."""


def unix(text: str) -> int:
    """Seconds of `2026-03-29T01:00:00+01:00`."""
    return int(datetime.fromisoformat(text).timestamp())


def day_curve(day: date, step_s: int = HALF_HOUR) -> list[tuple[int, int | None]]:
    """A local day in Paris, each step with a power of its own, in order of time."""
    since, until = (int(datetime(*d.timetuple()[:3], tzinfo=PARIS).timestamp()) for d in (day, day + timedelta(days=1)))
    return [(end, 100 + 2 * number) for number, end in enumerate(range(since + step_s, until + 1, step_s))]


def local(end: int) -> datetime:
    """What a clock in Paris shows, without its offset."""
    return datetime.fromtimestamp(end, PARIS).replace(tzinfo=None, fold=0)


def text(power: int | None) -> str:
    """A power as files write it: nothing for a gap."""
    return "" if power is None else str(power)


def enedis_curve(
    curve: Curve,
    *,
    prm: str = PRM,
    business: str = "Consommation",
    unit: str = "W",
    step: str = "",
    physical: str = "Energie active",
    kind: str = "Courbe de charge",
    bom: bool = True,
) -> bytes:
    """The load curve of Enedis, with offsets."""
    titles = (
        "Identifiant PRM;Type de donnees;Date de debut;Date de fin;Grandeur physique;Grandeur metier;"
        "Etape metier;Unite;Pas en minutes"
    )
    about = f"{prm};{kind};24/10/2022;25/07/2024;{physical};{business};Comptage Brut;{unit};{step}"
    lines = [f"{datetime.fromtimestamp(end, PARIS).isoformat()};{text(power)}" for end, power in curve]
    return ("\ufeff" * bom + "\n".join((titles, about, "Horodate;Valeur", *lines)) + "\n").encode()


def enedis_flat(curve: Curve, *, business: str = "CONS", unit: str = "W", step: str = "PT30M") -> bytes:
    """The flat layout, local times without an offset."""
    header = (
        "Identifiant PRM;Date de début;Date de fin;Grandeur physique;Grandeur métier;Etape métier;Unité;"
        "Horodate;Valeur;Nature;Pas;Indice de vraisemblance;Etat complémentaire"
    )
    lines = [
        f"{PRM};2023-03-13 00:00:00;2025-03-13 00:00:00;PA;{business};BRUT;{unit};"
        f"{local(end)};{text(power)};B;{step};0;0"
        for end, power in curve
    ]
    return ("\n".join((header, *lines)) + "\n").encode()


def edf(curve: Curve, *, encoding: str = "cp1252", unit: str = "W", nature: str = "Réelle") -> bytes:
    """The half-hourly export of EDF: newest first, a line for each day, midnight on top of the day it ends."""
    lines = [
        "Récapitulatif de mes puissances atteintes en W",
        "",
        f"Date et heure de relève par le distributeur;Puissance atteinte ({unit});Nature de la donnée",
    ]
    newest_first = sorted(curve, reverse=True)
    for day, steps in groupby(newest_first, key=lambda step: local(step[0] - 1).date()):
        lines.append(f"{day:%d/%m/%Y};;")
        lines += [f"{local(end):%H:%M:%S};{text(power)};{nature}" for end, power in steps]
        lines.append("")
    return "\r\n".join(lines).encode(encoding)


def data_connect_5(curve: Curve, *, unit: str = "W", step: str = "PT30M") -> bytes:
    """An answer of Data Connect until 2026."""
    readings = [
        {"value": text(power), "date": str(local(end)), "interval_length": step, "measure_type": "B"}
        for end, power in curve
    ]
    reading = {
        "usage_point_id": PRM,
        "start": "2026-03-29",
        "end": "2026-03-30",
        "quality": "BRUT",
        "reading_type": {"unit": unit, "measurement_kind": "power", "aggregate": "average"},
        "interval_reading": readings,
    }
    return json.dumps({"meter_reading": reading}).encode()


def data_connect_2026(curve: Curve, *, business: str = "CONS", unit: str = "W", step: str = "PT30M") -> bytes:
    """An answer of Data Connect from 2026 on."""
    points = [{"v": text(power), "d": str(local(end)), "p": step, "n": "B"} for end, power in curve]
    quantity = {"grandeurMetier": business, "grandeurPhysique": "PA", "unite": unit, "points": points}
    period = {"dateDebut": "2026-09-29", "dateFin": "2026-10-01"}
    return json.dumps({"idPrm": PRM, "etapeMetier": "BRUT", "periode": period, "grandeur": [quantity]}).encode()


def enedis_xlsx(
    curve: Curve, *, title: str = "Consommation Horaire", header: str = "Valeur (en kW)", dated: bool = False
) -> bytes:
    """The workbook of Enedis: kW with a decimal comma; begins reckoned back on the clock face."""
    rows: list[list[object]] = [[None, "Point Référence Mesure", PRM], [], [None, None, "Début", "Fin", header]]
    for end, power in curve:
        until = local(end)
        since = until - timedelta(minutes=30)
        value = "NA" if power is None else f"{power / 1000:.3f}".replace(".", ",")
        if dated:
            rows.append([None, None, since, until, "NA" if power is None else power / 1000])
        else:
            rows.append([None, None, f"{since:%d/%m/%Y %H:%M:%S}", f"{until:%d/%m/%Y %H:%M:%S}", value])
    return workbook(rows, title)


def workbook(rows: Iterable[Sequence[object]], title: str = "Consommation Horaire") -> bytes:
    """A workbook of one sheet."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    for row in rows:
        sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def repacked(content: bytes, change: Callable[[str, bytes], bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip with each part changed: `change(name, content)`."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", method) as new:
        for part in old.infolist():
            new.writestr(part.filename, change(part.filename, old.read(part)))
    return made.getvalue()


LOCAL_LAYOUTS: dict[str, Callable[[Curve], bytes]] = {
    "EDF half-hourly export": edf,
    "Enedis flat layout": enedis_flat,
    "Enedis workbook": enedis_xlsx,
    "Data Connect v5": data_connect_5,
    "Data Connect 2026": data_connect_2026,
}
"""Every layout whose times carry no offset, with half-hours of consumption."""


class RememberingSink:
    """A sink that keeps what it is given. `failing`: raised by the next calls of `rows`, one a call."""

    def __init__(self, failing: Iterable[Exception] = (), taken: RowsTaken | None = None) -> None:
        self.files: list[tuple[EnergyRow, ...]] = []
        self.problems: list[MeterDataError] = []
        self.notes: dict[str, str] = {}
        self.failing, self._taken, self._lock = list(failing), taken, threading.Lock()

    def seen(self, samples: Sequence[IndexSeen | PowerSeen], *, clock_degraded: bool = False) -> None:
        """No file gives samples."""
        raise AssertionError("a file gave samples of an index")

    def rows(self, rows: Sequence[EnergyRow]) -> RowsTaken:
        with self._lock:
            if self.failing:
                raise self.failing.pop(0)
            self.files.append(tuple(rows))
            return self._taken or RowsTaken(new=len(rows))

    def problem(self, error: MeterDataError) -> None:
        self.problems.append(error)

    def note(self, key: str, value: str) -> None:
        self.notes[key] = value
