"""Consents in any order by anybody: the contract and the reference book agree on every act, state and second."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from eth_account.signers.local import LocalAccount
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.fuzz.chain_driver import Done
from tests.fuzz.consent_world import GRANTEES, LENGTH_S, SIZE, ConsentOrigin, account_of
from tests.fuzz.picking import WHICH
from tests.support.community import DEFAULT_TERMS, KEYS
from wattcommons.chain.batch import Read
from wattcommons.chain.roles import Role
from wattcommons.chain.typed_data import consent_struct
from wattcommons.domain.consents import (
    MAX_PERIOD_S,
    REQUEST_LIFE_S,
    ConsentState,
    ConsentTerms,
    Directions,
    Granularity,
    purpose_code,
)
from wattcommons.domain.units import ParticipantIndex
from wattcommons.errors import RuleError

T = TypeVar("T")
DAY_S = 86_400
SPOILT: dict[str, Any] = {"directions": 0, "granularity": 0, "reads_per_day": 5, "purpose": bytes(32), "participant": 9}
"""A value of each field that no consent has."""
BEGINNINGS = st.sampled_from((0, -DAY_S, -300 * DAY_S, 0, DAY_S, 40 * DAY_S))
LENGTHS = st.sampled_from(
    (400 * DAY_S, 600 * DAY_S, 900 * DAY_S, 400 * DAY_S, 60 * DAY_S, 3_600, MAX_PERIOD_S, MAX_PERIOD_S + 1, 0)
)
"""The fuzzing tries what comes first most often; a beginning in the past makes some of them over already."""
STRUCTS = st.fixed_dictionaries(
    {
        "participant": st.integers(1, SIZE),
        "directions": st.integers(1, 3),
        "granularity": st.integers(1, 4),
        "reads_per_day": st.integers(1, 4),
        "purpose": st.sampled_from((purpose_code("energy-advice"), b"\xa5" * 32)),
        "valid_from": BEGINNINGS,
        "length": LENGTHS,
    }
)
SPOIL = st.sampled_from((*[None] * 20, *SPOILT))
HONEST = st.sampled_from((True, True, True, True, False))
DONE_TO_MANY = {"reject": ConsentState.RECEIVED, "revoke": ConsentState.VALID}


class ConsentMachine(RuleBasedStateMachine):
    """One example: a community without consents, from its origin on."""

    def __init__(self, origin: ConsentOrigin) -> None:
        super().__init__()
        self.world = origin.begin()
        self.landed: list[tuple[str, tuple[Any, ...]]] = []
        self.told: list[tuple[int, int, bool]] = []
        self.over: set[int] = set()

    # ------------------------------------------------------------------ acts

    @rule(values=STRUCTS, spoil=SPOIL, grantee=WHICH, by=WHICH, honest=HONEST)
    def request(self, values: dict[str, Any], spoil: str | None, grantee: int, by: int, honest: bool) -> None:
        """A third party asks, or somebody in its name."""
        asking = pick((*GRANTEES[:2], *GRANTEES), grantee)
        sender = asking if honest else pick(self.world.everybody, by)
        struct, terms = self.terms(values, spoil, asking)
        done = self.world.send(sender, "ConsentRegistry", "request", struct)
        may_ask = sender in GRANTEES[:2]
        self.agree(done, terms, may_ask, lambda good: self.world.book.request(good, account_of(sender), self.world.now))

    @rule(values=STRUCTS, spoil=SPOIL, grantee=WHICH, by=WHICH, honest=HONEST)
    def grant(self, values: dict[str, Any], spoil: str | None, grantee: int, by: int, honest: bool) -> None:
        """The member gives unasked, or somebody tries in its name."""
        struct, terms = self.terms(values, spoil, pick(GRANTEES, grantee))
        self._grant(0, struct, terms, by, honest)

    @precondition(lambda self: self.world.book.consents)
    @rule(which=WHICH, by=WHICH, honest=HONEST, alike=HONEST, signed=st.booleans())
    def answer(self, which: int, by: int, honest: bool, alike: bool, signed: bool) -> None:
        """A request is granted, whatever became of it; now and then with another frequency than asked for."""
        number = which % len(self.world.book.consents) + 1
        struct = consent_struct(self.world.book.consent(number).terms)
        if not alike:
            struct = (*struct[:4], struct[4] % 4 + 1, *struct[5:])
        terms = made(struct)
        if signed:
            self._grant_for(number, terms, by, honest)
        else:
            self._grant(number, struct, terms, by, honest)

    @rule(values=STRUCTS, grantee=WHICH, by=WHICH, honest=HONEST)
    def grant_for(self, values: dict[str, Any], grantee: int, by: int, honest: bool) -> None:
        """A signed consent, carried by a stranger."""
        _, terms = self.terms(values, None, pick(GRANTEES, grantee))
        if terms is not None:
            self._grant_for(0, terms, by, honest)

    @precondition(lambda self: self.world.book.consents)
    @rule(
        which=WHICH,
        act=st.sampled_from(sorted(DONE_TO_MANY)),
        by=WHICH,
        honest=HONEST,
        late=st.sampled_from((False, False, False, True)),
        signed=st.booleans(),
    )
    def end(self, which: int, act: str, by: int, honest: bool, late: bool, signed: bool) -> None:
        """The member says no or takes back, itself or by signature; or somebody tries to (I22)."""
        world = self.world
        number = which % len(world.book.consents) + 1
        wallet = world.wallet(world.book.consent(number).terms.participant)
        speaker = wallet if honest else pick(world.everybody, by)
        allowed = speaker == wallet
        if signed:
            deadline = world.now if late else world.now + DAY_S
            arguments: tuple[Any, ...] = (number, deadline, world.signed_end(speaker, f"{act}For", number, deadline))
            done = world.send(KEYS.service("stranger"), "ConsentRegistry", f"{act}For", *arguments)
            allowed &= not late
        else:
            done = world.send(speaker, "ConsentRegistry", act, number)
        self.agree(done, number, allowed, lambda one: getattr(world.book, act)(one, world.now))
        if done.ok and signed:
            self.landed.append((f"{act}For", arguments))

    @precondition(lambda self: self.world.book.consents)
    @rule(which=WHICH, by=WHICH, honest=HONEST)
    def terminate(self, which: int, by: int, honest: bool) -> None:
        """The grantee gives up, or somebody tries to."""
        world = self.world
        number = which % len(world.book.consents) + 1
        grantee = world.book.consent(number).terms.grantee
        sender = next(key for key in GRANTEES if account_of(key) == grantee) if honest else pick(world.everybody, by)
        done = world.send(sender, "ConsentRegistry", "terminate", number)
        self.agree(done, number, True, lambda one: world.book.terminate(one, account_of(sender), world.now))

    @rule(values=STRUCTS, which=WHICH, then=st.sampled_from(("granted", "rejected", "withdrawn", "again", "lapsed")))
    def request_and_then(self, values: dict[str, Any], which: int, then: str) -> None:
        """What single rules seldom bring together: a request, and what comes of it."""
        lasting = values | {"valid_from": 0, "length": 400 * DAY_S}
        self.request(lasting, None, which % 2, 0, True)
        last = len(self.world.book.consents) - 1
        if last < 0:
            return
        if then == "granted":
            self.answer(last, 0, True, True, which % 2 == 0)
        elif then == "rejected":
            self.end(last, "reject", 0, True, False, which % 2 == 0)
        elif then == "withdrawn":
            self.terminate(last, 0, True)
        elif then == "again":
            self.request(lasting, None, which % 2, 0, True)
        else:
            self.time_passes_to_an_end(last, which % 2)

    @precondition(lambda self: self.landed)
    @rule(which=WHICH)
    def signature_again(self, which: int) -> None:
        """What had its effect once has none again: a consent taken back stays so (I21)."""
        function, arguments = pick(self.landed, which)
        assert not self.world.send(KEYS.service("stranger"), "ConsentRegistry", function, *arguments).ok

    # ------------------------------------------------------------------ what happens around them

    @rule(seconds=st.sampled_from((60, 3_600, DAY_S, 7 * DAY_S, REQUEST_LIFE_S - 1, REQUEST_LIFE_S)))
    def time_passes(self, seconds: int) -> None:
        self.world.travel(self.world.now + seconds)

    @precondition(lambda self: self.world.book.consents)
    @rule(which=WHICH, before=st.integers(0, 2))
    def time_passes_to_an_end(self, which: int, before: int) -> None:
        """To the very second of an end, or just before it."""
        book = self.world.book
        found = pick(book.consents, which)
        end = found.end(book.owned_until(found.terms.participant)) - before
        if self.world.now < end < self.world.now + 2 * MAX_PERIOD_S:
            self.world.travel(end)

    @rule(participant=st.integers(1, SIZE), ahead=st.integers(0, 100), chance=st.integers(0, 5))
    def ownership_ends(self, participant: int, ahead: int, chance: int) -> None:
        """Now and then: or soon nobody would own anything."""
        if chance != 5:
            return
        world = self.world
        until = -(-(world.now + 1 + DEFAULT_TERMS.gate_lead_s) // LENGTH_S) + ahead
        done = world.send(KEYS.role(Role.OPERATOR), "MemberRegistry", "close", participant, until)
        if done.ok:
            world.book.close(ParticipantIndex(participant), until * LENGTH_S)

    @rule(participant=st.integers(1, SIZE))
    def wallet_replaced(self, participant: int) -> None:
        world = self.world
        fresh = KEYS.member(f"{participant}, {len(world.wallets[participant]) + 1}")
        operator, approver = KEYS.role(Role.OPERATOR), KEYS.role(Role.RECOVERY_APPROVER)
        assert world.send(operator, "MemberRegistry", "proposeReplacement", participant, fresh.address).ok
        assert world.send(approver, "MemberRegistry", "approveReplacement", participant, fresh.address).ok
        world.travel(world.now + DEFAULT_TERMS.replacement_delay_s)
        assert world.send(operator, "MemberRegistry", "executeReplacement", participant).ok
        world.wallets[participant].append(fresh)

    # ------------------------------------------------------------------ what must hold

    @invariant()
    def contract_and_book_agree(self) -> None:
        """States, ends and validity, now and at every second that matters: I21, I23; and what was told of the past."""
        world, book = self.world, self.world.book
        now, numbers = world.now, range(1, len(book.consents) + 1)
        times = [(number, time) for number in numbers for time in self._telling_times(number)]
        past = [(number, time) for number, time, _ in self.told[-12:]]
        reads = [Read("ConsentRegistry", "stateOf", (number,)) for number in numbers]
        reads += [Read("ConsentRegistry", "endOf", (number,)) for number in numbers]
        reads += [Read("ConsentRegistry", "isValid", one) for one in (*times, *past)]
        states, ends, answers = split(
            world.chain.read([*reads, Read("ConsentRegistry", "consentCount")]), len(numbers), len(numbers)
        )
        assert states == [book.state(number, now) for number in numbers]
        assert ends == [self._end(number) for number in numbers]
        assert answers[: len(times)] == [book.is_valid(number, time) for number, time in times]
        assert answers[len(times) : -1] == [answer for _, _, answer in self.told[-12:]], "the past was changed"
        assert answers[-1] == len(numbers)
        for number in numbers:
            valid = book.is_valid(number, now)
            assert not (valid and number in self.over), "valid again"
            if not valid and states[number - 1] not in (ConsentState.RECEIVED, ConsentState.VALID):
                self.over.add(number)
            self.told.append((number, now, valid))

    def teardown(self) -> None:
        """Liveness: every valid consent is taken back by its member, who knows its number (I24)."""
        world = self.world
        for number in range(1, len(world.book.consents) + 1):
            if world.book.state(number, world.now + 1) is ConsentState.VALID:
                wallet = world.wallet(world.book.consent(number).terms.participant)
                assert world.send(wallet, "ConsentRegistry", "revoke", number).ok
                world.book.revoke(number, world.now)
        self.contract_and_book_agree()

    # ------------------------------------------------------------------ internal

    def terms(
        self, values: dict[str, Any], spoil: str | None, grantee: LocalAccount
    ) -> tuple[tuple[Any, ...], ConsentTerms | None]:
        """The contract's struct, and the domain's terms unless these refuse it. Times are from now on."""
        fields = values | ({} if spoil is None else {spoil: SPOILT[spoil]})
        begins = self.world.now + 1 + fields["valid_from"]
        struct = (
            fields["participant"],
            grantee.address,
            *(fields[name] for name in ("directions", "granularity", "reads_per_day", "purpose")),
            begins,
            begins + fields["length"],
        )
        return struct, None if spoil == "participant" else made(struct)

    def agree(self, done: Done, subject: T | None, allowed: bool, act: Callable[[T], Any]) -> None:
        """The chain did what the book does; what was refused changes neither."""
        expected = False
        if allowed and subject is not None:
            try:
                act(subject)
                expected = True
            except RuleError:
                pass
        assert done.ok is expected, f"the book says {expected}, the chain says {done.error}"

    def _grant(self, request: int, struct: tuple[Any, ...], terms: ConsentTerms | None, by: int, honest: bool) -> None:
        world = self.world
        participant = struct[0]
        wallet = world.wallet(participant if participant in world.wallets else 1)
        sender = wallet if honest else pick(world.everybody, by)
        done = world.send(sender, "ConsentRegistry", "grant", request, struct)
        self.agree(done, terms, sender == wallet, lambda good: world.book.grant(request, good, world.now))

    def _grant_for(self, request: int, terms: ConsentTerms | None, by: int, honest: bool) -> None:
        assert terms is not None
        world = self.world
        wallet = world.wallet(terms.participant)
        signer = wallet if honest else pick(world.everybody, by)
        nonce, deadline = world.nonce(wallet), world.now + DAY_S
        signature = world.signed_grant(signer, request, terms, nonce, deadline)
        arguments = (request, consent_struct(terms), deadline, signature)
        done = world.send(KEYS.service("stranger"), "ConsentRegistry", "grantFor", *arguments)
        self.agree(done, terms, signer == wallet, lambda good: world.book.grant(request, good, world.now))
        if done.ok:
            world.nonces[wallet.address] = nonce + 1
            self.landed.append(("grantFor", arguments))

    def _end(self, number: int) -> int:
        found = self.world.book.consent(number)
        return found.end(min(self.world.book.owned_until(found.terms.participant), (2**32 - 1) * LENGTH_S))

    def _telling_times(self, number: int) -> set[int]:
        """Now, and the seconds around a consent's beginning and end."""
        found = self.world.book.consent(number)
        edges = (found.granted_at, found.terms.valid_from, self._end(number))
        return {self.world.now, *(time for edge in edges for time in (edge - 1, edge) if time >= 0)}


def made(struct: Sequence[Any]) -> ConsentTerms | None:
    """The domain's terms; None for what these refuse."""
    participant, grantee, directions, granularity, *rest = struct
    try:
        if granularity not in tuple(Granularity):
            return None
        return ConsentTerms(participant, grantee, Directions(directions), Granularity(granularity), *rest)
    except RuleError:
        return None


def pick(items: Sequence[T], which: int) -> T:
    """One of them; there is one."""
    return items[which % len(items)]


def split(values: list[Any], first: int, second: int) -> tuple[list[Any], list[Any], list[Any]]:
    """The first so many, the next so many, the rest."""
    return values[:first], values[first : first + second], values[first + second :]
