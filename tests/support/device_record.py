"""A device's record with known salts, for tests."""

from __future__ import annotations

from wattcommons.chain.device_commitment import SaltedRecord
from wattcommons.domain.device_record import NAMES, DeviceRecord

SCHOOL_ROOF = DeviceRecord(
    {
        "installation": "FR-0042",
        "name": "Roof of the school",
        "owner": "Zoé Martin",
        "address": "1 rue Haute",
        "grid_point": "10YFR-RTE------C",
        "meter": "30001234567890",
        "support_cents": 125_000,
    }
)
SALTS = tuple(bytes([i + 1]) * 32 for i in range(len(NAMES)))
KNOWN = SaltedRecord(SCHOOL_ROOF, SALTS)
