"""Where the development node's program is."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from wattcommons.errors import ToolMissing

_HINT = (
    "install the Node packages of the repository (`make setup`), or Foundry's anvil 1.7 or newer on PATH, "
    "or name the program"
)


def find_anvil(explicit: str | Path | None = None) -> Path:
    """The program to start, the first of: the one named, the npm package's, the one on PATH.

    The npm package is looked for in `node_modules` of the working directory, of the folders above it,
    and of the folders above this package (a repository it is installed from).

    Raises:
        ToolMissing: none of them is there, or the one named is not a program.
    """
    if explicit is not None:
        named = Path(explicit).expanduser()
        if not _is_program(named):
            raise ToolMissing(f"anvil at {named}", _HINT)
        return named
    for start in (Path.cwd(), Path(__file__).resolve().parent):
        for folder in (start, *start.parents):
            for candidate in sorted(folder.glob("node_modules/@foundry-rs/anvil-*/bin/anvil")):
                if _is_program(candidate):
                    return candidate
    on_path = shutil.which("anvil")
    if on_path is None:
        raise ToolMissing("anvil", _HINT)
    return Path(on_path)


def _is_program(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)
