"""Layout of an allocation-key file: a profile of settings, because no primary source confirms one."""

from __future__ import annotations

from dataclasses import dataclass

from wattcommons.domain.allocation_keys import MAX_DECIMALS
from wattcommons.errors import RuleError


@dataclass(frozen=True)
class KeysProfile:
    """Layout of a key file. `stamp`: strftime of a step's local time, of its `end` where `stamps_end`.

    Raises RuleError when separator and decimal mark are the same, or a key has more than six decimals.
    """

    separator: str = ";"
    decimal_mark: str = ","
    decimals: int = 2
    first_column: str = "Horodate"
    stamp: str = "%d/%m/%Y %H:%M"
    stamps_end: bool = False
    byte_order_mark: bool = True

    def __post_init__(self) -> None:
        if len(self.separator) != 1 or len(self.decimal_mark) != 1 or self.separator == self.decimal_mark:
            raise RuleError("separator and decimal mark of a key file are one sign each, and differ")
        if not 0 <= self.decimals <= MAX_DECIMALS:
            raise RuleError(f"a key has {self.decimals} decimals", f"0 to {MAX_DECIMALS} are possible")

    def percent(self, key: int) -> str:
        """A key in units of 10^-decimals percent."""
        whole, rest = divmod(key, 10**self.decimals)
        return f"{whole}{self.decimal_mark}{rest:0{self.decimals}d}" if self.decimals else str(whole)
