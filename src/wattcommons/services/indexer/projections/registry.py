"""Members, participants, devices, and who holds which role."""

from __future__ import annotations

import json
from typing import Any

from wattcommons.chain.deployment import CommunityTerms
from wattcommons.chain.events import Event
from wattcommons.services.indexer.projections.values import Handlers, hexed, place, whole, words
from wattcommons.services.store.index_registry_tables import accounts, pools
from wattcommons.services.store.index_rows import Rows
from wattcommons.services.store.index_tables import devices, members, participant_changes, participants, roles


class Registry:
    """Projects the MemberRegistry and the AccessManager."""

    def __init__(self, rows: Rows, terms: CommunityTerms) -> None:
        self._rows = rows
        self._terms = terms

    def handlers(self) -> Handlers:
        """What takes which event."""
        return {
            "MemberRegistry.MemberRegistered": self._registered,
            "MemberRegistry.MemberActiveSet": self._active,
            "MemberRegistry.WalletReplaced": self._replaced,
            "MemberRegistry.ParticipantEnrolled": self._enrolled,
            "MemberRegistry.GatewayRotated": self._rotated,
            "MemberRegistry.LimitsSet": self._limits,
            "MemberRegistry.SuspensionSet": self._suspended,
            "MemberRegistry.SilenceSet": self._silent,
            "MemberRegistry.ParticipantClosed": self._closed,
            "MemberRegistry.DeviceRegistered": self._device,
            "MemberRegistry.DeviceBound": self._bound,
            "MemberRegistry.DeviceIssuableSet": self._issuable,
            "AccessManager.RoleGranted": self._granted,
            "AccessManager.RoleRevoked": self._revoked,
        }

    def _registered(self, event: Event) -> None:
        args = event.args
        self._rows.put(
            members,
            member=args["member"],
            wallet=args["wallet"],
            active=True,
            commitment=hexed(args["commitment"]),
            since=event.timestamp,
        )

    def _active(self, event: Event) -> None:
        member = self._rows.change(members, event.args["member"])
        if member is not None:
            member["active"] = event.args["active"]

    def _replaced(self, event: Event) -> None:
        member = self._rows.change(members, event.args["member"])
        if member is not None:
            member["wallet"] = event.args["newWallet"]

    def _enrolled(self, event: Event) -> None:
        args = event.args
        self._rows.put(
            participants,
            participant=args["participant"],
            member=args["member"],
            basis=args["basis"],
            source=args["source"],
            import_w=args["importW"],
            export_w=args["exportW"],
            gateway=args["gateway"],
            from_interval=args["fromInterval"],
            until_interval=None,
            suspended=False,
            silent=False,
            device=None,
            commitment=hexed(args["commitment"]),
        )
        pool = self._rows.get(pools, 1)
        self._rows.put(
            accounts,
            participant=args["participant"],
            balance_neur=0,
            paid_in_neur=0,
            paid_out_neur=0,
            credit_limit_neur=pool["credit_limit_neur"] if pool else self._terms.credit_limit_neur,
            eligible=True,
            own_limit=False,
        )
        self._changed(event, "enrolled", args["fromInterval"])

    def _rotated(self, event: Event) -> None:
        args = event.args
        self._update(event, gateway=args["gateway"], source=args["source"])
        self._changed(event, "gateway", args["fromInterval"])

    def _limits(self, event: Event) -> None:
        self._update(event, import_w=event.args["importW"], export_w=event.args["exportW"])
        self._changed(event, "limits", event.args["fromInterval"])

    def _suspended(self, event: Event) -> None:
        self._update(event, suspended=event.args["suspended"])
        self._changed(event, "suspension", event.args["fromInterval"])

    def _silent(self, event: Event) -> None:
        self._update(event, silent=event.args["silent"])
        self._changed(event, "silence", event.args["fromInterval"])

    def _closed(self, event: Event) -> None:
        self._update(event, until_interval=event.args["untilInterval"])
        self._changed(event, "closed", event.args["untilInterval"])

    def _device(self, event: Event) -> None:
        technology, fuel, capacity, commissioned, country, scheme, allows, storage, until, commitment = event.args[
            "terms"
        ]
        self._rows.put(
            devices,
            device=event.args["device"],
            technology=words(technology),
            fuel=words(fuel),
            capacity_w=capacity,
            commissioned_at=whole(commissioned),
            country=words(country),
            scheme=scheme,
            scheme_allows=allows,
            storage=storage,
            suspended=False,
            valid_until=whole(until),
            participant=None,
            debt_wh=0,
            commitment=hexed(commitment),
        )

    def _bound(self, event: Event) -> None:
        args = event.args
        device = self._rows.change(devices, args["device"])
        if device is None:
            return
        before = self._rows.get(participants, device["participant"]) if device["participant"] else None
        if before is not None and before["device"] == args["device"]:
            self._set(before["participant"], device=None)
        device["participant"] = args["participant"] or None
        if args["participant"]:
            self._set(args["participant"], device=args["device"])
            self._changed(event, "device", args["fromInterval"])

    def _issuable(self, event: Event) -> None:
        args = event.args
        device = self._rows.change(devices, args["device"])
        if device is not None:
            device.update(
                scheme_allows=args["schemeAllows"],
                suspended=args["suspended"],
                valid_until=whole(args["validUntil"]),
            )

    def _granted(self, event: Event) -> None:
        args = event.args
        held = self._rows.get(roles, whole(args["roleId"]), args["account"])
        # For who holds the role already, the event's time is that of a new delay.
        since = held["since"] if held and not args["newMember"] else args["since"]
        self._rows.put(roles, role=whole(args["roleId"]), account=args["account"], since=since)

    def _revoked(self, event: Event) -> None:
        self._rows.remove(roles, whole(event.args["roleId"]), event.args["account"])

    def _update(self, event: Event, **values: Any) -> None:
        self._set(event.args["participant"], **values)

    def _set(self, participant: int, **values: Any) -> None:
        row = self._rows.change(participants, participant)
        if row is not None:
            row.update(values)

    def _changed(self, event: Event, kind: str, from_interval: int) -> None:
        detail = {name: hexed(value) if isinstance(value, bytes) else value for name, value in event.args.items()}
        self._rows.add(
            participant_changes,
            **place(event),
            participant=event.args["participant"],
            kind=kind,
            from_interval=from_interval,
            detail=json.dumps(detail, separators=(",", ":")),
        )
