"""Which layout a file has, told by its content, and the one function that reads them all.

The name of a file says nothing about its layout. Gzip is taken off first; then the first bytes decide.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from wattcommons.domain.channels import Channel
from wattcommons.domain.local_time import DEFAULT_ZONE, checked_zone
from wattcommons.errors import InputError, RuleError
from wattcommons.services.gateway.files import (
    community_csv,
    data_connect,
    edf_half_hours,
    enedis_curve,
    enedis_flat,
    enedis_xlsx,
    green_button,
    workbook,
)
from wattcommons.services.gateway.files.opened import LIMITS, BoundedText, Limits, opened, read_whole
from wattcommons.services.gateway.files.parsed import Hints, ParsedFile
from wattcommons.services.gateway.files.tables import fold

LAYOUTS: Final = (
    community_csv.LAYOUT,
    enedis_curve.LAYOUT,
    enedis_flat.LAYOUT,
    enedis_xlsx.LAYOUT,
    edf_half_hours.LAYOUT,
    data_connect.LAYOUT,
    data_connect.LAYOUT_2026,
    green_button.LAYOUT,
)
"""Every layout that is read."""
_HEAD: Final = 8_192
_HEAD_LINES: Final = 6
_BOM: Final = b"\xef\xbb\xbf"
_OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0"
_UTF8, _WINDOWS = "utf-8-sig", "cp1252"


def read_energy_file(
    path: Path,
    zone: str = DEFAULT_ZONE,
    *,
    meter_id: str = "",
    channel: Channel | None = None,
    limits: Limits = LIMITS,
    follow_links: bool = True,
) -> ParsedFile:
    """Reads a file of any known layout, or nothing of it: raises InputError with the file and, where it has one, line.

    `zone`: of times without an offset. `meter_id`, `channel`: of layouts that do not say theirs. `limits`: most bytes,
    packed and unpacked. `follow_links`: off, a symbolic link is refused.
    """
    try:
        hints = Hints(ZoneInfo(checked_zone(zone)), meter_id, channel)
    except RuleError as error:
        raise InputError(error.message, error.hint, file=path) from error
    with opened(path, limits, follow_links=follow_links) as stream:
        head = stream.peek(_HEAD)
        start = head.removeprefix(_BOM).lstrip()[:1]
        if head.startswith(b"PK\x03\x04"):
            content = read_whole(stream, path, workbook.MOST_BYTES, "workbook")
            return enedis_xlsx.parse_enedis_xlsx(content, path, hints)
        if start == b"<":
            return green_button.parse_green_button(stream, path, hints)
        if start in (b"{", b"["):
            content = read_whole(stream, path, data_connect.MOST_BYTES, "JSON document")
            return data_connect.parse_data_connect(content, path, hints)
        layout, encoding = _table_layout(head, path)
        with BoundedText(stream, encoding, path, limits) as text:
            if layout == community_csv.LAYOUT:
                return community_csv.parse_community_csv(text, path, hints)
            if layout == enedis_curve.LAYOUT:
                return enedis_curve.parse_enedis_curve(text, path, hints)
            if layout == enedis_flat.LAYOUT:
                return enedis_flat.parse_enedis_flat(text, path, hints)
            return edf_half_hours.parse_edf_half_hours(text, path, hints)


def _table_layout(head: bytes, path: Path) -> tuple[str, str]:
    """Layout and encoding of a text file by its first lines."""
    if not head:
        raise InputError("the file is empty", "bring the whole file", file=path)
    if head.startswith(_OLD_EXCEL):
        raise InputError("an old or protected Excel file", "save it as XLSX without a password", file=path)
    encoding, text = _decoded(head)
    lines = text.splitlines()[:_HEAD_LINES]
    names = [{fold(name) for name in line.split(";")} for line in lines]
    if lines and ({"meter_id", "interval_start_utc"} & {fold(name) for name in lines[0].split(",")}):
        return community_csv.LAYOUT, _UTF8
    for found in names:
        if "identifiant prm" in found:
            return (enedis_flat.LAYOUT if "horodate" in found else enedis_curve.LAYOUT), _UTF8
        if edf_half_hours.STAMP in found:
            return edf_half_hours.LAYOUT, encoding
    raise InputError("a layout that is not known", f"known are: {', '.join(LAYOUTS)}", file=path)


def _decoded(head: bytes) -> tuple[str, str]:
    """The first bytes as text; an EDF export saved again may be UTF-8 instead of Windows-1252."""
    try:
        # the last character may be cut in two
        return _UTF8, head.removeprefix(_BOM)[:-4].decode() if len(head) >= _HEAD else head.decode(_UTF8)
    except UnicodeDecodeError:
        return _WINDOWS, head.decode(_WINDOWS, errors="replace")
