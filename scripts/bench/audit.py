#!/usr/bin/env python
"""How fast a book is audited: readings a second with every signature checked, by the number of processes.

    python scripts/bench/audit.py                       100 participants, 4 days
    python scripts/bench/audit.py --participants 1000 --days 2
    python scripts/bench/audit.py --processes 1,2,4

Each book is made on a development chain, once with a signature a reading and once with one a day, then audited whole:
logs, signatures, clearings, money, certificates, and the comparison with the chain's state. The node answers on the
same machine and takes its share of the cores. `CPU` is this program's own work, its processes included; the last line
of each book checks a sample of the signatures.
"""

if __name__ == "__main__":
    from audit_table import main  # here, because helping processes import this file as well, and need none of it

    raise SystemExit(main(__doc__))
