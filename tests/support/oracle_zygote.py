"""A process that has the program's modules loaded and forks a gateway's daemon whenever it is told to.

    stdin   a line with the path of the settings, and after a tab that of the log
    stdout  the process id of the daemon that was forked for it

For tests that start a daemon fifty times: each is a process of its own, ready in a moment. Ends with its stdin.
"""

from __future__ import annotations

import os
import signal
import sys

from wattcommons.cli.main import build


def main() -> None:
    app = build(["oracle"])
    import wattcommons.cli.chain_wiring  # noqa: F401  # what the daemon loads at its start

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
    for line in sys.stdin:
        config, log = line.rstrip("\n").split("\t")
        child = os.fork()
        if not child:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            os.dup2(output, 1)
            os.dup2(output, 2)
            app(["oracle", "run", "--config", config])
        print(child, flush=True)


if __name__ == "__main__":
    main()
