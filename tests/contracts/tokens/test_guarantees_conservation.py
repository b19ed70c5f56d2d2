"""Random lives of certificates, on chain and in the domain's register: the same answer to every act, Wh for Wh."""

from __future__ import annotations

import random
from typing import Any

import pytest
from web3.exceptions import ContractCustomError

from tests.contracts.tokens.certificates import DEVICE, GOO, INTERVAL, TERMS, entry, held, issue
from tests.contracts.tokens.kit import LENGTH_S, MEMBERS, NOBODY, REFERENCE, Stage
from wattcommons.domain.certificate_ledger import CertificateLedger
from wattcommons.domain.guarantees import CancellationStatement, certificate_id
from wattcommons.domain.intervals import IntervalLength
from wattcommons.domain.settlement import CertificateSplit
from wattcommons.errors import RuleError

pytestmark = [pytest.mark.contracts, pytest.mark.fuzz]

STEPS = 250
LEAPS_DAYS = (1, 5, 40)
NAMES = list(MEMBERS)
IDS = [certificate_id(DEVICE + i, INTERVAL + step) for i in range(3) for step in (0, 1, 700)]
STATEMENT = CancellationStatement(TERMS[0], TERMS[1], TERMS[2], TERMS[3], "FR", TERMS[5])


class Pair:
    """The chain and the reference, asked the same."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.reference = CertificateLedger(IntervalLength(LENGTH_S // 60))
        for name in NAMES:
            self.reference.admit(name)
        self.accepted = self.refused = 0

    def attempt(self, function: str, arguments: tuple[Any, ...], by: str, reference: Any) -> None:
        """One act; both accept it or both refuse."""
        call = self.stage.call(f"{GOO}.{function}", *arguments)
        try:
            call.call({"from": self.stage.address(by)})
        except ContractCustomError:
            with pytest.raises(RuleError):
                reference(self.stage.now())
            self.refused += 1
            return
        reference(self.stage.now())
        self.stage.do(f"{GOO}.{function}", *arguments, by=by)
        self.accepted += 1

    def check(self) -> None:
        """Every balance and every total."""
        reference = self.reference
        for token in IDS:
            for name in NAMES:
                assert held(self.stage, name, token) == reference.balance(token, name), (token, name)
        for device in range(DEVICE, DEVICE + 3):
            mine = [token for token in IDS if token >> 32 == device]
            assert self.stage.see(f"{GOO}.totalsOf", device) == (
                sum(reference.issued(token) for token in mine),
                sum(reference.cancelled(token) for token in mine),
                sum(reference.withdrawn(token) for token in mine),
            )
        assert reference.totals(self.stage.now()).balanced


@pytest.mark.parametrize("seed", range(3))
def test_any_life__every_act__chain_and_domain_agree(stage: Stage, seed: int) -> None:
    rng, pair = random.Random(seed), Pair(stage)
    ledger = pair.reference
    closed: set[str] = set()
    for token in IDS:
        producer = (token >> 32) - DEVICE
        if rng.random() < 0.3:
            stage.registry("setClosed", producer + 1, True)
            ledger.dismiss(NAMES[producer])
            closed.add(NAMES[producer])
        own, sold, grid = (rng.choice((0, 1, rng.randrange(5_000_000))) for _ in range(3))
        issue(stage, entry(producer + 1, own, sold, grid), interval=token & 0xFFFFFFFF)
        if own + sold + grid:
            ledger.issue(token, producer + 1, NAMES[producer], CertificateSplit(own, sold, grid))
    for _ in range(STEPS):
        token, sender, receiver = rng.choice(IDS), rng.choice(NAMES), rng.choice(NAMES)
        if ledger.balances() and rng.random() < 0.8:
            token, sender = rng.choice(sorted(ledger.balances()))
        balance = ledger.balance(token, sender)
        wh = rng.choice((0, 1, balance, balance + 1, rng.randint(0, balance)))
        act = rng.choice(("transfer", "transfer", "cancel", "withdraw", "withdraw claim", "claim", "account", "time"))
        if act == "transfer":
            ends = (stage.address(sender), stage.address(receiver))
            step = lambda at, t=token, a=sender, b=receiver, w=wh: ledger.transfer(t, a, b, w, at)  # noqa: E731
            pair.attempt("safeTransferFrom", (*ends, token, wh, b""), sender, step)
        elif act == "cancel":
            step = lambda at, t=token, a=sender, w=wh: ledger.cancel(a, {t: w}, STATEMENT, at)  # noqa: E731
            pair.attempt("cancel", ([token], [wh], TERMS), sender, step)
        elif act == "withdraw":
            step = lambda at, t=token, a=sender, w=wh: ledger.withdraw(t, a, w, at)  # noqa: E731
            pair.attempt("withdraw", (stage.address(sender), token, wh, REFERENCE), "issuing body", step)
        elif act == "withdraw claim":
            waits = ledger.waiting(token)
            part = rng.choice((1, waits.wh // 2, waits.wh + 1)) if waits else 1
            step = lambda at, t=token, w=part: ledger.withdraw(t, None, w, at)  # noqa: E731
            pair.attempt("withdraw", (NOBODY, token, part, REFERENCE), "issuing body", step)
        elif act == "claim":
            step = lambda at, t=token: ledger.claim(t, NAMES[(t >> 32) - DEVICE], at)  # noqa: E731
            pair.attempt("claim", (token,), "stranger", step)
        elif act == "account":
            sender = rng.choice(sorted(closed)) if closed else sender
            opening = sender in closed
            stage.registry("setClosed", MEMBERS[sender], not opening)
            (ledger.admit if opening else ledger.dismiss)(sender)
            closed ^= {sender}
        else:
            stage.travel(stage.now() + rng.choice(LEAPS_DAYS) * 86_400)
    pair.check()
    assert pair.accepted > 10
    assert pair.refused > 10
