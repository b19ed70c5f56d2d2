"""Contract tests: on one development chain over IPC, deployed from the shipped artifacts."""

from tests.support.devnet import chain, node  # noqa: F401
from tests.support.village import founded_village, village  # noqa: F401
