"""Parts that several answers share.

Energy is in Wh, prices in µ€/kWh, times in Unix seconds. Money in n€ and identifiers beyond 53 bits travel as decimal
strings: a JSON number would lose digits in a browser.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

LINE: Final = r"^[^\x00-\x1f\x7f]*$"
"""Pattern of a text of one line, without control characters."""
LINES: Final = r"^[^\x00-\x09\x0b-\x1f\x7f]*$"
"""Pattern of a text of several lines."""


def _whole(value: Any) -> Any:
    if isinstance(value, str) and value.lstrip("-").isascii() and value.lstrip("-").isdigit():
        return int(value)
    return value


_AS_STRING = PlainSerializer(str, return_type=str)

Neur = Annotated[
    int,
    BeforeValidator(_whole),
    _AS_STRING,
    WithJsonSchema({"type": "string", "pattern": "^-?[0-9]{1,78}$", "description": "n€ (10⁻⁹ €), decimal string"}),
]
BigId = Annotated[
    int,
    BeforeValidator(_whole),
    _AS_STRING,
    Field(ge=0),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{1,78}$", "description": "identifier, decimal string"}),
]
Account = Annotated[str, Field(pattern=r"^0x[0-9a-fA-F]{40}$", examples=["0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"])]
Hash = Annotated[str, Field(pattern=r"^0x[0-9a-f]{64}$")]
Signature = Annotated[
    str, Field(pattern=r"^0x([0-9a-fA-F]{2}){1,4096}$", description="65 bytes, or a contract wallet's")
]
Interval = Annotated[int, Field(ge=0, le=2**32 - 1, description="interval index, floor(unix / length)")]
Unix = Annotated[int, Field(ge=0, le=2**40, description="Unix seconds")]
WhCount = Annotated[int, Field(ge=0, description="Wh")]
Price = Annotated[int, Field(description="µ€/kWh")]


class Model(BaseModel):
    """An answer or a request: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Period(StrEnum):
    """How much time one chart shows."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class Quality(StrEnum):
    """Of an interval's reading; `absent` is not zero."""

    ABSENT = "absent"
    MEASURED = "measured"
    ESTIMATED = "estimated"
    CORRECTED = "corrected"


class Freshness(Model):
    """Up to which block, and which time of the chain, an answer is true."""

    block: int = Field(ge=-1, description="newest block taken into account, -1 before the first")
    at: Unix


class Problem(Model):
    """An error (RFC 9457, application/problem+json). `what_to_do` says what would make it right."""

    type: str = Field(examples=["about:blank"])
    title: str
    status: int
    code: str = Field(description="stable word for programs", examples=["not_yours"])
    detail: str
    what_to_do: str | None = None
    where: str | None = Field(default=None, description="the field or parameter that is wrong")
