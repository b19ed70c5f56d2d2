"""`python -m wattcommons`: the same as `watt`."""

from __future__ import annotations

from wattcommons.cli.entry import main

if __name__ == "__main__":
    main()
