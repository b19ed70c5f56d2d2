"""From logs to news: what kind, and whose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from wattcommons.chain.deployment import Deployment
from wattcommons.chain.events import NO_ADDRESS, Event, decode_logs
from wattcommons.chain.logs import RawLog
from wattcommons.domain.packing import decode_batch
from wattcommons.errors import RuleError

EVERYTHING: Final = ("readings", "corrected", "cleared", "settled", "orders", "certificates", "consent")


@dataclass(frozen=True)
class News:
    """Something that happened. `data`: ids and intervals. `public`: everybody may hear it, else only who has one of
    `participants` or `wallets`. `members`: who belongs to whom may have changed.
    """

    kinds: tuple[str, ...]
    data: dict[str, Any] = field(default_factory=dict)
    participants: frozenset[int] = frozenset()
    wallets: frozenset[str] = frozenset()
    public: bool = False
    members: bool = False

    @classmethod
    def everything(cls) -> News:
        """So much has happened that everything is to be asked for again."""
        return cls(EVERYTHING, public=True, members=True)


def intent_news(intent_id: str, state: str, wallet: str) -> News:
    """An intent stands elsewhere."""
    return News(("intent",), {"intent": intent_id, "state": state}, wallets=frozenset({wallet}))


def news_of(deployment: Deployment, logs: Iterable[RawLog]) -> Iterator[News]:
    """News in the order of the logs; intervals that are cleared or settled in a row are one.

    Raises FatalError for a log of another deployment.
    """
    found: dict[str, list[int]] = {"cleared": [], "settled": []}
    for event in decode_logs(deployment, logs):
        kind = {"EnergyMarket.IntervalCleared": "cleared", "EnergyMarket.IntervalSettled": "settled"}.get(event.key)
        if kind is not None:
            found[kind].append(int(event.args["interval"]))
            continue
        news = _news(event)
        if news is not None:
            yield news
    for kind, intervals in found.items():
        if intervals:
            yield News((kind,), {"first": min(intervals), "last": max(intervals)}, public=True)


def _news(event: Event) -> News | None:
    args, contract = event.args, event.contract
    if event.key == "MeterLedger.RunsRecorded":
        return _readings(args["runs"])
    if contract == "OrderBook" and "participant" in args:
        participant = int(args["participant"])
        return News(("orders",), {"participant": participant}, participants=frozenset({participant}))
    if contract == "ConsentRegistry" and "consent" in args:
        return News(
            ("consent",),
            {"consent": int(args["consent"])},
            participants=frozenset({int(args["participant"])}),
            wallets=frozenset({str(args["grantee"])}),
        )
    if event.key == "Corrections.ReadingCorrected":
        participant = int(args["participant"])
        data = {"participant": participant, "interval": int(args["interval"])}
        return News(("corrected", "readings", "settled"), data, participants=frozenset({participant}))
    if contract == "GuaranteeOfOrigin":
        return _own("certificates", args)
    if event.key in ("ExportGroups.GroupDeclined", "ExportGroups.GroupExported"):
        return News(("certificates",), public=True)  # whose group it is the log does not say
    if contract in ("Ecopoints", "GreenCoach", "CommunityEuro"):
        return _own("settled", args)
    if event.key in ("EnergyMarket.LateSettled", "EnergyMarket.AccountDeposited", "EnergyMarket.AccountWithdrawn"):
        return _own("settled", args)
    if contract in ("MemberRegistry", "AccessManager"):
        return News((), members=True)
    return None


def _readings(runs: bytes) -> News | None:
    """The participants of recorded runs: each hears of its own alone."""
    try:
        participants = frozenset(signed.run.participant for signed in decode_batch(runs))
    except RuleError:
        return None
    return News(("readings",), participants=participants)


def _own(kind: str, args: dict[str, Any]) -> News | None:
    """For whom an event names: wallets and participants among its arguments."""
    names = ("holder", "member", "account", "from", "to", "wallet", "oldWallet", "newWallet", "partner")
    wallets = frozenset(
        str(args[name]) for name in names if isinstance(args.get(name), str) and args[name] != NO_ADDRESS
    )
    participants = frozenset({int(args["participant"])} if "participant" in args else ())
    return News((kind,), participants=participants, wallets=wallets) if wallets or participants else None
