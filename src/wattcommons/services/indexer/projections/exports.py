"""Export groups: what lies in each, where each stands, and the same as steps in the certificates' lives."""

from __future__ import annotations

from wattcommons.chain.events import Event
from wattcommons.domain.export_book import GroupState
from wattcommons.domain.guarantees import STANDARD_WH
from wattcommons.domain.units import MAX_INDEX
from wattcommons.services.indexer.projections.values import Handlers, hexed, place
from wattcommons.services.store.index_registry_tables import certificate_events, export_group_wh, export_groups
from wattcommons.services.store.index_rows import Row, Rows


class Exports:
    """Projects the ExportGroups. `account`: that contract, which holds what lies in groups."""

    def __init__(self, rows: Rows, account: str) -> None:
        self._rows = rows
        self._account = account

    def handlers(self) -> Handlers:
        """What takes which event."""
        return {
            "ExportGroups.GroupOpened": self._opened,
            "ExportGroups.GroupAdded": self._added,
            "ExportGroups.GroupReleased": self._released,
            "ExportGroups.GroupDeclined": self._declined,
            "ExportGroups.GroupExported": self._exported,
        }

    def _opened(self, event: Event) -> None:
        self._rows.put(
            export_groups,
            new=True,
            export_group=event.args["group"],
            device=event.args["device"],
            member=event.args["member"],
            first_interval=0,
            last_interval=0,
            wh=0,
            state=int(GroupState.OPEN),
            reference=None,
            reason=None,
            at=event.timestamp,
            exported_at=None,
        )

    def _added(self, event: Event) -> None:
        args = event.args
        group = self._rows.change(export_groups, args["group"])
        if group is None:
            return
        intervals = [one & MAX_INDEX for one in args["ids"]]
        if group["wh"]:
            intervals += [group["first_interval"], group["last_interval"]]
        full = args["totalWh"] == STANDARD_WH
        group.update(
            first_interval=min(intervals),
            last_interval=max(intervals),
            wh=args["totalWh"],
            state=int(GroupState.COMPLETE if full else GroupState.OPEN),
        )
        for part, (one, wh) in enumerate(zip(args["ids"], args["amounts"], strict=True)):
            self._change(args["group"], one, wh)
            self._life(event, "locked", part, one, wh, args["holder"], self._account)

    def _released(self, event: Event) -> None:
        args = event.args
        group = self._rows.change(export_groups, args["group"])
        if group is not None:
            group.update(wh=args["totalWh"], state=int(GroupState.OPEN))
        for part, (one, wh) in enumerate(zip(args["ids"], args["amounts"], strict=True)):
            self._change(args["group"], one, -wh)
            self._life(event, "released", part, one, wh, self._account, args["holder"])

    def _declined(self, event: Event) -> None:
        group = self._rows.change(export_groups, event.args["group"])
        if group is not None:
            group.update(state=int(GroupState.OPEN), reason=hexed(event.args["reason"]))

    def _exported(self, event: Event) -> None:
        args = event.args
        group = self._rows.change(export_groups, args["group"])
        if group is None:
            return
        group.update(
            state=int(GroupState.EXPORTED),
            reference=hexed(args["nationalReference"]),
            reason=None,
            exported_at=event.timestamp,
        )
        for part, row in enumerate(self._rows.where(export_group_wh, export_group=args["group"])):
            self._life(event, "exported", part, row["id"], row["wh"], None, None)

    def _change(self, number: int, one: int, wh: int) -> None:
        row: Row | None = self._rows.change(export_group_wh, number, one)
        if row is None:
            row = self._rows.put(export_group_wh, new=True, export_group=number, id=one, wh=0)
        row["wh"] += wh
        if not row["wh"]:
            self._rows.remove(export_group_wh, number, one)

    def _life(
        self, event: Event, kind: str, part: int, one: int, wh: int, source: str | None, target: str | None
    ) -> None:
        self._rows.add(
            certificate_events,
            **place(event),
            part=part,
            id=one,
            kind=kind,
            source=source,
            target=target,
            wh=wh,
            statement=None,
            export_group=event.args["group"],
            reason=None,
            tx_hash=event.tx_hash,
        )
