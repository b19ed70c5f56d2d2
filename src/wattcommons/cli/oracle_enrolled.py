"""Whether the chain knows this gateway's keys for its participants: a part of `watt oracle check`."""

from __future__ import annotations

import time

from wattcommons.chain.deployment import Deployment
from wattcommons.cli.oracle_wiring import accounts_of
from wattcommons.cli.texts.oracle_text import OracleText
from wattcommons.domain.intervals import interval_at, start_utc
from wattcommons.errors import WattError
from wattcommons.services.gateway.config import GatewayConfig


def enrolment_lines(config: GatewayConfig, deployment: Deployment, text: OracleText) -> list[tuple[str, bool, str]]:
    """One line a participant. Without a node of its own a gateway cannot know."""
    names = {one.index: text.enrolled.format(participant=one.index) for one in config.participants}
    if not config.delivery.rpc:
        return [(names[one.index], True, text.unknown_enrolment) for one in config.participants]
    # Loaded here: a gateway with a relay needs no chain library.
    from wattcommons.chain.batch import Read, read_all
    from wattcommons.chain.contracts import Contracts
    from wattcommons.chain.node import connect

    try:
        keys = {str(account.address) for account in accounts_of(config)}
        contracts = Contracts(connect(config.delivery.rpc[0], timeout_s=10), deployment, check=False)
        now = interval_at(int(time.time()), deployment.terms.length)
        found = []
        for one in config.participants:
            [info, epoch] = read_all(
                contracts,
                [
                    Read("MemberRegistry", "participantInfo", (one.index,)),
                    Read("MemberRegistry", "epochAt", (one.index, now)),
                ],
            )
            begins = int(info[1])
            if begins > now:
                [epoch] = read_all(contracts, [Read("MemberRegistry", "epochAt", (one.index, begins))])
            gateway, import_w, export_w = str(epoch[0]), int(epoch[1]), int(epoch[2])
            if gateway.lower() not in {key.lower() for key in keys}:
                found.append((names[one.index], False, text.not_enrolled))
            elif (import_w, export_w) != (one.import_w, one.export_w):
                said = text.other_powers.format(import_w=import_w, export_w=export_w)
                found.append((names[one.index], False, said))
            elif begins > now:
                moment = f"{start_utc(begins, deployment.terms.length):%Y-%m-%d %H:%M} UTC"
                found.append((names[one.index], True, text.enrolled_soon.format(moment=moment)))
            else:
                found.append((names[one.index], True, text.enrolled_ok))
        return found
    except WattError as error:
        return [(text.enrolled.format(participant="…"), False, str(error))]
