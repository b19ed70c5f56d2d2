#!/usr/bin/env python
"""Make tests/vectors/proof.json anew from a living development chain: proof files, and what their check says.

    python scripts/make_proof_vectors.py

Needed when the contracts' storage layout or a sentence of `wattcommons.verifier` has changed: both verifiers, that of
the package and that of the pages, are then held to the new file.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    # Some libraries install a package of this name, which would be found instead of our folder.
    ours = ModuleType("tests")
    ours.__path__ = [str(ROOT / "tests")]
    sys.modules["tests"] = ours
    vectors = import_module("tests.support.proof_vectors")
    vectors.PATH.write_text(vectors.written(vectors.made()), encoding="utf-8")
    print(f"{vectors.PATH}: {vectors.PATH.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
