"""Telegrams as a DSMR meter sends them, with the right CRC."""

from __future__ import annotations

from collections.abc import Iterable

METER = "K8EG004046395507"


def crc16(data: bytes) -> int:
    """CRC-16/ARC: polynomial 0xA001 reflected, from 0."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
    return crc


def telegram(body: Iterable[str], header: str = "/WCM5\\0123456-TEST") -> bytes:
    """A telegram of these lines."""
    text = "\r\n".join([header, "", *body, "!"]).encode("latin-1")
    return text + f"{crc16(text):04X}\r\n".encode("ascii")


def lines(
    used_1: str, used_2: str, made_1: str = "000000.000", made_2: str = "000000.000", *, meter: str = METER
) -> list[str]:
    """The lines of a version 5 meter; registers in kWh as it writes them."""
    return [
        "1-3:0.2.8(50)",
        "0-0:1.0.0(260601140000S)",
        f"0-0:96.1.1({meter.encode().hex().upper()})",
        f"1-0:1.8.1({used_1}*kWh)",
        f"1-0:1.8.2({used_2}*kWh)",
        f"1-0:2.8.1({made_1}*kWh)",
        f"1-0:2.8.2({made_2}*kWh)",
        "0-0:96.14.0(0002)",
        "1-0:1.7.0(00.244*kW)",
        "1-0:2.7.0(00.000*kW)",
        "0-0:96.13.0()",
    ]
