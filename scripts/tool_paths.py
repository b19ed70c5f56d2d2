"""What the tools of .venv have to know of this repository: the compiler, the development node, pytest and ape.

The set-up script lets every Python of .venv call `provide` at its start; nothing of the package does.
"""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WITHOUT_APE = "-p no:ape_test"


def provide() -> None:
    """Name them in this process's environment; a choice made by the user stands."""
    os.environ.setdefault("SOLCX_BINARY_PATH", str(ROOT / "scripts" / "solc"))
    present = os.environ.setdefault("PATH", os.defpath).split(os.pathsep)
    for folder in sorted((ROOT / "node_modules" / "@foundry-rs").glob("*-*/bin")):
        if str(folder) not in present:
            os.environ["PATH"] += f"{os.pathsep}{folder}"
    # ape's plugin costs every pytest run four seconds and a node of its own: only `ape test` needs it.
    if not any(Path(word).name == "ape" for word in sys.orig_argv):
        os.environ.setdefault("PYTEST_ADDOPTS", WITHOUT_APE)
    elif os.environ.get("PYTEST_ADDOPTS") == WITHOUT_APE:
        del os.environ["PYTEST_ADDOPTS"]
