"""Frames as a Linky sends them, in both modes, with the right checksums."""

from __future__ import annotations

from collections.abc import Iterable

STX, ETX, EOT = b"\x02", b"\x03", b"\x04"
METER = "021528603314"

Groups = Iterable[tuple[str, ...]]


def checksum(summed: bytes) -> bytes:
    return bytes([(sum(summed) & 0x3F) + 0x20])


def standard_frame(groups: Groups) -> bytes:
    """Groups of (label, data) or (label, time, data)."""
    summed = ["\t".join((*group, "")).encode("ascii") for group in groups]
    return STX + b"".join(b"\n" + one + checksum(one) + b"\r" for one in summed) + ETX


def historic_frame(groups: Groups) -> bytes:
    """Groups of (label, data)."""
    summed = [" ".join(group).encode("ascii") for group in groups]
    return STX + b"".join(b"\n" + one + b" " + checksum(one) + b"\r" for one in summed) + ETX


def standard_groups(
    east: int | str, eait: int | str | None = None, *, meter: str = METER, degraded: bool = False
) -> list[tuple[str, ...]]:
    """A meter in standard mode, in Wh: a producer's when `eait` is given."""
    status = (0x100 if eait is not None else 0) | (0x10000 if degraded else 0)
    groups: list[tuple[str, ...]] = [
        ("ADSC", meter),
        ("VTIC", "02"),
        ("DATE", f"{'e' if degraded else 'E'}260601140000", ""),
        ("LTARF", "      BASE      "),
        ("EAST", _nine(east)),
        ("EASF01", _nine(east)),
    ]
    if eait is not None:
        groups += [("EAIT", _nine(eait)), ("SINSTI", "00350")]
    return [
        *groups,
        ("SINSTS", "00420"),
        ("CCASN", "E260601133000", "00407"),
        ("STGE", f"{0x003A0001 & ~0x10100 | status:08X}"),
        ("PRM", "19876543210987"),
        ("PJOURF+1", "00008001 NONUTILE NONUTILE"),
    ]


def historic_groups(registers: dict[str, int] | int, *, meter: str = METER) -> list[tuple[str, ...]]:
    """A meter in historique mode: the Wh of its registers, or of BASE."""
    if isinstance(registers, int):
        registers = {"BASE": registers}
    return [
        ("ADCO", meter),
        ("OPTARIF", "BASE"),
        ("ISOUSC", "45"),
        *((label, _nine(index)) for label, index in registers.items()),
        ("PTEC", "TH.."),
        ("IINST", "002"),
        ("PAPP", "00420"),
        ("HHPHC", "A"),
        ("MOTDETAT", "000000"),
    ]


def standard(east: int | str, eait: int | str | None = None, *, meter: str = METER, degraded: bool = False) -> bytes:
    """The frame of `standard_groups`."""
    return standard_frame(standard_groups(east, eait, meter=meter, degraded=degraded))


def historic(registers: dict[str, int] | int, *, meter: str = METER) -> bytes:
    """The frame of `historic_groups`."""
    return historic_frame(historic_groups(registers, meter=meter))


def _nine(index: int | str) -> str:
    return f"{index:09d}" if isinstance(index, int) else index
