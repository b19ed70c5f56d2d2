"""`watt oracle status`: what the journal says, whether the gateway is at work or not."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from wattcommons.cli.console import Screen
from wattcommons.cli.oracle_wiring import DEFAULT_CONFIG, config_of
from wattcommons.cli.texts.oracle_text import OracleText, oracle_text
from wattcommons.domain.channels import Channel
from wattcommons.domain.formatting import Language, decimal_text
from wattcommons.domain.index_meter import Gap
from wattcommons.domain.intervals import IntervalLength, end_utc
from wattcommons.services.gateway.assembly import Desk, open_desk

_SHOWN: Final = 10
_UNITS: Final = ((86_400, "d"), (3_600, "h"), (60, "min"))


def status(
    config: Annotated[Path, typer.Option("--config", "-c", help="The gateway's settings.")] = DEFAULT_CONFIG,
    lang: Annotated[Language | None, typer.Option(help="en or fr; default the settings'.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON value for a program.")] = False,
) -> None:
    """Show what is read, what is on its way, and what was noticed."""
    settings, deployment = config_of(config)
    desk = open_desk(settings, deployment)
    screen = Screen()
    if as_json:
        screen.json(_facts(desk))
    else:
        language = lang or Language(settings.lang)
        now = desk.clock.now().at
        _show(screen, oracle_text(language), language, desk, deployment.terms.name, deployment.terms.length, now)
    desk.journal.close()


def _show(
    screen: Screen,
    text: OracleText,
    language: Language,
    desk: Desk,
    community: str,
    length: IntervalLength,
    now: int,
) -> None:
    screen.line(text.status_title.format(community=community), "bold")
    counts = desk.outbox.counts()
    facts = [(text.outbox, text.journal_ok.format(**asdict(counts)))]
    if counts.oldest is not None:
        facts.append(("", text.oldest.format(age=age_text(now - counts.oldest))))
    for participant, interval in sorted(desk.outbox.last_intervals().items()):
        moment = f"{end_utc(interval, length):%Y-%m-%d %H:%M} UTC"
        facts.append((text.participant.format(participant=participant), text.last_reading.format(moment=moment)))
    screen.facts(facts)
    parked = desk.outbox.parked(_SHOWN)
    if parked:
        screen.line(text.parked.format(count=counts.parked), "bold")
        for row in parked:
            moment = f"{end_utc(row.interval, length):%Y-%m-%d %H:%M} UTC"
            screen.item(f"{text.participant.format(participant=row.participant)}, {moment}: {row.reason}")
        screen.line(text.parked_hint)
    held = [gap for _, _, gap in desk.journal.gaps() if not gap.split]
    if held:
        energy = decimal_text(sum(gap.energy for gap in held), 3, language)
        screen.line(text.gaps_held.format(count=len(held), energy=energy))
    _notices(screen, text, desk)


def _notices(screen: Screen, text: OracleText, desk: Desk) -> None:
    lines = desk.journal.notices()[:_SHOWN]
    if not lines:
        screen.line(text.nothing_noticed)
        return
    rows = [[one.source, one.kind, f"{one.count:,}", moment_text(one.last_at), one.text] for one in lines]
    screen.table(text.notice_columns, rows, title=text.notices)


def _facts(desk: Desk) -> dict[str, Any]:
    return {
        "outbox": asdict(desk.outbox.counts()),
        "last_intervals": desk.outbox.last_intervals(),
        "parked": [
            {"participant": row.participant, "interval": row.interval, "reason": row.reason}
            for row in desk.outbox.parked(1_000)
        ],
        "gaps": [_gap(source, channel, gap) for source, channel, gap in desk.journal.gaps()],
        "notices": [asdict(one) for one in desk.journal.notices()],
    }


def _gap(source: str, channel: Channel, gap: Gap) -> dict[str, Any]:
    return {"source": source, "channel": channel.value, **asdict(gap)}


def moment_text(at: int) -> str:
    """Unix ms as a moment in UTC."""
    return f"{datetime.fromtimestamp(at / 1_000, UTC):%m-%d %H:%M}"


def age_text(ms: int) -> str:
    """A time span in its largest unit."""
    seconds = max(0, ms) // 1_000
    for size, unit in _UNITS:
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
