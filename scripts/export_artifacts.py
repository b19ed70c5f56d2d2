#!/usr/bin/env python
"""Compile the contracts and write what the package and the tests need of them.

    python scripts/export_artifacts.py               compile all, write the artifacts, print the sizes
    python scripts/export_artifacts.py --check       compile all, write nothing; exit 1 on drift, warning or size
    python scripts/export_artifacts.py --only A,B    only these contracts (seconds instead of a minute)
    python scripts/export_artifacts.py --fast        without via-IR, into build/fast (never shipped)

One file a deployable contract: src/wattcommons/chain/artifacts/<Name>.json for the product,
tests/artifacts/<Name>.json for what lies in contracts/mocks; and the slots that proof files show, in
src/wattcommons/verifier/layout.json, and for the pages in frontend/src/generated/proofLayout.ts
(scripts/storage_layout.py). The output depends on nothing but the
sources and the settings below: no metadata hash is appended to the bytecode.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from solcx import compile_standard
from solcx.exceptions import SolcError

import storage_layout

ROOT = Path(__file__).resolve().parent.parent
SOLC = "0.8.37"
SHIPPED = ROOT / "src" / "wattcommons" / "chain" / "artifacts"
MOCKS = ROOT / "tests" / "artifacts"
FAST = ROOT / "build" / "fast"
LAYOUT = ROOT / "src" / "wattcommons" / "verifier" / "layout.json"
PAGE_LAYOUT = ROOT / "frontend" / "src" / "generated" / "proofLayout.ts"

# Deployed as it is by every community, and no contract of ours imports it as a whole.
FROM_OPENZEPPELIN = ("@openzeppelin/contracts/access/manager/AccessManager.sol",)
REMAPPINGS = ["@openzeppelin/contracts=node_modules/@openzeppelin/contracts"]

MAX_RUNTIME_BYTES = 24_576  # EIP-170
MAX_INITCODE_BYTES = 49_152  # EIP-3860

OUTPUTS = [
    "abi",
    "evm.bytecode.object",
    "evm.bytecode.linkReferences",
    "evm.deployedBytecode.object",
    "evm.deployedBytecode.immutableReferences",
]


@dataclass(frozen=True)
class Artifact:
    """What is kept of one deployable contract."""

    name: str
    source: str
    content: dict[str, Any]
    runtime_bytes: int
    initcode_bytes: int

    @property
    def is_mock(self) -> bool:
        return self.source.startswith("contracts/mocks/")

    def text(self) -> str:
        """The file's content: sorted, so that a change of the compiler's order is no drift."""
        return json.dumps(self.content, indent=1, sort_keys=True) + "\n"


def sources(only: set[str]) -> list[str]:
    """Every source of ours and the library contracts deployed as they are, as solc names them.

    With `only`, the files of those names (what they import is found by the compiler), so that an
    unfinished file elsewhere does not matter; all files when one of the names is no file's.
    """
    ours = sorted(
        path.relative_to(ROOT).as_posix() for path in (ROOT / "contracts").rglob("*.sol") if ".cache" not in path.parts
    )
    names = ours + [f"node_modules/{name}" for name in FROM_OPENZEPPELIN]
    chosen = [name for name in names if Path(name).stem in only]
    return chosen if only and len(chosen) == len(only) else names


def standard_input(names: list[str], only: set[str], *, via_ir: bool) -> dict[str, Any]:
    """The standard JSON input. With `only`, code is generated for those contracts alone."""
    wanted = sorted(only) or ["*"]
    return {
        "language": "Solidity",
        "sources": {name: {"content": (ROOT / name).read_text(encoding="utf-8")} for name in names},
        "settings": {
            "evmVersion": "cancun",
            "viaIR": via_ir,
            "optimizer": {"enabled": True, "runs": 200},
            "remappings": REMAPPINGS,
            "metadata": {"appendCBOR": False, "bytecodeHash": "none"},
            "outputSelection": {name: dict.fromkeys(wanted, OUTPUTS) for name in names},
        },
    }


def compile_contracts(names: list[str], only: set[str], *, via_ir: bool) -> tuple[list[Artifact], list[str]]:
    """The deployable contracts among `names`, sorted, and the compiler's warnings on our own sources."""
    output = compile_standard(
        standard_input(names, only, via_ir=via_ir),
        base_path=ROOT,
        solc_binary=ROOT / "scripts" / "solc" / f"solc-v{SOLC}",
        allow_empty=True,
    )
    warnings = [
        problem["formattedMessage"]
        for problem in output.get("errors", [])
        if problem.get("severity") == "warning"
        and problem.get("sourceLocation", {}).get("file", "").startswith("contracts/")
    ]
    found = [
        artifact
        for source, contracts in output.get("contracts", {}).items()
        for name, contract in contracts.items()
        if (artifact := read_contract(source, name, contract)) is not None
    ]
    return sorted(found, key=lambda artifact: artifact.name), warnings


def read_contract(source: str, name: str, contract: dict[str, Any]) -> Artifact | None:
    """None for what cannot be deployed or never is: interfaces, abstract contracts, inlined libraries."""
    bytecode = contract["evm"]["bytecode"]["object"]
    deployed = contract["evm"]["deployedBytecode"]["object"]
    external = any(entry["type"] == "function" for entry in contract["abi"])
    if not deployed or (not external and source.startswith("contracts/libraries/")):
        return None
    content: dict[str, Any] = {
        "contractName": name,
        "sourceName": source.removeprefix("node_modules/"),
        "compiler": SOLC,
        "abi": contract["abi"],
        "bytecode": f"0x{bytecode}",
        "deployedBytecode": f"0x{deployed}",
        "deployedSize": len(deployed) // 2,
        # Keyed by numbers of the syntax tree, which depend on what else is compiled: sorted by place instead.
        "immutableReferences": sorted(
            contract["evm"]["deployedBytecode"]["immutableReferences"].values(),
            key=lambda places: [place["start"] for place in places],
        ),
    }
    links = contract["evm"]["bytecode"]["linkReferences"]
    if links:
        content["linkReferences"] = links
    return Artifact(name, source, content, len(deployed) // 2, len(bytecode) // 2)


def collisions(artifacts: list[Artifact]) -> list[str]:
    """Names used twice: one file a name, and ape knows contracts by name alone."""
    names = [artifact.name for artifact in artifacts]
    return sorted({name for name in names if names.count(name) > 1})


def too_large(artifacts: list[Artifact]) -> list[str]:
    """One line for each product contract that no chain would accept."""
    return [
        f"{artifact.name}: {artifact.runtime_bytes:,} B deployed (limit {MAX_RUNTIME_BYTES:,}), "
        f"{artifact.initcode_bytes:,} B to deploy (limit {MAX_INITCODE_BYTES:,})"
        for artifact in artifacts
        if not artifact.is_mock
        and (artifact.runtime_bytes > MAX_RUNTIME_BYTES or artifact.initcode_bytes > MAX_INITCODE_BYTES)
    ]


def folder_of(artifact: Artifact, *, fast: bool) -> Path:
    if fast:
        return FAST
    return MOCKS if artifact.is_mock else SHIPPED


def write(artifacts: list[Artifact], *, fast: bool, complete: bool) -> None:
    """Write the artifacts; after a complete compilation also remove those of contracts that are gone."""
    for folder in {folder_of(artifact, fast=fast) for artifact in artifacts}:
        folder.mkdir(parents=True, exist_ok=True)
    kept = set()
    for artifact in artifacts:
        target = folder_of(artifact, fast=fast) / f"{artifact.name}.json"
        kept.add(target)
        if not target.is_file() or target.read_text(encoding="utf-8") != artifact.text():
            partial = target.with_suffix(".partial")
            partial.write_text(artifact.text(), encoding="utf-8")
            partial.replace(target)  # readers never see half a file
    if complete and not fast:
        for folder in (SHIPPED, MOCKS):
            for stale in set(folder.glob("*.json")) - kept:
                stale.unlink()


def drift(artifacts: list[Artifact], *, complete: bool) -> list[str]:
    """One line for each artifact that is not what its source compiles to."""
    lines = []
    kept = set()
    for artifact in artifacts:
        target = folder_of(artifact, fast=False) / f"{artifact.name}.json"
        kept.add(target)
        if not target.is_file():
            lines.append(f"{artifact.name}: no artifact")
        elif target.read_text(encoding="utf-8") != artifact.text():
            changed = [
                key for key, value in artifact.content.items() if json.loads(target.read_text()).get(key) != value
            ]
            lines.append(f"{artifact.name}: {', '.join(changed) or 'format'} differ from {artifact.source}")
    if complete:
        for folder in (SHIPPED, MOCKS):
            lines += [f"{path.stem}: artifact without a contract" for path in sorted(set(folder.glob("*.json")) - kept)]
    return lines


def print_sizes(artifacts: list[Artifact], seconds: float) -> None:
    print(f"{'contract':<32}{'deployed B':>12}{'of limit':>10}{'initcode B':>12}")
    for artifact in artifacts:
        share = artifact.runtime_bytes / MAX_RUNTIME_BYTES
        name = f"{artifact.name}{' (mock)' if artifact.is_mock else ''}"
        print(f"{name:<32}{artifact.runtime_bytes:>12,}{share:>10.0%}{artifact.initcode_bytes:>12,}")
    print(f"{len(artifacts)} contracts compiled by solc {SOLC} in {seconds:.1f} s")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="compare, write nothing, exit 1 on any difference")
    parser.add_argument("--fast", action="store_true", help="without via-IR, into build/fast")
    parser.add_argument("--only", default="", metavar="A,B", help="generate code for these contracts only")
    parsed = parser.parse_args()
    if parsed.check and parsed.fast:
        parser.error("--fast code is never shipped, so there is nothing to check it against")
    return parsed


def main() -> int:
    options = arguments()
    only = {name.strip() for name in cast(str, options.only).split(",") if name.strip()}
    if shutil.which("node") is None or not (ROOT / "node_modules" / "solc").is_dir():
        print("the compiler is not installed: run `make setup`", file=sys.stderr)
        return 1
    os.environ.setdefault("SOLCX_BINARY_PATH", str(ROOT / "scripts" / "solc"))
    begun = time.monotonic()
    try:
        artifacts, warnings = compile_contracts(sources(only), only, via_ir=not options.fast)
        slots = storage_layout.layout(ROOT, ROOT / "scripts" / "solc" / f"solc-v{SOLC}", REMAPPINGS)
    except SolcError as error:
        print(error.message, file=sys.stderr)
        return 1
    unknown = only - {artifact.name for artifact in artifacts}
    problems = [f"{name}: no deployable contract of this name" for name in sorted(unknown)]
    problems += [f"{name}: two contracts of this name" for name in collisions(artifacts)]
    if options.check:
        problems += drift(artifacts, complete=not only) + too_large(artifacts) + warnings
        problems += storage_layout.drift(slots, LAYOUT, PAGE_LAYOUT)
    elif not problems:
        if not options.fast:
            LAYOUT.write_text(storage_layout.text(slots), encoding="utf-8")
            PAGE_LAYOUT.write_text(storage_layout.page_text(slots), encoding="utf-8")
        write(artifacts, fast=options.fast, complete=not only)
        for line in too_large(artifacts) + warnings:
            print(f"warning: {line}")
    print_sizes(artifacts, time.monotonic() - begun)
    for line in problems:
        print(line, file=sys.stderr)
    if problems and options.check:
        print("write the artifacts anew with `make artifacts`", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
