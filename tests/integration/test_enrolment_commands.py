"""`watt enrolment` on a development chain: from a gateway's code to the registry, and what can go wrong on the way."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account
from eth_account.signers.local import LocalAccount
from typer.testing import CliRunner, Result
from web3 import Web3

from tests.support.devnet import GENESIS_TIME, set_time
from wattcommons.chain.contracts import Contracts
from wattcommons.chain.deployment import Deployment, load_deployment
from wattcommons.chain.devnet_keys import DevnetKeys
from wattcommons.chain.enrolment_code import EnrolmentCode, make_code
from wattcommons.chain.roles import Role
from wattcommons.chain.sender import Sender
from wattcommons.chain.signing import sign_compact
from wattcommons.chain.typed_data import gateway_proof
from wattcommons.cli.main import build

pytestmark = pytest.mark.integration

KEYS = DevnetKeys("watt devnet")
GATEWAY, NEW_GATEWAY = KEYS.gateway("a meter"), KEYS.gateway("a meter, second key")
MEMBER = 1
WALLET = KEYS.member(str(MEMBER))
METERING, OPERATOR, STRANGER = KEYS.role(Role.METERING_OPERATOR), KEYS.role(Role.OPERATOR), KEYS.service("stranger")
START, START_INTERVAL = "2026-01-02T00:00:00Z", (GENESIS_TIME + 86_400) // 1800
ROTATED, ROTATED_INTERVAL = "2026-01-03", (GENESIS_TIME + 2 * 86_400) // 1800
POINT = ("--member", "1", "--import-w", "9000", "--export-w", "6000", "--basis", "gross")
APP = build(["community", "deploy", "enrolment"])


def watt(*words: object) -> Result:
    return CliRunner().invoke(APP, [str(word) for word in words])


@dataclass
class Desk:
    """A folder with a community's deployment file, and the node it lives on."""

    folder: Path
    rpc: str
    web3: Web3
    deployment: Deployment

    @property
    def file(self) -> Path:
        return self.folder / "enrolment.json"

    def watt(self, *words: object, rpc: bool = True) -> Result:
        place = ("--deployment", self.folder / "deployment.json", *(("--rpc", self.rpc) if rpc else ()))
        return watt("enrolment", *words, *place)

    def done(self, *words: object, rpc: bool = True) -> dict[str, Any]:
        result = self.watt(*words, "--json", rpc=rpc)
        assert result.exit_code == 0, result.stderr
        answer: dict[str, Any] = json.loads(result.stdout)
        return answer

    def refused(self, said: str, *words: object, code: int = 2, rpc: bool = True) -> None:
        result = self.watt(*words, rpc=rpc)
        assert result.exit_code == code, result.output
        assert result.stderr.startswith("watt: ")
        assert result.stderr.count("\n") == 1
        assert said in result.stderr

    def key(self, account: LocalAccount) -> tuple[object, ...]:
        """An encrypted key file's options."""
        keystore, password = self.folder / f"{account.address}.key", self.folder / "password"
        locked = Account.encrypt(account.key, "word", kdf="pbkdf2", iterations=1)
        keystore.write_text(json.dumps(locked), encoding="utf-8")
        password.write_text("word\n", encoding="utf-8")
        return ("--keystore", keystore, "--password-file", password)

    def code(self, account: LocalAccount = GATEWAY, participant: int | None = None) -> str:
        return make_code(account, self.deployment, participant).text

    def new(self, *more: object, start: str = START) -> Path:
        self.done("new", self.code(), *POINT, "--from", start, "--out", self.file, *more)
        return self.file

    def signed(self, *more: object) -> Path:
        self.new(*more)
        for party in ("member", "metering-operator"):
            self.done("sign", self.file, "--as", party, "--devnet-key")
        return self.file

    def enrolled(self) -> int:
        return int(self.done("submit", self.signed(), "--devnet-key")["participant"])

    def rotation(self, name: str, participant: int, account: LocalAccount = NEW_GATEWAY) -> Path:
        path = self.folder / name
        self.done("new", self.code(account, participant), "--from", ROTATED, "--out", path)
        for party in ("member", "metering-operator"):
            self.done("sign", path, "--as", party, "--devnet-key")
        return path

    def change(self, change: Callable[[dict[str, Any]], object]) -> None:
        content = json.loads(self.file.read_text(encoding="utf-8"))
        change(content)
        self.file.write_text(json.dumps(content), encoding="utf-8")

    def act(self, account: LocalAccount, contract: str, function: str, *arguments: Any) -> None:
        Sender(self.web3, account).send(self.contracts.call(contract, function, *arguments))

    def key_at(self, participant: int, interval: int) -> str:
        return str(self.contracts.read("MemberRegistry", "epochAt", participant, interval)[0])

    @property
    def contracts(self) -> Contracts:
        return Contracts(self.web3, self.deployment, check=False)


@pytest.fixture(scope="module")
def community(chain: Web3, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A deployed community with one member, whose wallet is a development key."""
    folder = tmp_path_factory.mktemp("community")
    description, deployment = folder / "community.toml", folder / "deployment.json"
    assert watt("community", "new", description).exit_code == 0
    path = chain.provider.ipc_path  # type: ignore[attr-defined]
    made = watt("deploy", description, "--devnet-key", "--rpc", path, "--out", deployment)
    assert made.exit_code == 0, made.output
    contracts = Contracts(chain, load_deployment(deployment))
    joined = contracts.call("MemberRegistry", "registerMember", WALLET.address, b"\x11" * 32)
    Sender(chain, OPERATOR).send(joined)
    assert contracts.read("MemberRegistry", "memberOfWallet", WALLET.address) == MEMBER
    return deployment


@pytest.fixture
def desk(community: Path, node: Web3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    for name in ("RPC_URL", "DEPLOYMENT", "KEYSTORE", "PASSWORD_FILE"):
        monkeypatch.delenv(f"WATT_{name}", raising=False)
    (tmp_path / "deployment.json").write_bytes(community.read_bytes())
    return Desk(tmp_path, str(node.provider.ipc_path), node, load_deployment(community))  # type: ignore[attr-defined]


# ---------------------------------------------------------------------- terms that cannot be


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((*POINT, "--from", "2025-12-31"), "the gate of 2025-12-31 00:00 UTC is closed"),
        ((*POINT, "--from", "2026-01-02T00:10:00Z"), "--from: 2026-01-02T00:10:00+00:00 is not a start"),
        ((*POINT, "--from", "soon"), "--from: 'soon' is no day or moment"),
        ((*POINT, "--from", START, "--member", "9"), "nobody is member 9"),
        ((*POINT[:-2], "--from", START), "--basis: is needed"),
        ((*POINT, "--from", START, "--commitment", "0x11"), "--commitment: is no hash"),
        ((*POINT, "--from", START, "--until", "2025-12-31"), "the signatures are void since 2025-12-31"),
        ((*POINT, "--from", START, "--import-w", "16777216"), "invalid value for '--import-w'"),
    ],
)
def test_new__terms_that_cannot_be__one_line_and_no_file(desk: Desk, words: tuple[str, ...], said: str) -> None:
    desk.refused(said, "new", desk.code(), *words, "--out", desk.file)
    assert not desk.file.exists()


def test_new__code_that_is_none_or_of_elsewhere__refused(desk: Desk) -> None:
    desk.refused("CODE: this is no enrolment code", "new", "0x00", *POINT, "--from", START)
    desk.refused("CODE: the proof in", "new", desk.code().replace("chain=31337", "chain=1"), *POINT, "--from", START)
    other = Deployment(1, 1, desk.deployment.addresses, desk.deployment.terms)
    desk.refused("it is for another community", "new", make_code(GATEWAY, other).text, *POINT, "--from", START)
    stolen = EnrolmentCode(31_337, desk.deployment.address("MemberRegistry"), GATEWAY.address, None, b"")
    proof = sign_compact(STRANGER, gateway_proof(stolen.domain, GATEWAY.address, 0))
    code = f"{stolen.text}{proof.hex()}"
    desk.refused("not by the key that it names", "new", code, *POINT, "--from", START)


def test_new__file_is_there__left_alone(desk: Desk) -> None:
    desk.file.write_text("mine", encoding="utf-8")
    desk.refused("is there already", "new", desk.code(), *POINT, "--from", START, "--out", desk.file)
    assert desk.file.read_text(encoding="utf-8") == "mine"


def test_new__rotation_that_cannot_be__refused(desk: Desk) -> None:
    code = desk.code(NEW_GATEWAY, 1)
    desk.refused("nobody is participant 1", "new", code, "--from", ROTATED)
    participant = desk.enrolled()
    desk.refused("--member: has no place", "new", code, "--from", ROTATED, "--member", "1")
    desk.refused("participant 1 begins at 2026-01-02 00:00 UTC", "new", code, "--from", "2026-01-01T23:00:00Z")
    desk.refused("is the key of participant 1 already", "new", desk.code(GATEWAY, participant), "--from", ROTATED)
    desk.act(OPERATOR, "MemberRegistry", "close", participant, ROTATED_INTERVAL)
    desk.refused("participant 1 ends at 2026-01-03 00:00 UTC", "new", code, "--from", ROTATED)


# ---------------------------------------------------------------------- signatures that do not count


def test_sign__wrong_key__refused_and_the_file_as_before(desk: Desk) -> None:
    before = desk.new().read_bytes()
    sign = ("sign", desk.file, "--as")
    desk.refused(f"the key {STRANGER.address} is not that of member 1", *sign, "member", *desk.key(STRANGER))
    desk.refused("is the member's own", *sign, "metering-operator", *desk.key(WALLET))
    no_role = f"{STRANGER.address} is no metering operator of this community"
    desk.refused(no_role, *sign, "metering-operator", *desk.key(STRANGER))
    desk.refused("--keystore: a key file", *sign, "member")
    desk.refused("--devnet-key: is given beside", *sign, "member", "--devnet-key", *desk.key(WALLET))
    assert desk.file.read_bytes() == before


def test_sign__metering_operator_who_is_an_operator_too__refused(desk: Desk) -> None:
    desk.act(KEYS.role(Role.ADMIN), "AccessManager", "grantRole", int(Role.OPERATOR), METERING.address, 0)
    said = f"{METERING.address} cannot sign as metering operator"
    desk.refused(said, "sign", desk.new(), "--as", "metering-operator", "--devnet-key")


def test_sign__public_key_on_a_chain_that_is_not_for_trying_out__refused(desk: Desk) -> None:
    desk.new()
    elsewhere = Deployment(1, 1, desk.deployment.addresses, desk.deployment.terms)
    elsewhere.save(desk.folder / "deployment.json")
    code = make_code(GATEWAY, elsewhere).text
    desk.change(lambda content: content.update(code=code))
    sign = ("sign", desk.file, "--as", "member")
    desk.refused("--devnet-key: everybody knows this key", *sign, "--devnet-key", rpc=False)


def test_sign__terms_changed_after_the_other_s_signature__refused_everywhere(desk: Desk) -> None:
    desk.new()
    desk.done("sign", desk.file, "--as", "member", "--devnet-key")
    desk.change(lambda content: content["terms"].update(export_w=60_000))
    said = f"the file was changed after {WALLET.address} signed it"
    desk.refused(said, "sign", desk.file, "--as", "metering-operator", "--devnet-key")
    shown = desk.watt("show", desk.file)
    assert shown.exit_code == 1
    assert "✗ the member's signature does not fit" in shown.stdout


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda content: content["terms"].update(note="mine"), "terms has a field 'note'"),
        (lambda content: content["terms"].update(from_utc="2026-01-05T00:00:00Z"), "does not belong to its number"),
    ],
)
@pytest.mark.parametrize("words", [("show",), ("sign", "--as", "member", "--devnet-key"), ("submit", "--devnet-key")])
def test_command__file_not_as_it_was_made__refused(
    desk: Desk, words: tuple[str, ...], change: Callable[[dict[str, Any]], object], said: str
) -> None:
    desk.new()
    desk.change(change)
    desk.refused(said, words[0], desk.file, *words[1:])


# ---------------------------------------------------------------------- submissions that come to nothing


def test_submit__signature_missing__says_whose(desk: Desk) -> None:
    submit = ("submit", desk.new(), "--devnet-key")
    desk.refused("the member and the metering operator did not sign yet", *submit)
    desk.done("sign", desk.file, "--as", "member", "--devnet-key")
    desk.refused("the metering operator did not sign yet", *submit)


def test_submit__changed_after_both_signed__refused(desk: Desk) -> None:
    desk.signed()
    desk.change(lambda content: content["terms"].update(import_w=36_000))
    desk.refused("the file was changed after", "submit", desk.file, "--devnet-key")


def test_submit__enrolment_by_no_operator__refused(desk: Desk) -> None:
    said = f"{STRANGER.address} is no operator of this community"
    desk.refused(said, "submit", desk.signed(), *desk.key(STRANGER))


def test_submit__after_the_gate__says_when_it_could_begin(desk: Desk) -> None:
    desk.signed()
    set_time(desk.web3, GENESIS_TIME + 86_400 - 200)
    desk.refused("begins later: at 2026-01-02 00:30 UTC or after", "submit", desk.file, "--devnet-key")
    assert desk.watt("show", desk.file).exit_code == 1


def test_submit__after_the_deadline__refused(desk: Desk) -> None:
    desk.signed("--until", "2026-01-01T12:00:00Z")
    set_time(desk.web3, GENESIS_TIME + 12 * 3_600 + 1)
    desk.refused("the signatures are void since 2026-01-01 12:00:00 UTC", "submit", desk.file, "--devnet-key")


def test_submit__account_of_the_member_closed__refused(desk: Desk) -> None:
    desk.signed()
    desk.act(OPERATOR, "MemberRegistry", "setMemberActive", MEMBER, False)
    desk.refused("the account of member 1 is closed", "submit", desk.file, "--devnet-key")


def test_submit__twice__said(desk: Desk) -> None:
    desk.enrolled()
    desk.refused("this enrolment was carried out already", "submit", desk.file, "--devnet-key")
    assert desk.contracts.read("MemberRegistry", "participantCount") == 1


def test_submit__rotation_another_came_before__refused(desk: Desk) -> None:
    participant = desk.enrolled()
    third = KEYS.gateway("a meter, third key")
    late = desk.rotation("late.json", participant, third)
    desk.done("submit", desk.rotation("first.json", participant), "--devnet-key")
    said = "the key of participant 1 is at rotation 1, this file at 0"
    desk.refused(said, "submit", late, "--devnet-key")
    shown = desk.watt("show", late)
    assert shown.exit_code == 1
    assert said in " ".join(shown.stdout.split())


def test_submit__no_node__exit_1(desk: Desk) -> None:
    desk.signed()
    place = ("--deployment", desk.folder / "deployment.json", "--rpc", "http://127.0.0.1:9")
    result = watt("enrolment", "submit", desk.file, "--devnet-key", *place)
    assert result.exit_code == 1
    assert "no Ethereum node answers" in result.stderr


# ---------------------------------------------------------------------- what holds


def test_enrolment__each_with_a_key_file__the_registry_shows_the_gateway(desk: Desk) -> None:
    commitment = "0x" + "22" * 32
    made = desk.done("new", desk.code(), *POINT, "--from", START, "--out", desk.file, "--commitment", commitment)
    assert made["terms"]["deadline_utc"] == "2026-01-01T23:55:00Z", "when the gate of the first interval closes"
    signed = desk.done("sign", desk.file, "--as", "metering-operator", *desk.key(METERING), rpc=False)
    assert signed["missing"] == ["member"]
    desk.done("sign", desk.file, "--as", "member", *desk.key(WALLET), rpc=False)
    looked_at = desk.done("show", desk.file)
    assert looked_at["holds"] == {"member": True, "metering-operator": True}
    assert (looked_at["missing"], looked_at["obstacles"], looked_at["asked_the_chain"]) == ([], [], True)

    done = desk.done("submit", desk.file, *desk.key(OPERATOR))
    assert done["participant"] == 1
    epoch = desk.contracts.read("MemberRegistry", "epochAt", 1, START_INTERVAL)
    assert tuple(epoch) == (GATEWAY.address, 9_000, 6_000, 1, 1, False, False)
    assert int(desk.key_at(1, START_INTERVAL - 1), 16) == 0
    info = desk.contracts.read("MemberRegistry", "participantInfo", 1)
    assert (info[0], info[1], info[4]) == (MEMBER, START_INTERVAL, bytes.fromhex(commitment[2:]))


def test_rotation__both_signed_and_anybody_submits__old_key_until_the_interval_new_from_it(desk: Desk) -> None:
    participant = desk.enrolled()
    path = desk.rotation("rotation.json", participant)
    done = desk.done("submit", path, *desk.key(STRANGER))
    assert done["participant"] == participant
    keys = [desk.key_at(participant, interval) for interval in (ROTATED_INTERVAL - 1, ROTATED_INTERVAL)]
    assert keys == [GATEWAY.address, NEW_GATEWAY.address]


def test_show__any_stage__plain_words_in_80_columns(desk: Desk) -> None:
    """Commands to copy are never broken, so they alone may be longer."""
    desk.new()
    first = desk.watt("show", desk.file)
    for part in ("draws", "9,000 W at most", "feeds in", "6,000 W at most", "2026-01-02 00:00 UTC", WALLET.address):
        assert part in first.stdout
    assert "✗ the member did not sign yet" in first.stdout
    desk.done("sign", desk.file, "--as", "member", "--devnet-key")
    second = desk.watt("show", desk.file)
    assert f"✓ the member signed: {WALLET.address}" in second.stdout
    assert "--as metering-operator" in second.stdout
    assert "--as member" not in second.stdout
    for shown in (first, second):
        assert shown.exit_code == 0
        assert max(len(line) for line in shown.stdout.splitlines() if " enrolment sign " not in line) <= 80


def test_show__no_deployment_and_no_node__signatures_alone(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.signed()
    elsewhere = desk.folder / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    shown = watt("enrolment", "show", desk.file)
    assert shown.exit_code == 0
    assert "✓ the metering operator signed" in shown.stdout
    assert "The chain was not asked" in shown.stdout


def test_commands__as_a_person_reads_them__say_what_comes_next(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk.folder)
    made = desk.watt("new", desk.code(), *POINT, "--from", START)
    path = Path(f"enrolment-1-{GATEWAY.address[2:10].lower()}.json")
    assert path.is_file()
    assert f"enrolment sign {path} --as member" in made.stdout
    for party in ("member", "metering-operator"):
        signed = desk.watt("sign", path, "--as", party, "--devnet-key")
    assert f"enrolment submit {path}" in signed.stdout
    done = desk.watt("submit", path, "--devnet-key")
    assert "signs for participant 1 from 2026-01-02 00:00 UTC on" in " ".join(done.stdout.split())
    assert "index = 1\n" in done.stdout
