"""The book of export groups: every refusal, state by state, then its sums whatever is asked in whatever order."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from wattcommons.domain.export_book import NO_REFERENCE, ExportBook, GroupState
from wattcommons.domain.guarantees import STANDARD_WH, CertificateId, certificate_id, lifetime_of
from wattcommons.domain.intervals import IntervalLength
from wattcommons.domain.units import DeviceIndex, IntervalIndex, MemberIndex
from wattcommons.errors import RuleError

pytestmark = pytest.mark.unit

LENGTH = IntervalLength.HALF_HOUR
FIRST = 980_000
ROOF, MILL = DeviceIndex(1), DeviceIndex(2)
MEMBER = MemberIndex(3)


def _id(offset: int, device: DeviceIndex = ROOF) -> CertificateId:
    return certificate_id(device, IntervalIndex(FIRST + offset))


LIFE = lifetime_of(_id(0), LENGTH)
NOW = LIFE.production_end + 60


@pytest.fixture
def book() -> ExportBook:
    found = ExportBook(LENGTH)
    found.open(ROOF, MEMBER)
    return found


def _complete(book: ExportBook) -> None:
    book.add(1, {_id(0): 400_000, _id(5): 600_000}, NOW)


def _export(book: ExportBook) -> None:
    book.export(1, b"\1" * 32, NOW)


ACTIONS: dict[str, Callable[[ExportBook], object]] = {
    "add": lambda book: book.add(1, {_id(1): 1}, NOW),
    "release": lambda book: book.release(1, {_id(0): 1}, NOW),
    "decline": lambda book: book.decline(1),
    "export": _export,
}
ALLOWED = {
    GroupState.OPEN: {"add", "release"},
    GroupState.COMPLETE: {"release", "decline", "export"},
    GroupState.EXPORTED: set(),
}


@pytest.mark.parametrize("state", GroupState)
@pytest.mark.parametrize("action", ACTIONS)
def test_action__in_each_state__as_the_table_says(book: ExportBook, state: GroupState, action: str) -> None:
    if state is GroupState.OPEN:
        book.add(1, {_id(0): 10}, NOW)
    else:
        _complete(book)
    if state is GroupState.EXPORTED:
        _export(book)
    before = (book.group(1).state, book.group(1).wh)
    if action in ALLOWED[state]:
        ACTIONS[action](book)
        assert (book.group(1).state, book.group(1).wh) != before
    else:
        with pytest.raises(RuleError, match=f"export group 1 is {state.name.lower()}"):
            ACTIONS[action](book)
        assert (book.group(1).state, book.group(1).wh) == before


@pytest.mark.parametrize("number", [0, 2, -1])
def test_group__there_is_none__refused(book: ExportBook, number: int) -> None:
    with pytest.raises(RuleError, match=f"no export group {number}"):
        book.group(number)


@pytest.mark.parametrize("amounts", [{}, {_id(0): 0}, {_id(0): 5, _id(1): -1}])
def test_add__nothing_or_less__refused(book: ExportBook, amounts: dict[CertificateId, int]) -> None:
    with pytest.raises(RuleError, match="nothing, or 0 Wh"):
        book.add(1, amounts, NOW)


def test_add__other_device__refused_and_nothing_added(book: ExportBook) -> None:
    with pytest.raises(RuleError, match="not of device 1"):
        book.add(1, {_id(0): 5, _id(0, MILL): 5}, NOW)
    assert book.group(1).wh == 0


def test_add__one_wh_beyond_a_full_group__refused(book: ExportBook) -> None:
    book.add(1, {_id(0): 999_999}, NOW)
    assert book.group(1).state is GroupState.OPEN
    with pytest.raises(RuleError, match="1000001 Wh"):
        book.add(1, {_id(1): 2}, NOW)
    book.add(1, {_id(1): 1}, NOW)
    assert (book.group(1).state, book.group(1).wh) == (GroupState.COMPLETE, STANDARD_WH)


def test_add__twelve_months_after_production__refused_at_the_second(book: ExportBook) -> None:
    with pytest.raises(RuleError, match="its time has passed"):
        book.add(1, {_id(0): 1}, LIFE.transferable_until)
    book.add(1, {_id(0): 1}, LIFE.transferable_until - 1)


def test_release__eighteen_months_after_production__refused_at_the_second(book: ExportBook) -> None:
    book.add(1, {_id(0): 2}, NOW)
    book.release(1, {_id(0): 1}, LIFE.cancellable_until - 1)
    with pytest.raises(RuleError, match="its time has passed"):
        book.release(1, {_id(0): 1}, LIFE.cancellable_until)


def test_release__more_than_is_in_it__refused_and_nothing_released(book: ExportBook) -> None:
    book.add(1, {_id(0): 5, _id(1): 5}, NOW)
    with pytest.raises(RuleError, match="group 1 has 5"):
        book.release(1, {_id(1): 5, _id(0): 6}, NOW)
    assert book.inside() == {_id(0): 5, _id(1): 5}


def test_export__oldest_wh_changes_owner_no_more__refused_even_when_released(book: ExportBook) -> None:
    _complete(book)
    book.release(1, {_id(0): 400_000}, NOW)
    book.add(1, {_id(6): 400_000}, NOW)
    with pytest.raises(RuleError, match="its time has passed"):
        book.export(1, b"\1" * 32, LIFE.transferable_until)
    book.export(1, b"\1" * 32, LIFE.transferable_until - 1)


def test_add__to_an_emptied_group__its_period_begins_anew(book: ExportBook) -> None:
    book.add(1, {_id(0): 9}, NOW)
    book.release(1, {_id(0): 9}, NOW)
    book.add(1, {_id(7): 1, _id(6): 1}, NOW)
    assert (book.group(1).first_interval, book.group(1).last_interval) == (FIRST + 6, FIRST + 7)


@pytest.mark.parametrize("reference", [NO_REFERENCE, b"\1"])
def test_export__no_whole_reference__refused(book: ExportBook, reference: bytes) -> None:
    _complete(book)
    with pytest.raises(RuleError, match="without a national reference"):
        book.export(1, reference, NOW)


def test_export__reference_of_another_group__refused(book: ExportBook) -> None:
    _complete(book)
    _export(book)
    book.add(book.open(ROOF, MEMBER), {_id(9): STANDARD_WH}, NOW)
    with pytest.raises(RuleError, match="group 1 has that reference"):
        book.export(2, b"\1" * 32, NOW)
    book.export(2, b"\2" * 32, NOW)
    assert book.exported(ROOF) == 2 * STANDARD_WH
    assert book.exported(MILL) == 0


class Groups(RuleBasedStateMachine):
    """Anybody asks for anything at any time; a group is full when it says so, and an exported one never changes."""

    numbers = st.integers(0, 4)
    amounts = st.dictionaries(
        st.builds(_id, st.integers(0, 4), st.sampled_from((ROOF, MILL))),
        st.sampled_from((0, 1, 250_000, 500_000, 999_999)),
        max_size=3,
    )

    def __init__(self) -> None:
        super().__init__()
        self.book = ExportBook(LENGTH)
        self.at = LIFE.production_end
        self.inside = 0
        self.exported: dict[int, dict[CertificateId, int]] = {}

    @rule(seconds=st.sampled_from([1, 86_400 * 40, 86_400 * 200]))
    def wait(self, seconds: int) -> None:
        self.at += seconds

    @rule(device=st.sampled_from((ROOF, MILL)))
    def open(self, device: DeviceIndex) -> None:
        assert self.book.open(device, MEMBER) == len(self.book.groups)

    @rule(number=numbers, amounts=amounts)
    def add(self, number: int, amounts: dict[CertificateId, int]) -> None:
        if self._try(lambda: self.book.add(number, amounts, self.at)):
            self.inside += sum(amounts.values())

    @rule(number=numbers, amounts=amounts)
    def release(self, number: int, amounts: dict[CertificateId, int]) -> None:
        if self._try(lambda: self.book.release(number, amounts, self.at)):
            self.inside -= sum(amounts.values())

    @rule(number=numbers)
    def decline(self, number: int) -> None:
        self._try(lambda: self.book.decline(number))

    @rule(number=numbers, reference=st.integers(0, 3))
    def export(self, number: int, reference: int) -> None:
        if self._try(lambda: self.book.export(number, reference.to_bytes(32, "big"), self.at)):
            self.exported[number] = dict(self.book.group(number).locked)

    @invariant()
    def groups_are_full_exactly_when_they_say_so(self) -> None:
        assert self.book.inside().total() == self.inside
        for number, group in enumerate(self.book.groups, 1):
            assert group.wh == sum(group.locked.values()) <= STANDARD_WH
            assert (group.state is GroupState.EXPORTED) == (number in self.exported)
            if group.state is not GroupState.OPEN:
                assert group.wh == STANDARD_WH
            assert {one >> 32 for one, wh in group.locked.items() if wh} <= {group.device}
        for number, locked in self.exported.items():
            assert dict(self.book.group(number).locked) == locked
        references = [self.book.group(number).reference for number in self.exported]
        assert len(references) == len(set(references))

    @staticmethod
    def _try(action: Callable[[], object]) -> bool:
        try:
            action()
        except RuleError:
            return False
        return True


TestGroups = Groups.TestCase
TestGroups.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
