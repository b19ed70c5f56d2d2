"""The eventful day's corrected readings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wattcommons.chain.events import decode_logs
from wattcommons.chain.logs import ChainLogs
from wattcommons.chain.roles import Role
from wattcommons.chain.sender import Sent

if TYPE_CHECKING:
    from tests.support.eventful import Eventful


def correct_some(day: Eventful, marks: dict[str, int], producer: int, buyer: int) -> None:
    """An estimate, which earns its certificate so; a buyer's reading; and the mill's: more, then less than it holds
    since it gave most away; the next issue pays.
    """
    correct(day, producer, marks["late"] + 1, 650, 90)
    marks["estimated"] = 1 << 32 | marks["late"] + 1
    interval, spare = day.pass_by(2, mill=3_000)
    day.clear([interval, spare])
    one = 1 << 32 | interval
    mill, spa = day.community.keys.member("mill, second").address, day.wallet(buyer)
    held = day.read("GuaranteeOfOrigin", "balanceOf", mill, one)
    day.act("mill, second", "GuaranteeOfOrigin", "safeTransferFrom", mill, spa, one, held - 50, b"")
    correct(day, buyer, interval, 0, 1_500)
    correct(day, producer, interval, 3_200, 100)
    correct(day, producer, interval, 2_000, 120)
    day.settle(1, mill=2_000)
    marks |= {"corrected": one, "paying": 1 << 32 | day.now - 1}


def correct(day: Eventful, participant: int, interval: int, production: int, consumption: int) -> Sent:
    """The metering operator puts a settled reading right; everybody's fills are in one chunk."""
    logs = ChainLogs(day.web3, day.community.deployment).logs(0, day.web3.eth.block_number)
    events = decode_logs(day.community.deployment, logs)
    fills = [e.args["fills"] for e in events if e.name == "FillsSettled" and e.args["interval"] == interval]
    proof = (0, fills[0] if fills else b"", b"")
    arguments = (participant, interval, production, consumption, b"\x09" * 32, proof)
    return day.act(Role.METERING_OPERATOR, "Corrections", "correct", *arguments)
