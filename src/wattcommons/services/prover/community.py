"""A community as proof files and their anchors name it."""

from __future__ import annotations

from wattcommons.chain.deployment import Deployment
from wattcommons.verifier.anchors import Community
from wattcommons.verifier.layout import CONTRACTS


def community_of(deployment: Deployment) -> Community:
    """What a deployment file names of a community, as an anchor."""
    return Community(
        deployment.chain_id,
        deployment.terms.interval_minutes,
        {name: bytes.fromhex(deployment.address(name)[2:]) for name in CONTRACTS},
    )
