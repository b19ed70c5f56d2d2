#!/usr/bin/env python3
"""Writes the API's description to the front end, whose types are made from it. `--check` only compares, for CI.

scripts/export_openapi.py            write frontend/src/generated/openapi.json
scripts/export_openapi.py --check    fail when it, or api.ts, is not what the API would give
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from wattcommons.services.api.app import describe

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "frontend" / "src" / "generated" / "openapi.json"
TYPES = TARGET.with_name("api.ts")


def main() -> int:
    """Write or compare; the exit code."""
    text = json.dumps(describe(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    if "--check" not in sys.argv[1:]:
        TARGET.parent.mkdir(parents=True, exist_ok=True)
        TARGET.write_text(text, encoding="utf-8")
        print(f"{TARGET.relative_to(ROOT)} is written; now: npm run types -w frontend")
        return 0
    if not TARGET.is_file() or TARGET.read_text(encoding="utf-8") != text:
        print(f"{TARGET.relative_to(ROOT)} is not the API's: run scripts/export_openapi.py", file=sys.stderr)
        return 1
    return _check_types()


def _check_types() -> int:
    """Whether the types follow from the description."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "api.ts"
        command = ["npx", "--no-install", "openapi-typescript", str(TARGET), "--output", str(made), "--alphabetize"]
        done = subprocess.run(command, cwd=ROOT / "frontend", capture_output=True, text=True, check=False)
        if done.returncode:
            print(done.stderr.strip() or "openapi-typescript failed", file=sys.stderr)
            return 1
        if not TYPES.is_file() or TYPES.read_text(encoding="utf-8") != made.read_text(encoding="utf-8"):
            print(f"{TYPES.relative_to(ROOT)} is not made of it: run npm run types -w frontend", file=sys.stderr)
            return 1
    print("the API's description and its types are up to date")
    return 0


if __name__ == "__main__":
    sys.exit(main())
