"""`ape run deploy`: the package's own deployment plan on ape's network, with its test accounts. Asks nothing.

The plan (order, constructor arguments, role table) is the one of `watt deploy`; the contracts are those ape compiles
from this repository. For a real chain use `watt deploy`, which reads a community file and an encrypted key.
"""

from __future__ import annotations

from ape import accounts, chain, project
from ape.contracts import ContractContainer
from ethpm_types import ContractType

from wattcommons.chain.artifacts import load_artifact
from wattcommons.chain.deploy import constructor_arguments, create_address
from wattcommons.chain.deployment import CONTRACTS, CommunityTerms, Deployment
from wattcommons.chain.roles import RESTRICTED, Role


def main() -> Deployment:
    """Deploy, grant every role to a test account of its own, and pass the administration on."""
    terms = CommunityTerms()
    deployer, *others = list(accounts.test_accounts)[: len(Role) + 1]
    holders = dict(zip(Role, others, strict=True))
    addresses = {name: create_address(deployer.address, deployer.nonce + i) for i, name in enumerate(CONTRACTS)}
    arguments = constructor_arguments(terms, addresses, deployer.address)
    block = chain.blocks.height + 1
    deployed = {}
    for name in CONTRACTS:
        deployed[name] = deployer.deploy(container_of(name), *arguments[name])
        if deployed[name].address != addresses[name]:
            raise SystemExit(f"{name} is at {deployed[name].address}, expected {addresses[name]}")
    manager = deployed["AccessManager"]
    for name, functions in RESTRICTED.items():
        for function, role in functions.items():
            selector = load_artifact(name).selector(function)
            manager.setTargetFunctionRole(addresses[name], [selector], int(role), sender=deployer)
    for role, holder in holders.items():
        manager.grantRole(int(role), holder, 0, sender=deployer)
    manager.renounceRole(int(Role.ADMIN), deployer, sender=deployer)
    for name in CONTRACTS:
        print(f"{name:<18}{addresses[name]}")
    print(f"{len(Role)} roles granted; {deployer.address} has none left")
    return Deployment(chain.chain_id, block, addresses, terms)


def container_of(name: str) -> ContractContainer:
    """A contract of this repository as ape compiled it; OpenZeppelin's own from the package."""
    if name in project.contracts:
        return project.get_contract(name)
    artifact = load_artifact(name)
    return ContractContainer(
        ContractType(contractName=name, abi=artifact.abi, deploymentBytecode={"bytecode": artifact.bytecode})
    )
