"""What the API is told about its community and its limits; `cli/serve.py` makes it from a settings file."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from wattcommons.services.api.exports.keys_profile import KeysProfile

DEVNET_CHAIN: Final = 31_337


@dataclass(frozen=True)
class DevnetKey:
    """A development wallet that everybody may use. `role` as in DevnetWallet."""

    name: str
    role: str
    account: str
    private_key: str = field(repr=False)


@dataclass(frozen=True)
class Limits:
    """`requests_s`, `burst`: of one address, a second and at once; `session_*`: of one session; `challenges_s`,
    `challenge_burst`: beginnings of a sign-in of one address. `body_bytes`: of one request; `body_s`: how long it may
    take to arrive. `streams`, `streams_each`: open event streams in all and of one address or session. `batch`: calls
    in one JSON-RPC batch.
    """

    requests_s: float = 20
    burst: int = 200
    session_requests_s: float = 40
    session_burst: int = 400
    challenges_s: float = 0.5
    challenge_burst: int = 20
    body_bytes: int = 1_048_576
    body_s: float = 30.0
    streams: int = 500
    streams_each: int = 8
    batch: int = 50


@dataclass(frozen=True)
class ApiSettings:
    """`origins`: where the pages are reached, like `https://watt.example`; the first is the main one.

    `min_group`: participants below which sums over the community are withheld; `curve_group`: below which a step of a
    curve is merged with its neighbour. `auditors`: checksummed accounts that may read everything. `keys`: development
    wallets, offered only on a development chain. `speed`: chain seconds a real second. `finality`: blocks on top that
    make a block final, None for the node's own word. `trusted_proxies`: addresses whose forwarded headers are believed.
    `allocation_keys`: layout of key files.
    """

    origins: tuple[str, ...]
    zone: str = "Europe/Paris"
    country: str = "FR"
    controller: str = ""
    certificate_word: str = "community_certificate"
    chain_name: str = ""
    devnet: bool = False
    speed: int = 1
    session_s: int = 8 * 3_600
    min_group: int = 10
    curve_group: int = 3
    auditors: frozenset[str] = frozenset()
    keys: tuple[DevnetKey, ...] = ()
    frontend: Path | None = None
    finality: int | None = 0
    trusted_proxies: frozenset[str] = frozenset()
    limits: Limits = Limits()
    allocation_keys: KeysProfile = field(default_factory=KeysProfile)

    @property
    def domains(self) -> dict[str, str]:
        """Authority, as EIP-4361 names it, of each origin."""
        return {urlsplit(origin).netloc: origin for origin in self.origins}

    @property
    def secure(self) -> bool:
        """Whether the pages are reached over TLS, so that a cookie need never travel without it."""
        return all(origin.startswith("https://") for origin in self.origins)
