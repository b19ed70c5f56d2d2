"""Every account re-derived: deposits, withdrawals and settlement legs; and the euro behind them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from wattcommons.chain.deployment import Deployment
from wattcommons.chain.events import NO_ADDRESS, Event
from wattcommons.domain.settlement import Legs
from wattcommons.services.audit import checks
from wattcommons.services.audit.gate import Handlers
from wattcommons.services.audit.report import Findings
from wattcommons.services.audit.state import State
from wattcommons.services.audit.world import World


class Money:
    """Balances in n€, participants' and pooled, and the tokens that moved."""

    def __init__(self, deployment: Deployment, world: World, findings: Findings) -> None:
        self._collection = deployment.terms.collection
        self._market = deployment.address("EnergyMarket")
        self._world = world
        self._findings = findings
        self.accounts: Counter[int] = Counter()
        self.grid = 0
        self.network = 0
        self._under_way = 0
        self._tokens: Counter[str] = Counter()
        self._references: set[bytes] = set()
        self._touched: dict[int, str] = {}
        self._moved: dict[str, Counter[str]] = {}

    def handlers(self) -> Handlers:
        """What reads which event."""
        return {
            "EnergyMarket.AccountDeposited": self._deposited,
            "EnergyMarket.AccountWithdrawn": self._withdrawn,
            "EnergyMarket.PooledWithdrawn": self._pooled,
            "CommunityEuro.Deposited": self._minted,
            "CommunityEuro.Redeemed": self._redeemed,
            "CommunityEuro.Transfer": self._transfer,
        }

    def settled(self, _interval: int, legs: Iterable[Legs], event: Event) -> None:
        """Books settled legs, as far as they pass through the community's accounts."""
        for leg in legs:
            amount = leg.ledger_neur(self._collection)
            if amount:
                self.accounts[leg.participant] += amount
                self._touched[leg.participant] = event.tx_hash
            if self._collection.grid:
                self.grid -= leg.grid_neur
            if self._collection.network_fee:
                self.network += leg.fee_neur

    def begun(self, interval: int, legs: Iterable[Legs], event: Event) -> None:
        """Books the legs settled so far of an interval that is not final: what the others owe is still to come."""
        before = self._owed
        self.settled(interval, legs, event)
        self._under_way += self._owed - before

    def corrected(self, participant: int, booked_neur: int, event: Event) -> None:
        """Books the difference of a correction, from the grid to the participant."""
        if booked_neur:
            self.accounts[participant] += booked_neur
            self.grid -= booked_neur
            self._touched[participant] = event.tx_hash

    @property
    def _owed(self) -> int:
        return sum(self.accounts.values()) + self.grid + self.network

    def compare(self, state: State) -> None:
        """Balances, pooled accounts and euro are those of the chain."""
        participants = sorted(self._world.roster.participants)
        for participant, found in zip(participants, state.accounts(participants), strict=True):
            self._findings.count(checks.ACCOUNTS)
            entry = f"balance of participant {participant}, n€"
            tx = self._touched.get(participant, "")
            self._findings.equal(checks.ACCOUNTS, entry, self.accounts[participant], found, tx=tx)
        grid, network = state.pooled()
        for name, expected, found in (("grid", self.grid, grid), ("network", self.network, network)):
            self._findings.count(checks.ACCOUNTS)
            self._findings.equal(checks.ACCOUNTS, f"balance of the {name}, n€", expected, found)
        # A settlement under way has booked one side before the other; the market keeps the difference.
        self._findings.count(checks.ACCOUNTS)
        open_ = state.in_settlement()
        self._findings.equal(checks.ACCOUNTS, "settlements under way, n€", -self._under_way, open_)
        self._compare_tokens(state)

    def _compare_tokens(self, state: State) -> None:
        for tx, moved in self._moved.items():
            for what, amount in moved.items():
                # Announced movements were added, transfers taken off: nothing is left where they agree.
                if amount:
                    entry = f"{what}: announced less transferred, n€"
                    self._findings.broken(checks.EURO, entry, 0, amount, tx=tx)
        holders = sorted({*self._tokens, self._market} - {NO_ADDRESS})
        for holder, found in zip(holders, state.euro_balances(holders), strict=True):
            self._findings.count(checks.EURO)
            self._findings.equal(checks.EURO, f"euro of {holder}, n€", self._tokens[holder], found)
        held = state.euro_balances([self._market])[0]
        entry = "euro held by the market against the sum of all accounts, n€"
        self._findings.equal(checks.EURO, entry, self._owed - self._under_way, held)
        minted = -self._tokens[NO_ADDRESS]
        self._findings.equal(checks.EURO, "supply: minted less redeemed, n€", minted, state.euro_supply())

    def _deposited(self, event: Event) -> None:
        self._account(event, event.args["amount"])
        self._announce(event, "paid in to the market", event.args["amount"])

    def _withdrawn(self, event: Event) -> None:
        self._account(event, -event.args["amount"])
        self._announce(event, "paid out by the market", event.args["amount"])

    def _pooled(self, event: Event) -> None:
        self._findings.count(checks.ACCOUNTS)
        if event.args["network"]:
            self.network -= event.args["amount"]
        else:
            self.grid -= event.args["amount"]
        self._announce(event, "paid out by the market", event.args["amount"])

    def _minted(self, event: Event) -> None:
        reference = event.args["depositReference"]
        self._findings.count(checks.EURO)
        if reference in self._references:
            self._findings.broken(checks.EURO, f"deposit 0x{reference.hex()}", "once", "again", event=event)
        self._references.add(reference)
        self._announce(event, "minted", event.args["amount"])

    def _redeemed(self, event: Event) -> None:
        self._findings.count(checks.EURO)
        self._announce(event, "redeemed", event.args["amount"])

    def _transfer(self, event: Event) -> None:
        sender, receiver, amount = event.args["from"], event.args["to"], event.args["value"]
        self._tokens[sender] -= amount
        self._tokens[receiver] += amount
        if sender == NO_ADDRESS:
            self._announce(event, "minted", -amount)
        if receiver == NO_ADDRESS:
            self._announce(event, "redeemed", -amount)
        if receiver == self._market:
            self._announce(event, "paid in to the market", -amount)
        if sender == self._market:
            self._announce(event, "paid out by the market", -amount)

    def _account(self, event: Event, change: int) -> None:
        self._findings.count(checks.ACCOUNTS)
        participant = event.args["participant"]
        self.accounts[participant] += change
        self._touched[participant] = event.tx_hash

    def _announce(self, event: Event, what: str, amount: int) -> None:
        """Adds up, per transaction, what one contract announces less what the token moved."""
        moved = self._moved.setdefault(event.tx_hash, Counter())
        moved[what] += amount
        if not moved[what]:
            del moved[what]
            if not moved:
                del self._moved[event.tx_hash]
