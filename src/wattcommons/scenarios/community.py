"""Building a community on a development chain: contracts, roles, members, meters, devices, orders, prices.

Every key is derived from the description's seed (`chain.devnet_keys`), so everybody knows all of them: this is for
trying out only. Each step is carried out by the role that may, with the signatures it needs, as in a real community.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from web3 import Web3

