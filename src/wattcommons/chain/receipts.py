"""The events of one transaction, from its receipt."""

from __future__ import annotations

from collections.abc import Iterator

from wattcommons.chain.deployment import Deployment
from wattcommons.chain.events import Event, decode_logs
from wattcommons.chain.logs import RawLog
from wattcommons.chain.sender import Sent


def receipt_events(deployment: Deployment, sent: Sent) -> Iterator[Event]:
    """What the community's contracts reported, in order; the time is left 0, as receipts do not tell it."""
    ours = {address.lower() for address in deployment.addresses.values()}
    raw = (
        RawLog(
            str(log["address"]).lower(),
            tuple(bytes.fromhex(topic[2:]) for topic in log["topics"]),
            bytes.fromhex(log["data"][2:]),
            sent.block,
            sent.tx_hash,
            int(log["logIndex"], 16),
            0,
        )
        for log in sent.logs
    )
    return decode_logs(deployment, (log for log in raw if log.address in ours))
