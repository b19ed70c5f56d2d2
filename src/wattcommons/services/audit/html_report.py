"""The audit as one HTML file: no script, no other file, no host; light and dark, and fit for paper."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from html import escape
from typing import Final

from wattcommons.domain.units import MAX_INDEX
from wattcommons.services.audit.charts import Series, bars, lines
from wattcommons.services.audit.report import AuditReport, Check, Day, Line

_MOST_POINTS: Final = 62
"""Days side by side in a chart; longer books are drawn by weeks and the like."""
_DAY_S: Final = 86_400

_STYLE: Final = """
:root{color-scheme:light dark;--ink:#1b1f24;--paper:#fff;--soft:#667;--rule:#d5d9de;--good:#1a7f4b;--bad:#b3261e;
--a:#2f6fb2;--b:#d9822b;--c:#7a5aa6}
@media(prefers-color-scheme:dark){:root{--ink:#e6e8ea;--paper:#15181c;--soft:#9aa3ad;--rule:#343a41;--good:#5fcf95;
--bad:#ff8a80;--a:#6fb0f0;--b:#f0a95e;--c:#b79be0}}
body{margin:0 auto;max-width:50rem;padding:1.5rem;font:16px/1.5 system-ui,sans-serif;color:var(--ink);
background:var(--paper)}
h1{font-size:1.6rem;margin:0}h2{font-size:1.15rem;margin:2rem 0 .5rem}
.verdict{font-size:1.15rem;font-weight:600;border-left:.4rem solid;padding:.3rem .8rem;margin:1rem 0}
.ok{color:var(--good)}.no{color:var(--bad)}.soft{color:var(--soft)}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:.25rem .5rem;border-bottom:1px solid var(--rule);vertical-align:top}
td.n,th.n{text-align:right;white-space:nowrap}tr.sum td{font-weight:600}
td.mark{width:1.2rem}code{font-size:.85em;overflow-wrap:anywhere}
figure{margin:1rem 0;break-inside:avoid}figcaption{font-size:.9rem}svg{width:100%;height:auto}
svg text{font-size:11px;fill:var(--soft)}.grid{stroke:var(--rule);fill:none}
rect.a,circle.a,.key.a{fill:var(--a);background:var(--a)}rect.b,circle.b,.key.b{fill:var(--b);background:var(--b)}
rect.c,circle.c,.key.c{fill:var(--c);background:var(--c)}
.line{fill:none;stroke-width:1.6}.line.a{stroke:var(--a)}.line.b{stroke:var(--b)}.line.c{stroke:var(--c)}
.key{display:inline-block;width:.8em;height:.8em;margin:0 .3em 0 .8em}
@media print{:root{color-scheme:light;--ink:#000;--paper:#fff;--soft:#444;--rule:#bbb;--good:#0a5c33;--bad:#8c1d18;
--a:#2f6fb2;--b:#d9822b;--c:#7a5aa6}body{max-width:none;padding:0;font-size:11pt}h2{break-after:avoid}
tr{break-inside:avoid}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
"""


def html_report(report: AuditReport, community: str = "") -> str:
    """The whole page. `community`: what to call it in the title; any text is shown as it is."""
    title = f"Audit of the book{f' of {community}' if community else ''}"
    return "".join(
        (
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width,initial-scale=1">',
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
            f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body><h1>{escape(title)}</h1>",
            _head(report),
            "<h2>What was checked</h2>",
            _checks(report.checks),
            "<h2>Every recorded Wh, once</h2>",
            _lines(report.lines),
            _plots(report),
            _findings(report),
            "<h2>Every event, explained</h2>",
            _events(report),
            "<h2>Not proved</h2><ul>",
            "".join(f"<li>{escape(text)}</li>" for text in report.not_proved),
            "</ul></body></html>\n",
        )
    )


def _head(report: AuditReport) -> str:
    style, verdict = ("ok", "The book holds") if report.ok else ("no", "The book does NOT hold")
    counted = sum(check.counted for check in report.checks)
    length = report.interval_s
    begins = f"from {_time(report.first * length)}" if report.first else "from the beginning"
    ends = "to now" if report.end >= MAX_INDEX else f"to {_time(report.end * length)}"
    signatures = "" if report.sample is None else f"<p>Signatures: {escape(report.sample.words)}.</p>"
    return (
        f'<p class="soft">{begins} {ends}; as of block {report.block:,} ({_time(report.timestamp)}).</p>'
        f'<p class="verdict {style}">{verdict}: {counted:,} entries re-derived.</p>{signatures}'
    )


def _checks(checks: Iterable[Check]) -> str:
    rows = "".join(
        f'<tr><td class="mark {"ok" if check.ok else "no"}">{"✓" if check.ok else "✗"}</td>'
        f'<td>{escape(check.name)}<br><span class="soft">{escape(check.detail)}</span></td>'
        f'<td class="n">{check.counted:,}</td><td class="n">{check.broken_count:,}</td></tr>'
        for check in checks
    )
    return f'<table><tr><th></th><th>Check</th><th class="n">Entries</th><th class="n">Broken</th></tr>{rows}</table>'


def _lines(lines_: Sequence[Line]) -> str:
    rows = []
    for side in dict.fromkeys(line.side for line in lines_):
        own = [line for line in lines_ if line.side == side]
        rows += [
            f'<tr><td>{escape(side)}</td><td>{escape(line.name)}</td><td class="n">{line.wh:,}</td>'
            f'<td class="n">{line.readings:,}</td></tr>'
            for line in own
        ]
        total = sum(line.wh for line in own)
        rows.append(
            f'<tr class="sum"><td>{escape(side)}</td><td>recorded</td><td class="n">{total:,}</td><td></td></tr>'
        )
    head = '<tr><th>Side</th><th>What became of it</th><th class="n">Wh</th><th class="n">Readings</th></tr>'
    return f"<table>{head}{''.join(rows)}</table>" if rows else "<p>No reading in these intervals.</p>"


def _plots(report: AuditReport) -> str:
    if not report.days:
        return ""
    groups, days_each = _grouped(report.days)
    labels = [f"{datetime.fromtimestamp(group[0].start, UTC):%d %b}" for group in groups]
    span = "day" if days_each == 1 else f"{days_each} days"
    energy = [
        Series("produced", "a", [sum(day.production_wh for day in group) / 1_000 for group in groups]),
        Series("consumed", "b", [sum(day.consumption_wh for day in group) / 1_000 for group in groups]),
    ]
    prices = [Series("mean of the intervals with a price", "c", [_mean_price(group) for group in groups])]
    shares = [
        Series("own use and bought from neighbours", "a", [_share(group, own=True) for group in groups]),
        Series("bought from neighbours", "b", [_share(group, own=False) for group in groups]),
    ]
    return (
        "<h2>Energy and prices</h2>"
        + bars(f"Produced and consumed per {span} (UTC)", "kWh", labels, energy)
        + lines(f"Local price per {span}", "c€/kWh", labels, prices)
        + lines(f"Matched share of consumption per {span}", "%", labels, shares, top=100.0)
    )


def _findings(report: AuditReport) -> str:
    broken = report.broken
    if not broken:
        return "<h2>Findings</h2><p>None.</p>"
    when: Counter[int] = Counter()
    for one in broken:
        at = one.interval * report.interval_s if one.interval is not None else one.at
        if at is not None:
            when[at // _DAY_S] += 1
    plot = ""
    if when:
        days = range(min(when), max(when) + 1)
        each = -(-len(days) // _MOST_POINTS)
        starts = days[::each]
        labels = [f"{datetime.fromtimestamp(day * _DAY_S, UTC):%d %b}" for day in starts]
        counts = [sum(when[day] for day in range(start, start + each)) for start in starts]
        span = "day" if each == 1 else f"{each} days"
        plot = bars(f"Findings per {span} (UTC)", "findings", labels, [Series("findings", "b", counts)])
    rows = "".join(
        f"<tr><td>{escape(one.entry)}<br><code>{escape(one.tx)}</code></td><td>{escape(one.expected)}</td>"
        f"<td>{escape(one.found)}</td></tr>"
        for one in broken
    )
    total = sum(check.broken_count for check in report.checks)
    more = f"<p>{total - len(broken):,} more are counted and not listed.</p>" if total > len(broken) else ""
    return f"<h2>Findings</h2>{plot}<table><tr><th>Entry</th><th>Expected</th><th>Found</th></tr>{rows}</table>{more}"


def _events(report: AuditReport) -> str:
    rows = "".join(
        f'<tr><td><code>{escape(one.key)}</code></td><td class="n">{one.count:,}</td>'
        f"<td{' class=no' if one.how == 'unexplained' else ''}>{escape(one.how)}<br>"
        f'<span class="soft">{escape(one.why)}</span></td></tr>'
        for one in report.events
    )
    return f'<table><tr><th>Event</th><th class="n">Number</th><th>Explained</th></tr>{rows}</table>'


def _grouped(days: Sequence[Day]) -> tuple[list[list[Day]], int]:
    """Days in groups of as many as a chart needs to be legible; days without a reading are left out."""
    first, last = days[0].start // _DAY_S, days[-1].start // _DAY_S
    each = -(-(last - first + 1) // _MOST_POINTS)
    groups: dict[int, list[Day]] = {}
    for day in days:
        groups.setdefault((day.start // _DAY_S - first) // each, []).append(day)
    return [groups[number] for number in sorted(groups)], each


def _mean_price(group: Iterable[Day]) -> float | None:
    days = list(group)
    count = sum(day.prices for day in days)
    return sum(day.price_sum for day in days) / count / 10_000 if count else None


def _share(group: Sequence[Day], *, own: bool) -> float | None:
    consumed = sum(day.consumption_wh for day in group)
    matched = sum(day.bought_wh + (day.own_use_wh if own else 0) for day in group)
    return 100 * matched / consumed if consumed else None


def _time(unix: int) -> str:
    return f"{datetime.fromtimestamp(unix, UTC):%Y-%m-%d %H:%M} UTC"
