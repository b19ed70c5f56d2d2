"""News of export groups: what the token tells is the member's, a decision everybody's."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.paper_chain import DEPLOYMENT, PaperChain, said
from wattcommons.services.api.news import news_of

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("name", "args"), [("GroupDeclined", {"reason": bytes(32)}), ("GroupExported", {"nationalReference": b"\1" * 32})]
)
def test_news__decision_on_a_group__everybody_looks_again_and_is_told_nothing(name: str, args: dict[str, Any]) -> None:
    chain = PaperChain()
    chain.mine([said(f"ExportGroups.{name}", group=3, **args)])
    [news] = news_of(DEPLOYMENT, [placed.log for placed in chain.blocks[-1][1]])
    assert (news.kinds, news.public, news.data) == (("certificates",), True, {})


def test_news__group_opened__nothing_of_its_own() -> None:
    chain = PaperChain()
    chain.mine([said("ExportGroups.GroupOpened", group=3, device=1, member=1)])
    assert list(news_of(DEPLOYMENT, [placed.log for placed in chain.blocks[-1][1]])) == []
