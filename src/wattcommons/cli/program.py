"""What a person has to type to run this program again."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path


def program_name() -> str:
    """`watt` where the shell finds it, else the path it was started by, like `.venv/bin/watt`."""
    started = Path(sys.argv[0])
    if started.name != "watt":
        return "watt"
    found = shutil.which("watt")
    if found is not None and Path(found).resolve() == started.resolve():
        return "watt"
    try:
        return str(started.absolute().relative_to(Path.cwd()))
    except ValueError:
        return str(started)
