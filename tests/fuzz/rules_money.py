"""Rules of the machine: euro, accounts and credit."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.fuzz.keys import STRANGER, key, number_of
from tests.fuzz.picking import WHICH, Part
from tests.fuzz.world import FAR
from wattcommons.chain.roles import Role
from wattcommons.chain.signing import sign
from wattcommons.chain.typed_data import domain_of, withdrawal_message
from wattcommons.domain.credit import is_eligible
from wattcommons.domain.units import NanoEur

AMOUNT = st.sampled_from((0, 1, 10**8, 3 * 10**9, 50 * 10**9))
REFERENCE = st.integers(1, 60)


class MoneyRules(Part):
    """Treasurer, members and anybody."""

    @rule(which=WHICH, amount=AMOUNT, reference=REFERENCE)
    def mint(self, which: int, amount: int, reference: int) -> None:
        model = self.world.model
        wallet, used = self.anyone(which), reference.to_bytes(32, "big")
        done = self.world.as_role(Role.TREASURER, "CommunityEuro", "mint", wallet, amount, used)
        allowed = amount > 0 and used not in model.references and model.is_holder(wallet)
        self.agree(done, allowed)
        if allowed:
            model.references.add(used)
            model.minted += amount
            model.euro[wallet] += amount

    @rule(which=WHICH, amount=AMOUNT, reference=REFERENCE)
    def mint_to_account(self, which: int, amount: int, reference: int) -> None:
        model = self.world.model
        index, used = self.participant(which), reference.to_bytes(32, "big")
        done = self.world.as_role(Role.TREASURER, "CommunityEuro", "mintToAccount", index, amount, used)
        allowed = amount > 0 and used not in model.references
        self.agree(done, allowed)
        if allowed:
            model.references.add(used)
            model.minted += amount
            self._pay_in(index, amount)

    def _pay_in(self, participant: int, amount: int) -> None:
        self.world.model.participants[participant].balance += amount
        self.world.model.held_by_market += amount

    @rule(caller=WHICH, which=WHICH, amount=AMOUNT)
    def deposit(self, caller: int, which: int, amount: int) -> None:
        model = self.world.model
        wallet, index = self.anyone(caller), self.participant(which)
        market = self.world.chain.deployment.address("EnergyMarket")
        self.agree(self.world.send(wallet, "CommunityEuro", "approve", market, amount), True)
        done = self.world.send(wallet, "EnergyMarket", "deposit", index, amount)
        allowed = 0 < amount <= model.euro[wallet] and model.is_holder(wallet)
        self.agree(done, allowed)
        if allowed:
            model.euro[wallet] -= amount
            self._pay_in(index, amount)

    @rule(which=WHICH, amount=AMOUNT, how=st.sampled_from(("own", "signed", "stranger", "forged", "replayed")))
    def withdraw(self, which: int, amount: int, how: str) -> None:
        """An amount, or with 0 everything above the reserve."""
        model = self.world.model
        index = self.participant(which)
        one = model.participants[index]
        wallet = model.wallet_of(index)
        if amount == 0:
            amount = max(one.balance - model.reserve(index), 0)
        if how in ("own", "stranger"):
            sender = wallet if how == "own" else key(STRANGER).address
            done = self.world.send(sender, "EnergyMarket", "withdraw", index, amount)
        else:
            nonce = one.withdrawals - (how == "replayed")
            domain = domain_of(self.world.chain.deployment, "EnergyMarket")
            message = withdrawal_message(domain, index, amount, max(nonce, 0), FAR)
            signature = sign(key(STRANGER if how == "forged" else number_of(wallet)), message)
            caller = key(STRANGER).address
            done = self.world.send(caller, "EnergyMarket", "withdrawFor", index, amount, max(nonce, 0), FAR, signature)
        allowed = (
            (how in ("own", "signed") or (how == "replayed" and one.withdrawals == 0))
            and 0 < amount <= one.balance
            and one.balance - amount >= model.reserve(index)
            and amount <= model.held_by_market
        )
        self.agree(done, allowed)
        if allowed:
            one.withdrawals += how not in ("own", "stranger")
            one.balance -= amount
            model.held_by_market -= amount
            model.euro[wallet] += amount

    @rule(network=st.booleans(), amount=AMOUNT, which=WHICH)
    def withdraw_pooled(self, network: bool, amount: int, which: int) -> None:
        model = self.world.model
        to = self.anyone(which)
        done = self.world.as_role(Role.TREASURER, "EnergyMarket", "withdrawPooled", to, network, amount)
        pool = model.network if network else model.grid
        allowed = amount <= pool and amount <= model.held_by_market and model.member_of(to) is not None and pool >= 0
        self.agree(done, allowed)
        if allowed:
            if network:
                model.network -= amount
            else:
                model.grid -= amount
            model.held_by_market -= amount
            model.euro[to] += amount

    @rule(which=WHICH, limit=st.sampled_from((0, 10**9, 100 * 10**9)), default=st.booleans())
    def set_credit_limit(self, which: int, limit: int, default: bool) -> None:
        model = self.world.model
        index = 0 if default else self.participant(which)
        self.agree(self.world.as_role(Role.TREASURER, "EnergyMarket", "setCreditLimit", index, limit), True)
        if default:
            model.default_credit = limit
        else:
            model.participants[index].credit_limit = limit

    @rule(which=WHICH)
    def check_credit(self, which: int) -> None:
        self._check_credit(self.participant(which))

    @rule(limit=st.sampled_from((0, 0, 4 * 10**9)))
    def credit_is_tight(self, limit: int) -> None:
        """Another limit for all who have none of their own, and everybody is looked at."""
        model = self.world.model
        self.agree(self.world.as_role(Role.TREASURER, "EnergyMarket", "setCreditLimit", 0, limit), True)
        model.default_credit = limit
        for index in model.participants:
            self._check_credit(index)

    def _check_credit(self, index: int) -> None:
        model = self.world.model
        one = model.participants[index]
        self.agree(self.world.send(key(STRANGER).address, "EnergyMarket", "checkCredit", index), True)
        eligible = is_eligible(NanoEur(one.balance), NanoEur(model.reserve(index)), NanoEur(model.credit_limit(index)))
        if one.barred.last[1] is eligible:
            one.barred.set(model.first_open, not eligible)

    @rule(which=WHICH, amount=AMOUNT)
    def redeem_euro(self, which: int, amount: int) -> None:
        model = self.world.model
        wallet = self.anyone(which)
        done = self.world.send(wallet, "CommunityEuro", "redeem", amount, b"\x01" * 32)
        allowed = 0 < amount <= model.euro[wallet] and model.member_of(wallet) is not None
        self.agree(done, allowed)
        if allowed:
            model.euro[wallet] -= amount
            model.burned += amount

    @rule(opened=st.booleans())
    def open_member_transfers(self, opened: bool) -> None:
        self.agree(self.world.as_role(Role.OPERATOR, "CommunityEuro", "setMemberTransfers", opened), True)
        self.world.model.member_transfers = opened

    @rule(which=WHICH, to=WHICH, amount=AMOUNT)
    def transfer_euro(self, which: int, to: int, amount: int) -> None:
        model = self.world.model
        sender = self.anyone(which)
        # Straight to the market never: nobody would be credited.
        market = self.world.chain.deployment.address("EnergyMarket")
        receiver = self.pick([market, *model.wallets, key(STRANGER).address], to)
        done = self.world.send(sender, "CommunityEuro", "transfer", receiver, amount)
        open_to_both = model.member_transfers and model.is_holder(sender) and model.is_holder(receiver)
        allowed = amount <= model.euro[sender] and (open_to_both or model.heir_of(sender) == receiver)
        self.agree(done, allowed)
        if allowed:
            model.euro[sender] -= amount
            model.euro[receiver] += amount

    @rule(which=WHICH)
    def recover_euro(self, which: int) -> None:
        model = self.world.model
        wallet = self.anyone(which)
        heir = model.heir_of(wallet)
        self.agree(self.world.send(key(STRANGER).address, "CommunityEuro", "recover", wallet), heir is not None)
        if heir is not None:
            amount = model.euro.pop(wallet, 0)
            model.euro[heir] += amount
