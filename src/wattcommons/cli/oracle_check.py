"""`watt oracle check`: is everything there, and does it fit together? One line a check, in English or French."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated, Final

import typer

from wattcommons.chain.deployment import Deployment
from wattcommons.chain.keystore import is_private
from wattcommons.cli.console import Screen
from wattcommons.cli.oracle_enrolled import enrolment_lines
from wattcommons.cli.oracle_status import age_text
from wattcommons.cli.oracle_wiring import DEFAULT_CONFIG, accounts_of, config_of
from wattcommons.cli.texts.oracle_text import OracleText, oracle_text
from wattcommons.domain.formatting import Language, decimal_text
from wattcommons.errors import MeterDataError, WattError
from wattcommons.services.delivery.relay_carrier import RelayCarrier
from wattcommons.services.gateway.assembly import open_desk, sources_of
from wattcommons.services.gateway.clock import SystemClock
from wattcommons.services.gateway.config import GatewayConfig
from wattcommons.services.gateway.probe import ProbeSink, listen

Line = tuple[str, bool, str]
"""What was checked, whether it is well, and what there is to say."""

_LISTEN_S: Final = 20.0


def check(
    config: Annotated[Path, typer.Option("--config", "-c", help="The gateway's settings.")] = DEFAULT_CONFIG,
    lang: Annotated[Language | None, typer.Option(help="en or fr; default the settings'.")] = None,
    seconds: Annotated[float, typer.Option(min=1, max=600, help="How long to listen to each source.")] = _LISTEN_S,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON value for a program.")] = False,
) -> None:
    """Check settings, key, clock, journal, every source, the way out and the enrolment; exit code 1 when not well."""
    settings, deployment = config_of(config)
    language = lang or Language(settings.lang)
    text = oracle_text(language)
    screen = Screen()
    lines: list[Line] = []

    def show(line: Line) -> None:
        lines.append(line)
        if not as_json:
            name, ok, said = line
            screen.mark(ok, f"{name:<14} {said}" if ok else name, "" if ok else said, indent=0)

    named = text.settings_ok.format(
        participants=len(settings.participants), sources=len(settings.sources), community=deployment.terms.name
    )
    show((text.settings, True, named))
    for work in (_key, _clock, _journal):
        show(work(settings, deployment, text))
    for line in _sources(settings, deployment, text, language, seconds, screen if not as_json else None):
        show(line)
    for line in _delivery(settings, deployment, text):
        show(line)
    for line in enrolment_lines(settings, deployment, text):
        show(line)
    failed = sum(not ok for _, ok, _ in lines)
    if as_json:
        screen.json({"ok": not failed, "checks": [{"name": n, "ok": ok, "detail": said} for n, ok, said in lines]})
    else:
        screen.line(text.not_well.format(count=failed, all=len(lines)) if failed else text.all_well, "bold")
    if failed:
        raise typer.Exit(1)


def _tried(name: str, work: Callable[[], str]) -> Line:
    try:
        return name, True, work()
    except WattError as error:
        return name, False, str(error)


def _key(config: GatewayConfig, _deployment: Deployment, text: OracleText) -> Line:
    for key in config.keys:
        for file in (key.keystore, key.password_file):
            if file.exists() and not is_private(file):
                return text.key, False, text.key_open.format(file=file)
    return _tried(
        text.key, lambda: text.key_ok.format(address=", ".join(str(one.address) for one in accounts_of(config)))
    )


def _clock(config: GatewayConfig, _deployment: Deployment, text: OracleText) -> Line:
    if not config.check_clock:
        return text.clock, True, text.clock_unchecked
    state = SystemClock().state()
    if not state.synchronised:
        return text.clock, False, text.clock_off
    return text.clock, True, text.clock_ok.format(offset=decimal_text(state.offset_us, 3, Language.ENGLISH))


def _journal(config: GatewayConfig, deployment: Deployment, text: OracleText) -> Line:
    def work() -> str:
        desk = open_desk(config, deployment)
        counts = desk.outbox.counts()
        desk.journal.close()
        return text.journal_ok.format(**asdict(counts))

    return _tried(text.journal, work)


def _sources(
    config: GatewayConfig,
    deployment: Deployment,
    text: OracleText,
    language: Language,
    seconds: float,
    screen: Screen | None,
) -> list[Line]:
    if _at_work(config):
        running = (text.gateway, True, text.running.format(port=config.http.port))
        return [running, *_seen(config, deployment, text, language)]
    sinks = {one.name: ProbeSink() for one in config.sources}
    runs = {source.name: source for source in sources_of(config, sinks)}
    lines = []
    for one in config.sources:
        if one.kind in ("folder", "http"):
            continue  # nothing comes by itself
        name = text.source.format(name=one.name)
        source = runs.get(one.name) or runs[f"mqtt {one.broker}"]
        if screen is not None:
            screen.line(text.listening.format(name=one.name, seconds=f"{seconds:.0f}"), "dim", indent=2)
        error = listen(source, seconds, sinks[one.name].heard)
        lines.append((name, *_heard(sinks[one.name], error, text, language, seconds)))
    return lines


def _heard(
    sink: ProbeSink, error: WattError | None, text: OracleText, language: Language, seconds: float
) -> tuple[bool, str]:
    if any(problem.kind == "mode" for problem in sink.problems):
        return False, text.historic
    if error is not None:
        return False, str(error)
    if not (sink.indexes or sink.powers):
        why = f": {_newest(sink.problems)}" if sink.problems else ""
        return False, text.nothing_seen.format(seconds=f"{seconds:.0f}", why=why)
    values = [
        text.seen.format(channel=channel.value, index=decimal_text(seen.index, 6, language, 3))
        for channel, seen in sorted(sink.indexes.items(), key=lambda item: item[0].value)
    ] + [f"{channel.value} {seen.power_w} W" for channel, seen in sink.powers.items()]
    meter = sink.notes.get("meter", "?")
    return True, text.seen_meter.format(meter=meter, mode=sink.notes.get("mode", "-"), values=", ".join(values))


def _newest(problems: list[MeterDataError]) -> str:
    return str(problems[-1])


def _seen(config: GatewayConfig, deployment: Deployment, text: OracleText, language: Language) -> list[Line]:
    """What the gateway at work has written down of each source."""
    desk = open_desk(config, deployment)
    now = desk.clock.now().at
    found: dict[str, Line] = {}
    for one in desk.journal.meters():
        index = decimal_text(one.index.last.index, 6, language, 3)
        ago = now - one.index.last.at
        said = text.last_seen.format(index=index, channel=one.channel.value, ago=age_text(ago))
        name = text.source.format(name=one.source)
        found[f"{one.source} {one.channel.value}"] = (name, ago < 15 * 60_000, said)
    desk.journal.close()
    return list(found.values())


def _at_work(config: GatewayConfig) -> bool:
    if not config.http.port:
        return False
    try:
        with socket.create_connection((config.http.host, config.http.port), timeout=1.0):
            return True
    except OSError:
        return False


def _delivery(config: GatewayConfig, deployment: Deployment, text: OracleText) -> list[Line]:
    delivery = config.delivery
    relays = [
        _tried(text.relay, partial(_relay, url, delivery.timeout_s, delivery.ca_file, text)) for url in delivery.relays
    ]
    return relays + [_tried(text.node, partial(_node, url, deployment, text)) for url in delivery.rpc]


def _relay(url: str, timeout_s: float, ca_file: Path | None, text: OracleText) -> str:
    relay = RelayCarrier([url], timeout_s=timeout_s, ca_file=ca_file)
    try:
        return text.relay_ok.format(url=relay.check())
    finally:
        relay.close()


def _node(url: str, deployment: Deployment, text: OracleText) -> str:
    # Loaded here: a gateway with a relay needs no chain library.
    from wattcommons.chain.contracts import Contracts
    from wattcommons.chain.node import connect, public_url

    web3 = connect(url, timeout_s=10, chain_id=deployment.chain_id)
    Contracts(web3, deployment)
    return text.node_ok.format(url=public_url(url), chain=deployment.chain_id, block=web3.eth.block_number)
