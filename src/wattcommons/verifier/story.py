"""What a proof file says of its certificate, part by part, read from a state and checked against each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Final

from wattcommons.domain.calendar import civil_date
from wattcommons.domain.fills import Fill, unpack_fills
from wattcommons.domain.formatting import Language, kwh_text, price_text
from wattcommons.domain.guarantees import CertificateId, lifetime_of
from wattcommons.domain.intervals import IntervalLength, start_unix
from wattcommons.domain.packing import decode_batch
from wattcommons.domain.readings import Quality, Reading
from wattcommons.domain.supply_lines import supply_lines
from wattcommons.errors import ProofBroken, RuleError
from wattcommons.verifier.corrected import Earned, earned
from wattcommons.verifier.hashing import keccak, number, shown
from wattcommons.verifier.proof_file import ProofFile
from wattcommons.verifier.receipts import Happening
from wattcommons.verifier.report import Line, Standing
from wattcommons.verifier.signatures import run_signer
from wattcommons.verifier.stored import Stored

SOURCES: Final = ("nothing", "a gateway at the meter", "the network operator's file", "a declaration")
_FILLS_HASH_BYTES: Final = 22
_EXPIRED: Final = {False: ", not expired", True: ", but expired"}


@dataclass(frozen=True)
class Told:
    """What receipts tell, in the order of the chain: what happened, when (unix seconds), why the block is trusted."""

    what: Happening
    at: int
    trusted: bool


class Story:
    """Checks the parts in order; each adds a line, and facts for a program. What needs a broken part is left out."""

    def __init__(self, file: ProofFile, stored: Stored, timestamp: int) -> None:
        self.lines: list[Line] = []
        self.facts: dict[str, Any] = {}
        self._file = file
        self._stored = stored
        self._timestamp = timestamp
        self._length = IntervalLength(file.community.interval_minutes)
        self._reading: Reading | None = None
        self._late = False
        self._earlier: tuple[Reading, ...] = ()
        self._earned: Earned | None = None
        self._kept_wh = 0

    def tell(self, told: Callable[[], Sequence[Told]]) -> None:
        """All of it. `told` reads the receipts; it may raise ProofBroken."""
        self._part("reading", self._read_reading)
        if self._reading is not None:
            self._part("signature", self._signature)
        self._part("device", self._device)
        if self._reading is not None:
            self._part("market", self._market)
        if self._earned is not None:
            self._part("issue", self._issue)
            self._part("holding", self._holding)
            self._part("history", lambda: self._history(told()))
        self._part("life", self._life)

    def _part(self, about: str, check: Callable[[], Iterator[Line]]) -> None:
        try:
            self.lines.extend(check())
        except ProofBroken as error:
            self.lines.append(Line(about, Standing.BROKEN, error.part, error.reason))
        except RuleError as error:
            self.lines.append(Line(about, Standing.BROKEN, f"what the file holds of the {about}", error.message))

    def _read_reading(self) -> Iterator[Line]:
        file = self._file
        found = self._stored.reading(file.participant, file.interval)
        if found is None:
            raise ProofBroken(f"the reading of meter {file.participant}", "is not recorded")
        self._reading, self._late = reading, late = found
        start = start_unix(file.interval, self._length)
        self.facts["reading"] = {
            "participant": file.participant,
            "start": start,
            "end": start + self._length.seconds,
            "production_wh": reading.production_wh,
            "consumption_wh": reading.consumption_wh,
            "quality": reading.quality.name.lower(),
            "late": late,
        }
        yield _proved(
            "reading",
            f"meter {file.participant} recorded {_kwh(reading.production_wh)} made and "
            f"{_kwh(reading.consumption_wh)} used from {_time(start)} to {_time(start + self._length.seconds)}, "
            f"{reading.quality.name.lower()}{', late' if late else ''}",
        )
        if reading.quality is Quality.CORRECTED:
            yield self._correction()

    def _correction(self) -> Line:
        """What stood there before: proved; that what stands there now is true is the metering operator's word."""
        file = self._file
        self._earlier = self._stored.earlier(file.participant, file.interval)
        if not self._earlier:
            self._reading = None
            raise ProofBroken("the corrected reading", "stands in place of none")
        self.facts["corrected_from"] = [
            {
                "production_wh": one.production_wh,
                "consumption_wh": one.consumption_wh,
                "quality": one.quality.name.lower(),
            }
            for one in self._earlier
        ]
        told = " and then of ".join(_said(one) for one in self._earlier)
        text = f"what the metering operator put in place of {told} is what flowed"
        return Line("correction", Standing.OPEN, text, "it did so under its own name, no gateway signed it")

    def _signature(self) -> Iterator[Line]:
        file = self._file
        signed = self._earlier[0] if self._earlier else self._reading
        epoch = self._stored.epoch(file.participant, file.interval)
        if not any(epoch.gateway):
            raise ProofBroken(f"meter {file.participant}", "had no gateway in that interval")
        runs = decode_batch(file.run)
        if len(runs) != 1:
            raise ProofBroken("the signed run", f"is {len(runs)} runs, not one")
        run = runs[0].run
        if run.participant != file.participant or not run.first <= file.interval < run.end:
            raise ProofBroken("the signed run", "is of another meter or of other intervals")
        if run.readings[file.interval - run.first] != signed:
            raise ProofBroken("the signed run", "says another reading than is recorded")
        who = run_signer(runs[0], file.community.chain_id, file.community.contracts["MeterLedger"])
        if who != epoch.gateway:
            raise ProofBroken("the run's signature", f"is not by {shown(epoch.gateway)}, the gateway enrolled")
        source = SOURCES[epoch.source]
        self.facts["signature"] = {"gateway": shown(epoch.gateway), "source": source, "readings": len(run.readings)}
        what = f"what stood there first, {_said(self._earlier[0])}" if self._earlier else "it"
        yield _proved(
            "signature", f"that meter's gateway {shown(epoch.gateway)} signed {what}; behind the key: {source}"
        )

    def _device(self) -> Iterator[Line]:
        file = self._file
        state = self._stored.device_state(file.device, file.interval)
        if state.participant != file.participant:
            raise ProofBroken(f"device {file.device}", f"was not at meter {file.participant} in that interval")
        if not state.issuable or start_unix(file.interval + 1, self._length) > state.valid_until:
            raise ProofBroken(f"device {file.device}", "could not have certificates in that interval")
        device = self._stored.device(file.device)
        self.facts["device"] = {**asdict(device), "commitment": shown(device.commitment), "index": file.device}
        yield _proved(
            "device",
            f"device {file.device} ({device.technology} {device.fuel}, {device.capacity_w:,} W, {device.country}) "
            "stood at that meter, registered and not suspended",
        )

    def _market(self) -> Iterator[Line]:
        file, reading = self._file, self._reading
        outcome = self._stored.outcome(file.interval)
        if reading is None or not outcome.settled:
            raise ProofBroken("the interval", "is not settled")
        matched_wh = 0 if self._late else outcome.matched_wh
        fills = self._fills(outcome.fills_hash, matched_wh)
        lines = [line for line in supply_lines(fills) if line.seller == file.participant]
        sold_wh = sum(line.wh for line in lines)
        self._earned = earned((*self._earlier, reading), sold_wh)
        self.facts["market"] = {"price": outcome.price, "sold_to": [[line.buyer, line.wh] for line in lines]}
        price = (
            "without a local price" if outcome.price is None else f"at {price_text(outcome.price, Language.ENGLISH)}"
        )
        to = ", ".join(f"{_kwh(line.wh)} to meter {line.buyer}" for line in lines) or "nothing to neighbours"
        late = "; the reading came late and took no part" if self._late else ""
        yield _proved("market", f"the interval is settled {price}; that meter sold {to}{late}")

    def _fills(self, first_hash: int, matched_wh: int) -> tuple[Fill, ...]:
        """All fills of the interval: each chunk by its hash, complete because the sold Wh are all that was matched."""
        fills: list[Fill] = []
        for chunk, packed in enumerate(self._file.fills):
            expected = self._stored.fills_hash(self._file.interval, chunk) if chunk else first_hash
            if number(keccak(packed)[:_FILLS_HASH_BYTES]) != expected or not packed:
                raise ProofBroken(f"chunk {chunk} of the fills", "is not the one the market settled")
            # A chunk of buyers alone may follow when all sellers have had their turn.
            if _sold(fills) >= matched_wh and _bought(fills) >= matched_wh:
                raise ProofBroken(f"chunk {chunk} of the fills", "is more than is needed")
            fills += unpack_fills(packed)
        if _sold(fills) != matched_wh:
            raise ProofBroken("the fills", f"sell {_sold(fills)} Wh, and {matched_wh} Wh were traded")
        return tuple(fills)

    def _issue(self) -> Iterator[Line]:
        issued_wh = self._stored.issued_wh(self._file.device, self._file.interval)
        found = self._earned
        if found is None or issued_wh == 0:
            raise ProofBroken(f"certificate {self._file.certificate}", "was never issued")
        if issued_wh != found.issued_wh:
            raise ProofBroken(
                f"certificate {self._file.certificate}",
                f"was issued for {issued_wh} Wh, and the reading earns {found.issued_wh} Wh",
            )
        own, sold, minted = found.split.own_use_wh, found.split.sold_wh, found.split.minted_wh
        self.facts["issue"] = {"own_use_wh": own, "sold_wh": sold, "minted_wh": minted}
        if self._earlier:
            self.facts["issue"] |= {"more_wh": found.more_wh, "less_wh": found.less_wh}
            yield _proved(
                "issue",
                f"{_kwh(issued_wh)} issued: {_kwh(own)} own use and {_kwh(sold)} to neighbours (used at once), "
                f"{_kwh(minted)} and by corrections {_kwh(found.more_wh)} to the producer; corrections found "
                f"{_kwh(found.less_wh)} of it not made, which were taken back or are owed by the device",
            )
            return
        yield _proved(
            "issue",
            f"{_kwh(issued_wh)} issued, as much as was made: {_kwh(own)} own use and {_kwh(sold)} to neighbours (used "
            f"at once), {_kwh(minted)} to the producer",
        )

    def _holding(self) -> Iterator[Line]:
        file = self._file
        held = [(one, self._stored.held_wh(one, file.device, file.interval)) for one in file.holders]
        claimant, waiting_wh = self._stored.waiting(file.device, file.interval)
        self._kept_wh = waiting_wh + sum(wh for _, wh in held)
        self.facts["held"] = {shown(one): wh for one, wh in held}
        self.facts["waiting_wh"] = waiting_wh
        over = lifetime_of(CertificateId(file.certificate), self._length).has_expired(self._timestamp)
        for one, wh in held:
            if not wh:
                raise ProofBroken(shown(one), "holds nothing of it")
            yield _proved("holding", f"{shown(one)} holds {_kwh(wh)} of it: not used, not withdrawn{_EXPIRED[over]}")
        if waiting_wh:
            yield _proved("holding", f"{_kwh(waiting_wh)} wait for the account of meter {claimant}'s owner")

    def _history(self, told: Sequence[Told]) -> Iterator[Line]:
        gone_wh, known = 0, True
        for one in told:
            wallets = " to ".join(wallet for wallet in (one.what.sender, one.what.receiver) if wallet)
            statement = one.what.statement
            suffix = "" if statement is None else f", statement {statement.number} ({statement.country})"
            text = f"{one.what.kind} of {_kwh(one.what.wh)} by {wallets or 'the registry'} on {_time(one.at)}{suffix}"
            yield _line("history", text, "" if one.trusted else "nothing given shows that its block is the chain's")
            if one.what.kind in ("cancellation", "withdrawal"):
                gone_wh += one.what.wh
                known = known and one.trusted
        self.facts["history"] = [{"at": one.at, **asdict(one.what)} for one in told]
        minted_wh = 0 if self._earned is None else self._earned.producers_wh
        rest_wh = minted_wh - self._kept_wh - gone_wh
        if rest_wh < 0:
            raise ProofBroken("the certificate", f"has {-rest_wh} Wh more in hands and uses than were given out")
        reason = "" if known else "see the history above"
        if rest_wh:
            reason = f"of {rest_wh:,} Wh the file does not show where they are"
        whole = f"every one of the producer's {minted_wh:,} Wh is accounted for, none twice"
        yield _line("whole", whole if minted_wh else "nothing was left over for the producer", reason)

    def _life(self) -> Iterator[Line]:
        life = lifetime_of(CertificateId(self._file.certificate), self._length)
        self.facts["life"] = asdict(life)
        over = life.has_expired(self._timestamp)
        yield _proved(
            "life",
            f"what is still held {'expired' if over else 'may be used until'} {_time(life.cancellable_until)}, "
            f"and {'could' if over else 'may'} change hands until {_time(life.transferable_until)}",
        )


def _said(one: Reading) -> str:
    return f"{_kwh(one.production_wh)} made and {_kwh(one.consumption_wh)} used ({one.quality.name.lower()})"


def _sold(fills: Sequence[Fill]) -> int:
    return sum(fill.wh for fill in fills if fill.wh > 0)


def _bought(fills: Sequence[Fill]) -> int:
    return -sum(fill.wh for fill in fills if fill.wh < 0)


def _proved(about: str, text: str) -> Line:
    return Line(about, Standing.PROVED, text)


def _line(about: str, text: str, reason: str) -> Line:
    return Line(about, Standing.OPEN if reason else Standing.PROVED, text, reason)


def _kwh(wh: int) -> str:
    return kwh_text(wh, Language.ENGLISH)


def _time(unix: int) -> str:
    civil_date(unix)  # raises for what no calendar has
    return f"{datetime.fromtimestamp(unix, UTC):%Y-%m-%d %H:%M} UTC"
