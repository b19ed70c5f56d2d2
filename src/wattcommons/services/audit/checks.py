"""The names of the report's lines, in its order."""

from __future__ import annotations

from typing import Final

SETTINGS: Final = "settings are those of the contracts"
REGISTRY: Final = "members and meters are those the registry keeps"
DATES: Final = "changes reach only intervals whose gate was open"
SIGNATURES: Final = "runs are signed by the gateway key valid then"
READINGS: Final = "readings are plausible, ended and kept unaltered"
FREEZES: Final = "intervals froze complete or past their deadline"
CLEARINGS: Final = "prices and matched energy follow from the book"
FILLS: Final = "fills follow from the clearing and match their hash"
COVERAGE: Final = "every interval is settled or named as open"
ACCOUNTS: Final = "accounts follow from deposits and settlements"
EURO: Final = "euro held and in supply equal the accounts"
ISSUES: Final = "certificates follow from settled readings, each once"
CERTIFICATES: Final = "certificates held follow from their history"
CORRECTIONS: Final = "corrections follow from readings, trades and prices"
EXPORTS: Final = "export groups follow from what was locked and released"
CONSERVATION: Final = "issued = held + cancelled + expired + withdrawn + exported"
POINTS: Final = "points follow from targets and readings"
VOUCHERS: Final = "points held follow from awards and redemptions"
CONSENTS: Final = "consents follow from what was asked, given and ended"
ACCOUNTED: Final = "every recorded Wh is accounted for once"
EXPLAINED: Final = "every event is explained"

ALL: Final = (
    SETTINGS,
    REGISTRY,
    DATES,
    SIGNATURES,
    READINGS,
    FREEZES,
    CLEARINGS,
    FILLS,
    COVERAGE,
    ACCOUNTS,
    EURO,
    ISSUES,
    CERTIFICATES,
    CORRECTIONS,
    EXPORTS,
    CONSERVATION,
    POINTS,
    VOUCHERS,
    CONSENTS,
    ACCOUNTED,
    EXPLAINED,
)
