"""The metering operator's desk: corrections with their proofs, and what they should come to."""

from __future__ import annotations

from typing import Any

from eth_account.signers.local import LocalAccount

from tests.support.community import Community, member_key
from wattcommons.chain.receipts import receipt_events
from wattcommons.chain.sender import Sent
from wattcommons.domain.fills import pack_fills
from wattcommons.domain.guarantees import certificate_id
from wattcommons.domain.settlement import IntervalSettlement
from wattcommons.domain.units import DeviceIndex, IntervalIndex

GOO = "GuaranteeOfOrigin"
REASON = b"meter swapped".ljust(32, b"\0")
DEBT_REASON = b"debt of the device".ljust(32, b"\0")
NOBODY = "0x" + "00" * 20


class Desk:
    """A settled interval of a village, and short ways to correct it."""

    def __init__(self, village: Community, settled: IntervalSettlement) -> None:
        self.village = village
        self.settled = settled
        self.interval = settled.interval
        self.fills = pack_fills(settled.clearing.fills)

    def traded(self, participant: int) -> int:
        """Wh sold (positive) or bought (negative)."""
        return next((fill.wh for fill in self.settled.clearing.fills if fill.participant == participant), 0)

    def arguments(self, participant: int, production: int, consumption: int, **changes: Any) -> tuple[Any, ...]:
        """Of `correct`. `changes`: interval, reason, proof."""
        interval = changes.get("interval", self.interval)
        proof = changes.get("proof", (0, self.fills, b""))
        return (participant, interval, production, consumption, changes.get("reason", REASON), proof)

    def correct(self, participant: int, production: int, consumption: int, **changes: Any) -> Sent:
        arguments = self.arguments(participant, production, consumption, **changes)
        return self.village.do("Corrections.correct", *arguments, by=self.village.metering_operator)

    def refused(
        self, participant: int, production: int, consumption: int, *, by: LocalAccount | None = None, **changes: Any
    ) -> tuple[Any, ...]:
        arguments = self.arguments(participant, production, consumption, **changes)
        return self.village.refused("Corrections.correct", *arguments, by=by or self.village.metering_operator)

    # ------------------------------------------------------------------ certificates

    def id_of(self, device: int, interval: int | None = None) -> int:
        return certificate_id(DeviceIndex(device), IntervalIndex(self.interval if interval is None else interval))

    def held(self, wallet: str, device: int, interval: int | None = None) -> int:
        return int(self.village.see(f"{GOO}.balanceOf", wallet, self.id_of(device, interval)))

    def totals(self, device: int) -> tuple[int, int, int]:
        """Wh issued, cancelled, withdrawn."""
        issued, cancelled, withdrawn = self.village.see(f"{GOO}.totalsOf", device)
        return issued, cancelled, withdrawn

    def debt(self, device: int) -> int:
        return int(self.village.see(f"{GOO}.debtOf", device))

    def give(self, giver: int, receiver: int, device: int, wh: int) -> None:
        """Transfer certificates of the interval between two members."""
        sender = member_key(giver)
        target = member_key(receiver).address
        self.village.do(f"{GOO}.safeTransferFrom", sender.address, target, self.id_of(device), wh, b"", by=sender)

    def log(self, sent: Sent, *names: str) -> list[tuple[str, dict[str, Any]]]:
        """Events of a transaction, in order, of these names only."""
        return [
            (event.name, event.args) for event in receipt_events(self.village.deployment, sent) if event.name in names
        ]
