"""Where this repository keeps the compiler and the development node, for ape, py-solc-x and forge."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def provide() -> None:
    """Name them in this process's environment; a choice made by the user stands."""
    os.environ.setdefault("SOLCX_BINARY_PATH", str(ROOT / "scripts" / "solc"))
    binaries = sorted((ROOT / "node_modules" / "@foundry-rs").glob("*-*/bin"))
    present = os.environ.setdefault("PATH", os.defpath).split(os.pathsep)
    os.environ["PATH"] = os.pathsep.join(
        [*present, *(str(folder) for folder in binaries if str(folder) not in present)]
    )
