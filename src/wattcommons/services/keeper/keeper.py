"""One bounded cycle of a keeper: what is due, read from the chain; what can be done, sent to it.

Nobody has to trust it. It proposes the clearing that follows from the chain's own records, and the market contract
accepts that one alone; whoever distrusts this keeper runs another.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from wattcommons.chain.batch import Read, call_of, read_all
from wattcommons.chain.contracts import Contracts
from wattcommons.chain.sender import Sender
from wattcommons.domain.intervals import IntervalLength
from wattcommons.domain.units import IntervalIndex
from wattcommons.errors import KeeperStalled, RevertedError
from wattcommons.services.keeper.book import BookReader
from wattcommons.services.keeper.chores import Chores
from wattcommons.services.keeper.clearing import Cleared, Clearer, ClearingGas
from wattcommons.services.keeper.plan import Proposal
from wattcommons.services.keeper.scan import scan
from wattcommons.services.keeper.watch import Watch

_CATCH_UP: Final = 1_000
_CATCH_UPS: Final = 50
_CATCH_UP_GAS: Final = 5_000
_WORD_GAS: Final = 8_000


@dataclass(frozen=True)
class KeeperOptions:
    """`gas`: most gas of one transaction, at most the block's limit. `intervals`: most to clear in one cycle.
    `credit_every_s`: chain time between two looks at all accounts; None leaves them to `look_at_credit`."""

    gas: int = 24_000_000
    intervals: int = 256
    credit_every_s: int | None = 3_600


@dataclass(frozen=True)
class CycleReport:
    """One cycle. `now`: chain time, unix seconds; `mark`: the oldest interval not final, before and after.

    `proposals` are filled in a dry cycle, which sends nothing. `waiting`: ended intervals whose readings may still
    come. `problems`: what a contract refused, by interval. `more`: there is more to do at once.
    """

    now: int
    mark_before: int
    mark_after: int
    settled: tuple[IntervalIndex, ...] = ()
    elsewhere: tuple[IntervalIndex, ...] = ()
    waiting: tuple[IntervalIndex, ...] = ()
    problems: tuple[tuple[IntervalIndex, str], ...] = ()
    gas: tuple[ClearingGas, ...] = ()
    late_settled: int = 0
    silenced: int = 0
    credit_checked: int = 0
    judged: int = 0
    more: bool = False
    proposals: tuple[Proposal, ...] = field(default=())

    @property
    def progressed(self) -> bool:
        """Whether anything is different from before."""
        return bool(
            self.settled
            or self.elsewhere
            or self.gas
            or self.mark_after != self.mark_before
            or self.late_settled
            or self.silenced
            or self.judged
        )


class Keeper:
    """Clears, settles and tidies up for one community, from any account.

    Without a sender it is dry: it says what it would propose. `start_block`: where to begin reading the logs;
    default the deployment.
    """

    def __init__(
        self,
        contracts: Contracts,
        sender: Sender | None,
        options: KeeperOptions | None = None,
        *,
        start_block: int | None = None,
    ) -> None:
        self._contracts = contracts
        self._options = options or KeeperOptions()
        self._length: IntervalLength = contracts.deployment.terms.length
        self._reader = BookReader(contracts)
        self._sender = sender
        self._watch = Watch(contracts, contracts.deployment.block if start_block is None else start_block)
        self._credit_at = 0
        if sender is not None:
            self._clearer = Clearer(contracts, sender, self._reader, self._options.gas)
            self._chores = Chores(contracts, sender, self._watch, self._options.gas)

    def cycle(self) -> CycleReport:
        """Do what is due, within bounds.

        Raises KeeperStalled when something is due and nothing could be done, with the contract's own reason;
        RetryableError when the node fails: call again.
        """
        now = int(self._contracts.web3.eth.get_block("latest")["timestamp"])
        mark = self._mark()
        if self._sender is None:
            return self._dry(now, mark)
        self._watch.catch_up(self._contracts.web3.eth.block_number)
        end = now // self._length.seconds
        due = scan(self._contracts, mark, end, self._options.intervals)
        cleared = self._clearer.clear(self._reader.proposals(due.ready)) if due.ready else Cleared()
        after = self._catch_up(mark, end, due.passable, self._sender)
        late = self._chores.settle_late() if self._watch.late else 0
        overdue = [one for one in cleared.settled if one * self._length.seconds + self._deadline_s() <= now]
        silenced = self._chores.mark_silent(overdue, end)
        judged = self._chores.evaluate_targets(now, self._length) if self._watch.targets else 0
        checked = 0
        if self._options.credit_every_s is not None and now >= self._credit_at:
            checked = self.look_at_credit()
            self._credit_at = now + self._options.credit_every_s
        report = CycleReport(
            now,
            mark,
            after,
            tuple(cleared.settled),
            tuple(cleared.elsewhere),
            due.waiting,
            tuple(cleared.problems),
            tuple(cleared.gas),
            late,
            silenced,
            checked,
            judged,
            due.more,
        )
        if report.problems and not report.progressed:
            interval, reason = report.problems[0]
            raise KeeperStalled(interval, reason, "look at that interval; nothing behind it is lost")
        return report

    def run(self, cycles: int = 10_000) -> list[CycleReport]:
        """Cycle until there is nothing more to do at once. Raises KeeperStalled, see `cycle`."""
        reports = []
        for _ in range(cycles):
            report = self.cycle()
            reports.append(report)
            if not (report.progressed and (report.more or report.elsewhere or report.problems)):
                break
        return reports

    def look_at_credit(self) -> int:
        """Have accounts re-evaluated that are in debt or do not count; returns how many were."""
        return self._chores.check_credit() if self._sender is not None else 0

    def _dry(self, now: int, mark: int) -> CycleReport:
        due = scan(self._contracts, mark, now // self._length.seconds, self._options.intervals)
        proposals = tuple(self._reader.proposals(due.ready))
        return CycleReport(now, mark, mark, waiting=due.waiting, more=due.more, proposals=proposals)

    def _catch_up(self, mark: int, end: int, passable: int, sender: Sender) -> int:
        """Move the mark over what is final or was empty; settling has moved it over a few already."""
        before = self._mark()
        if before == end or (before == mark and not passable):
            return before
        [words] = read_all(self._contracts, [Read("MemberRegistry", "rosterWordCount")])
        each = _CATCH_UP_GAS + words * _WORD_GAS
        for _ in range(_CATCH_UPS):
            count = max(1, min(_CATCH_UP, self._options.gas // each))
            try:
                sender.send(call_of(self._contracts, "EnergyMarket", "catchUp", count), gas=self._options.gas)
            except RevertedError:
                each *= 2
                if each > self._options.gas:
                    return before
                continue
            after = self._mark()
            if after < before + count:
                return after
            before = after
        return before

    def _mark(self) -> int:
        [mark] = read_all(self._contracts, [Read("EnergyMarket", "firstUncleared")])
        return int(mark)

    def _deadline_s(self) -> int:
        return self._contracts.deployment.terms.deadline_s
