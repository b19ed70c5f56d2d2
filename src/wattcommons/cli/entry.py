"""Where `watt` starts: before anything slow is loaded, so that Ctrl-C is one line from the first moment on."""

from __future__ import annotations

import sys

from wattcommons.cli.interruption import INTERRUPTED, INTERRUPTED_TEXT


def main() -> None:
    """Load the commands and run them; exits the program."""
    try:
        # Loading takes a second or two: an interruption must find somebody who is listening.
        from wattcommons.cli.main import build, needed

        app = build(needed(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.stderr.write(f"watt: {INTERRUPTED_TEXT}\n")
        sys.exit(INTERRUPTED)
    app()
