"""From settings to a gateway that can run: every source with its sink, the journal, the way out, the web server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from fastapi import FastAPI

from wattcommons.chain.deployment import Deployment
from wattcommons.errors import DeploymentError
from wattcommons.services.gateway.clock import Clock, SystemClock
from wattcommons.services.gateway.config import GatewayConfig
from wattcommons.services.gateway.config_sources import read_secret
from wattcommons.services.gateway.courier import Courier
from wattcommons.services.gateway.daemon import Gateway, Pace
from wattcommons.services.gateway.http import PushTarget, gateway_app
from wattcommons.services.gateway.intake import Intake
from wattcommons.services.gateway.intake_rules import IntakeRules, rules_by_participant
from wattcommons.services.gateway.metrics import GatewayMetrics
from wattcommons.services.gateway.samples import Sink, Source
from wattcommons.services.gateway.sources.folder import FolderSource
from wattcommons.services.gateway.sources.home_assistant import HomeAssistant
from wattcommons.services.gateway.sources.mqtt import MqttBinding, MqttSource
from wattcommons.services.gateway.sources.p1 import P1Source
from wattcommons.services.gateway.sources.tic import TicSource
from wattcommons.services.gateway.sources.tic_frames import TicMode
from wattcommons.services.store.journal import Journal
from wattcommons.services.store.outbox import Outbox

_MODES = {"auto": None, "standard": TicMode.STANDARD, "historique": TicMode.HISTORIQUE}


@dataclass
class Desk:
    """A gateway's journal and what works on it."""

    journal: Journal
    outbox: Outbox
    intake: Intake
    clock: Clock


def open_desk(config: GatewayConfig, deployment: Deployment) -> Desk:
    """Open the journal. Raises StoreError; DeploymentError when it belongs to another community."""
    clock = SystemClock(check=config.check_clock)
    journal = Journal(config.state, rules_by_participant(config.participants))
    ledger = f"chain {deployment.chain_id}, ledger {deployment.address('MeterLedger')}"
    bound = journal.bind(ledger)
    if bound != ledger:
        journal.close()
        raise DeploymentError(
            f"{config.state} belongs to another community ({bound})", "name another file as gateway.state"
        )
    rules = IntakeRules(deployment.terms.length, config.bridge_s * 1_000, config.most_split, config.split_coarser)
    intake = Intake(journal, clock, config.participants, rules)
    return Desk(journal, Outbox(journal.database), intake, clock)


def gateway_of(config: GatewayConfig, desk: Desk, courier_of: Callable[[], Courier]) -> tuple[Gateway, FastAPI]:
    """The gateway and its web application. Raises InputError for a token that cannot be read."""
    sinks = {one.name: desk.intake.sink(one.name, one.participant, one.gives) for one in config.sources}
    pace = Pace(config.delivery.poll_s, config.checkpoint_s, config.retention_s)
    gateway = Gateway(desk.intake, desk.outbox, desk.clock, sources_of(config, sinks), courier_of, pace)
    desk.intake.formed = gateway.formed
    if config.home_assistant:
        gateway.checkpointed = _shown(desk.intake, config)
    targets = {
        one.name: PushTarget(
            read_secret(one.place, "the token"), sinks[one.name], takes_indexes=one.participant is not None
        )
        for one in config.sources
        if one.kind == "http" and one.place is not None
    }
    return gateway, gateway_app(gateway.facts, GatewayMetrics(gateway.facts).text, targets)


def _shown(intake: Intake, config: GatewayConfig) -> Callable[[], None]:
    """Shows the meters' totals in Home Assistant; connects at the first call."""
    name = config.home_assistant
    found = config.brokers[name]
    # A connection of its own: the source's session is kept by the broker under the source's name.
    broker = replace(found, client_id=f"{found.client_id}-shown", will_topic=f"{found.will_topic}-shown")
    shown = HomeAssistant(broker, f"watt_{config.participants[0].index}")
    started: list[bool] = []

    def show() -> None:
        if not started:
            shown.start()
            started.append(True)
        for (participant, channel), total in intake.totals().items():
            shown.publish(participant, channel, total)

    return show


def sources_of(config: GatewayConfig, sinks: Mapping[str, Sink]) -> list[Source]:
    """Every source that runs by itself and has a sink; MQTT sources of one broker share its connection."""
    found: list[Source] = []
    bindings: dict[str, list[MqttBinding]] = {}
    for one in config.sources:
        if one.name not in sinks:
            continue
        sink = sinks[one.name]
        if one.kind == "tic":
            found.append(TicSource(one.name, one.port, one.gives, sink, _MODES[one.mode]))
        elif one.kind == "p1":
            found.append(P1Source(one.name, one.port, one.gives, sink, one.baud))
        elif one.kind == "folder" and one.place is not None:
            found.append(FolderSource(one.name, one.place, sink, config.zone))
        elif one.profile is not None:
            bindings.setdefault(one.broker, []).append(MqttBinding(one.topic, one.profile, one.gives, sink))
    found += [MqttSource(f"mqtt {name}", config.brokers[name], some) for name, some in bindings.items()]
    return found
