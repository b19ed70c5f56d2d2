"""The sentences of `watt demo`, one set a language. Braces hold what is filled in."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class DemoText:
    """Every sentence of the demo in one language. Both languages fill in the same values (a test compares them)."""

    months: tuple[str, ...]
    date: str
    day: str
    time: str

    title: str
    intro: str
    building: str
    steps: dict[str, str]

    village_title: str
    village: str
    made: str
    used: str
    own_use: str
    neighbours: str
    grid_in: str
    grid_out: str
    local_share: str
    prices: str
    bar_own: str
    bar_neighbours: str
    bar_grid: str

    homes_title: str
    flat: str
    supplier: str
    share: str
    grid: str
    flat_paid: str
    flat_alone: str
    flat_saved: str
    flat_bill: str
    saved_month: str
    roof: str
    roof_gain: str

    refusals_title: str
    refusals: str
    operator_try: str
    operator_refused: str
    keeper_try: str
    keeper_refused: str
    stranger_try: str
    stranger_refused: str
    gateway_try: str
    gateway_refused: str
    contract_said: str

    certificate_title: str
    certificate: str
    certificate_steps: dict[str, str]
    reading_line: str
    signature_line: str
    signature_broken: str
    price_line: str
    sold_to: str
    nobody: str
    became_line: str
    until_line: str

    coach_title: str
    coach: str
    coach_columns: tuple[str, ...]
    award: str
    miss: str
    other_outcome: str
    redeemed: str

    audit_title: str
    audit: str
    checks: dict[str, str]
    audit_holds: str
    audit_broken: str
    not_proved: str
    not_proved_items: tuple[str, ...]

    own_title: str
    own: str
    own_columns: str
    own_more: str
    done: str

    morning: str
    serving: str
    serving_how: str
    serving_end: str
    stopped: str

    def field_texts(self) -> dict[str, str]:
        """Every single sentence by its name."""
        found = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, str):
                found[field.name] = value
            elif isinstance(value, dict):
                found |= {f"{field.name}.{key}": text for key, text in value.items()}
            else:
                found |= {f"{field.name}.{number}": text for number, text in enumerate(value)}
        return found

    def step(self, what: str) -> str:
        """What a long step is called; the scenario's own word where there is no other."""
        return self.steps.get(what, what)
