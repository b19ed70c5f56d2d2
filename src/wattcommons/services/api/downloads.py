"""Answers that are files: named, never kept by a cache, sent in pieces as they are made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from fastapi import Response
from fastapi.responses import StreamingResponse

CSV: Final = "text/csv; charset=utf-8"
PDF: Final = "application/pdf"
ZIP: Final = "application/zip"
_PIECE: Final = 65_536


def streamed(parts: Iterable[str], name: str, media_type: str) -> StreamingResponse:
    """A text in pieces. `name`: of the file, ASCII without quotes."""
    return StreamingResponse(_pieces(parts), media_type=media_type, headers=headers(name))


def attached(content: bytes, name: str, media_type: str) -> Response:
    """A whole file."""
    return Response(content, media_type=media_type, headers=headers(name))


def headers(name: str) -> dict[str, str]:
    """What makes a browser save an answer under a name."""
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}


def _pieces(parts: Iterable[str]) -> Iterator[bytes]:
    """Few large pieces instead of many lines: each one costs a change of thread."""
    held: list[str] = []
    size = 0
    for part in parts:
        held.append(part)
        size += len(part)
        if size >= _PIECE:
            yield "".join(held).encode()
            held, size = [], 0
    yield "".join(held).encode()
