"""The shared proof files in tests/vectors/proof.json: good ones of several kinds, and what is changed in them.

`scripts/make_proof_vectors.py` makes it anew, after the contracts' layout or a sentence has changed. A case names a
file, a change of it (or none) and what its reader trusts; what the verifier says is written beside it.
`tests/unit/verifier/test_vectors.py` and `frontend/tests/proof.test.ts` hold both verifiers to it.
"""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from tests.support.devnet import GENESIS_TIME
from tests.support.eventful import found, live
from tests.support.qbft import EPOCH, FOUR, VALIDATORS, checkpoint, plain, sealed, sealed_file
from wattcommons.chain.devnet import DevnetOptions, devnet
from wattcommons.chain.node import connect
from wattcommons.errors import DeploymentError, InputError
from wattcommons.services.prover.community import community_of
from wattcommons.services.prover.make import prove
from wattcommons.verifier import canonical, headers, proof_file
from wattcommons.verifier.anchors import Anchor, Community, contracts_of, dump_checkpoint, load_checkpoint
from wattcommons.verifier.hashing import keccak, shown
from wattcommons.verifier.qbft import Vote, block_hash
from wattcommons.verifier.verify import verify

PATH: Final = Path(__file__).parents[1] / "vectors" / "proof.json"
PARTS: Final = ("run", "fills", "headers", "nodes")
FLIPS: Final = 12
"""Of each part of each file that flips are made in."""

Json = dict[str, Any]


def changed(text: str, change: Json) -> bytes:
    """A file's bytes with a change: a byte of its text, whole fields, one byte within a part, or a piece left out."""
    data = text.encode()
    if "byte" in change:
        return data[: change["byte"]] + bytes([data[change["byte"]] ^ change["mask"]]) + data[change["byte"] + 1 :]
    content: Json = json.loads(data)
    content.update(change.get("set", {}))
    for name in change.get("without", ()):
        del content[name]
    if "part" in change:
        part = change["part"]
        pieces = [content[part]] if part == "run" else content[part]
        if "at" in change:
            pieces[change["piece"]] = _flipped(pieces[change["piece"]], change["at"], change["mask"])
        else:
            del pieces[change["piece"]]
        if part == "nodes":
            pieces.sort(key=lambda one: keccak(base64.b64decode(one)))
        content[part] = pieces[0] if part == "run" else pieces
    return canonical.dump(content)


def anchor_of(trusts: Json, checkpoints: Mapping[str, str]) -> Anchor:
    """What a case's reader trusts."""
    named = trusts.get("community")
    return Anchor(
        load_checkpoint(checkpoints[trusts["checkpoint"]].encode()) if "checkpoint" in trusts else None,
        frozenset(bytes.fromhex(one[2:]) for one in trusts.get("hashes", ())),
        None
        if named is None
        else Community(named["chain_id"], named["interval_minutes"], contracts_of(named["contracts"], "a vector")),
    )


def told(data: bytes, anchor: Anchor) -> Json:
    """What the verifier says of a file: all of it, the lines that break, or why it takes it for none."""
    try:
        report = verify(data, anchor).as_dict()
    except InputError as error:
        return {"refused": error.reason}
    if report["standing"] != "broken":
        return {"report": {name: value for name, value in report.items() if name != "beyond"}}
    return {"broken": [line for line in report["lines"] if line["standing"] == "broken"]}


def _flipped(text: str, at: int, mask: int) -> str:
    data = bytearray(base64.b64decode(text))
    data[at] ^= mask
    return base64.b64encode(data).decode()


def made() -> Json:
    """All of the file, from a living chain."""
    with devnet(DevnetOptions(genesis_time=GENESIS_TIME)) as running:
        day = found(connect(running.ipc_path))
        marks = live(day, corrections=True)
        contracts, community = day.community.contracts, community_of(day.community.deployment)
        numbers = {"claimed": marks["claimed"], "traded": marks["traded"], "plain": 1 << 32 | day.first + 1}
        raw = {name: prove(contracts, number).data for name, number in numbers.items()}
        raw["no_history"] = prove(contracts, numbers["claimed"], history=False).data
        raw["corrected_twice"] = prove(contracts, marks["corrected"]).data
        raw |= {name: data for name, data in _others(day, contracts).items() if data not in raw.values()}
    good = {name: sealed_file(data) for name, data in raw.items()}
    last = headers.parse(good["plain"].headers[-1])
    start = last.number // EPOCH * EPOCH
    votes = [
        sealed(plain(start + at), vote=Vote(VALIDATORS[4].address, True), proposer=FOUR[at], turn=at).raw
        for at in (1, 2, 3)
    ]
    good["voted"] = replace(good["plain"], headers=(*votes, sealed(last, VALIDATORS[:5]).raw))
    files = {name: data.decode() for name, data in raw.items()}
    files = {"devnet": files["plain"]} | {name: file.dump().decode() for name, file in good.items()}
    checkpoints = {
        "four": checkpoint(community),
        "strangers": checkpoint(community, validators=VALIDATORS[3:7]),
        "later": checkpoint(community, number=10**6),
        "replaced": checkpoint(community, validators=VALIDATORS[3:7], overrides={1: checkpoint(community).validators}),
    }
    written = {name: dump_checkpoint(one).decode() for name, one in checkpoints.items()}
    cases = [
        {**case, **told(changed(files[case["file"]], case["change"]), anchor_of(case["trusts"], written))}
        for case in (*_anchored(files, community), *_tampered(files))
    ]
    return {
        "about": "Proof files and what their check says. Made by scripts/make_proof_vectors.py.",
        "checkpoints": written,
        "files": files,
        "cases": cases,
    }


def _others(day: Any, contracts: Any) -> dict[str, bytes]:
    """A certificate of each further kind the day has: by quality, lateness, what waits and what happened."""
    kinds: dict[str, bytes] = {}
    for device in (1, 2):
        for interval in range(day.first, day.now):
            try:
                made = prove(contracts, device << 32 | interval)
            except (InputError, DeploymentError):  # never issued, or the interval is only half settled
                continue
            facts = made.report.facts
            words = {facts["reading"]["quality"], *(one["kind"] for one in facts["history"])}
            words |= {
                name for name, is_so in (("late", facts["reading"]["late"]), ("waits", facts["waiting_wh"])) if is_so
            }
            words |= {"chunks"} if len(proof_file.load(made.data).fills) > 1 else set()
            words |= {"unpriced"} if facts["market"]["price"] is None else set()
            name = "_".join(sorted(words - {"measured"}))
            if name and (name not in kinds or len(made.data) < len(kinds[name])):
                kinds[name] = made.data
    return kinds


def _anchored(files: Mapping[str, str], community: Community) -> Iterator[Json]:
    own = {
        "chain_id": community.chain_id,
        "interval_minutes": community.interval_minutes,
        "contracts": {name: shown(address) for name, address in community.contracts.items()},
    }
    for name, text in files.items():
        digest = shown(block_hash(headers.parse(proof_file.load(text.encode()).headers[-1])))
        trusts: dict[str, Json] = {
            "nothing": {},
            "checkpoint": {"checkpoint": "four"},
            "block": {"hashes": [digest], "community": own},
        }
        if name in ("devnet", "claimed", "voted"):
            trusts |= {
                "strangers": {"checkpoint": "strangers"},
                "later": {"checkpoint": "later"},
                "replaced": {"checkpoint": "replaced"},
                "another_block": {"hashes": [f"0x{'00' * 32}"]},
                "another_community": {"hashes": [digest], "community": own | {"chain_id": 1}},
            }
        for trusted, given in trusts.items():
            yield {"name": f"{name}__{trusted}", "file": name, "change": {}, "trusts": given}


def _tampered(files: Mapping[str, str]) -> Iterator[Json]:
    dice = random.Random(20260101)
    trusts = {"checkpoint": "four"}
    content: Json = json.loads(files["claimed"])
    other: Json = json.loads(files["traded"])
    changes: dict[str, Json] = {
        **{f"another_{name}": {"set": {name: content[name] + 1}} for name in ("device", "interval", "participant")},
        "another_chain": {"set": {"chain_id": 1}},
        "another_length": {"set": {"interval_minutes": 15}},
        "odd_length": {"set": {"interval_minutes": 20}},
        "beyond_the_calendar": {"set": {"interval": 2**32 - 1}},
        "another_layout": {"set": {"layout": "0" * 16}},
        "version_2": {"set": {"version": 2}},
        "another_format": {"set": {"format": "watt-commons/provenance"}},
        "an_unknown_field": {"set": {"note": "hello"}},
        "a_field_less": {"without": ["run"]},
        "a_wrong_type": {"set": {"device": "1"}},
        "device_0": {"set": {"device": 0}},
        "no_base64": {"set": {"run": "?"}},
        "base64_of_two_forms": {"set": {"run": "AB=="}},
        "holders_no_hex": {"set": {"holders": ["0xAA"]}},
        "holder_of_nothing": {"set": {"holders": [*content["holders"], f"0x{'ff' * 20}"]}},
        "holders_turned": {"set": {"holders": [f"0x{'ff' * 20}", f"0x{'01' * 20}"]}},
        "receipts_no_pairs": {"set": {"receipts": [[0]]}},
        "receipts_beyond": {"set": {"receipts": [[99, 0]]}},
        "receipt_not_there": {"set": {"receipts": [*content["receipts"], [len(content["headers"]) - 1, 77]]}},
        "nodes_turned": {"set": {"nodes": content["nodes"][::-1]}},
        "fills_cut": {"set": {"fills": ["AQ=="]}},
        "fills_of_nobody": {"set": {"fills": ["AAI="]}},
        "fills_too_large": {"set": {"fills": ["gICAgICAgA=="]}},
        "header_twice": {"set": {"headers": [*content["headers"], content["headers"][-1]]}},
        **{f"no_{name}": {"set": {name: "" if name == "run" else []}} for name in (*PARTS, "holders", "receipts")},
        **{f"{name}_of_another": {"set": {name: other[name]}} for name in (*PARTS, "holders", "interval")},
        "a_node_too_many": {"set": {"nodes": _with_node(content["nodes"], b"\xc1\x80")}},
        "not_canonical": {"byte": len(files["claimed"]) - 1, "mask": ord("\n") ^ ord(" ")},
    }
    for name, change in changes.items():
        yield {"name": name, "file": "claimed", "change": change, "trusts": trusts}
    for name in ("claimed", "plain", "corrected_twice"):
        for part in PARTS:
            whole = json.loads(files[name])[part]
            pieces = [whole] if part == "run" else whole
            places = [(piece, at) for piece, text in enumerate(pieces) for at in range(len(base64.b64decode(text)))]
            for piece, at in sorted(dice.sample(places, min(FLIPS, len(places)))):
                change = {"part": part, "piece": piece, "at": at, "mask": 1 << dice.randrange(8)}
                yield {"name": f"{name}__{part}_{piece}_{at}", "file": name, "change": change, "trusts": trusts}
    for piece in range(len(content["headers"])):
        yield _case(f"header_{piece}_left_out", {"part": "headers", "piece": piece}, trusts)
    for piece in dice.sample(range(len(content["nodes"])), FLIPS):
        yield _case(f"node_{piece}_left_out", {"part": "nodes", "piece": piece}, trusts)


def _case(name: str, change: Json, trusts: Json) -> Json:
    return {"name": name, "file": "claimed", "change": change, "trusts": trusts}


def _with_node(nodes: list[str], node: bytes) -> list[str]:
    return sorted([*nodes, base64.b64encode(node).decode()], key=lambda one: keccak(base64.b64decode(one)))


def written(found: Json) -> str:
    """The file's text, one case a line."""
    cases = ",\n".join(f"  {json.dumps(one)}" for one in found["cases"])
    head = json.dumps({name: value for name, value in found.items() if name != "cases"}, indent=1)
    return f'{head[:-2]},\n "cases": [\n{cases}\n ]\n}}\n'
