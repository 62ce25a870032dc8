"""A bank signs a policy by two people and sees what its folder says."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from crypto.asn1 import writer as w
from crypto.vault.keyfile import write_secret
from tests.support.pki.policy_signers import SHIPPED, cms_of, dated, token_of
from tests.support.station.command_line import CommandLine

NOW = datetime.now(UTC)
TOKEN = token_of(
    "board",
    times=(w.utc_time(NOW - timedelta(days=1)), w.utc_time(NOW + timedelta(days=1))),
)


@pytest.fixture
def office(tmp_path, monkeypatch):
    """Head office: no station, two keys and a file of signers."""
    line = CommandLine(tmp_path / "data", monkeypatch)
    line.keys, line.folder = {}, tmp_path / "policies"
    line.folder.mkdir()
    rows = []
    for name in ("risk", "compliance"):
        line.keys[name] = tmp_path / f"{name}.pem"
        said = line.run("--json", "policy", "key", name, str(line.keys[name]))
        assert said.exit_code == 0, said.output
        rows.append(json.loads(said.stdout)["vkey"])
    (tmp_path / "board.cer").write_bytes(TOKEN.der)
    line.signers = tmp_path / "signers.toml"
    line.signers.write_text(
        "\n".join(
            f'[[signers]]\nname = "{name}"\nvkey = "{vkey}"'
            for name, vkey in zip(line.keys, rows, strict=True)
        )
        + '\n[[signers]]\nname = "board"\ncertificate = "board.cer"\n',
        encoding="utf-8",
        newline="\n",
    )
    line.policy = line.folder / "kz-2026-07-12.toml"
    line.policy.write_bytes(SHIPPED)
    return line


def sign(office, name, *options, path=None):
    return office.run(
        "policy", "sign", str(path or office.policy), "--name", name,
        *(options or ("--key", str(office.keys[name]))),
    )  # fmt: skip


def verified(office, *command):
    return office.run("--json", "policy", *command, "--signers", str(office.signers))


def test_two_people_sign_and_the_folder_says_who(office):
    assert sign(office, "risk").exit_code == 0
    alone = verified(office, "verify", str(office.policy))
    assert alone.exit_code == 1
    assert "signed by risk alone" in json.loads(alone.stdout)["error"]["detail"]
    assert sign(office, "compliance").exit_code == 0

    said = json.loads(verified(office, "verify", str(office.policy)).stdout)
    row = json.loads(verified(office, "calendar", str(office.folder)).stdout)

    assert said["signers"] == row["signers"] == ["risk", "compliance"]
    assert (row["id"], row["valid_from"], row["valid_to"]) == ("kz-2026-07-12", "2026-07-12", None)


def test_a_cms_made_elsewhere_over_the_text_is_brought(office, tmp_path):
    sign(office, "risk")
    said = sign(office, "board", "--text")
    text = said.stdout_bytes
    assert text.endswith(b"\n")
    cms = tmp_path / "made.cms"
    cms.write_bytes(cms_of(TOKEN, text, datetime.now(UTC)))
    brought = sign(office, "board", "--cms", str(cms))
    assert brought.exit_code == 0, brought.output
    found = verified(office, "verify", str(office.policy))
    assert json.loads(found.stdout)["signers"] == ["risk", "board"]


def test_the_last_day_of_a_version_is_signed_where_the_next_one_comes(office):
    following = office.folder / "next.toml"
    following.write_bytes(dated("next", "2027-01-01"))
    for name in office.keys:
        sign(office, name)
        sign(office, name, path=following)
    assert "has no last day" in verified(office, "calendar", str(office.folder)).output
    for name in office.keys:
        options = ("--key", str(office.keys[name]), "--valid-to", "2026-12-31")
        assert sign(office, name, *options).exit_code == 0

    rows = verified(office, "calendar", str(office.folder)).stdout.splitlines()

    assert [json.loads(row)["valid_to"] for row in rows] == ["2026-12-31", None]


def test_no_key_is_made_for_a_name_that_the_settings_would_refuse(office):
    unused = office.folder / "unused.key"
    said = office.run("policy", "key", "bank.example/risk", str(unused))
    assert said.exit_code != 0
    assert "$.name" in said.output
    assert not unused.exists()


@pytest.mark.parametrize("name", ["../board", "board:stream", "Риск", "a b", ""])
def test_no_signature_is_written_under_a_name_that_the_settings_would_refuse(
    office, tmp_path, name
):
    text = sign(office, "board", "--text").stdout_bytes
    cms = tmp_path / "made.cms"
    cms.write_bytes(cms_of(TOKEN, text, datetime.now(UTC)))
    said = sign(office, name, "--cms", str(cms))
    assert said.exit_code == 3
    assert "$.name" in said.output
    assert [each.name for each in office.folder.iterdir()] == [office.policy.name]


@pytest.mark.parametrize("options", [(), ("--key", "a", "--cms", "b"), ("--text", "--cms", "b")])
def test_one_way_of_signing_is_chosen(office, options):
    said = office.run("policy", "sign", str(office.policy), "--name", "risk", *options)
    assert said.exit_code == 3


def test_a_file_that_is_no_policy_or_has_another_name_is_not_signed(office, tmp_path):
    other = tmp_path / "other.toml"
    other.write_bytes(SHIPPED)
    assert "a file is called by its id" in sign(office, "risk", path=other).output
    other.write_bytes(SHIPPED.replace(b"commands_min = 3", b"commands_min = 1"))
    assert sign(office, "risk", path=other).exit_code == 1
    assert not other.with_suffix(".sig").exists()


def test_a_file_that_is_no_key_signs_nothing(office, tmp_path):
    pem = tmp_path / "other.pem"
    write_secret(pem, b"x")
    said = sign(office, "risk", "--key", str(pem))
    assert said.exit_code == 3
    assert "no private key of" in said.output


def test_a_difference_is_told_in_words_and_looser_is_a_refusal(office, tmp_path):
    looser = tmp_path / "looser.toml"
    looser.write_bytes(SHIPPED.replace(b"clients_per_number = 1 ", b"clients_per_number = 2 "))
    said = office.run("--language", "ru", "policy", "diff", str(office.policy), str(looser))
    assert said.exit_code == 1
    number = "«клиентов на один номер не более» (limits.clients_per_number)"
    assert said.stdout == f"Мягче (1)\n  {number}: было 1, стало 2\n"
    back = office.run("--json", "policy", "diff", str(looser), str(office.policy))
    assert back.exit_code == 0
    told = json.loads(back.stdout)
    assert (told["stricter"], told["looser"]) == (1, 0)
    assert told["changes"][0]["at"] == "limits.clients_per_number"
    same = office.run("policy", "diff", str(looser), str(looser))
    assert same.stdout == "Nothing that a case goes by is another.\n"


def test_a_new_station_takes_the_folder_and_its_signers(office):
    for name in office.keys:
        sign(office, name)
    given = ("--policies", str(office.folder), "--signers", str(office.signers))
    assert office.init(*given, profile="production").exit_code == 0, "made"
    settings = (office.data / "workstation.toml").read_text(encoding="utf-8")
    assert 'folder = "policies"' in settings
    assert 'certificate = "policies/board.cer"' in settings
    assert "sha256 = " not in settings.split("\n[policy]\n")[1]
    assert (office.data / "policies" / "kz-2026-07-12.sig").is_file()
    assert not (office.data / "policy.toml").exists()


def test_a_new_station_takes_no_folder_that_one_alone_has_signed(office):
    sign(office, "risk")
    given = ("--policies", str(office.folder), "--signers", str(office.signers))
    said = office.init(*given)
    assert said.exit_code == 1
    assert "signed by risk alone" in said.stderr
    assert not office.data.exists()
    assert office.init(*given[:2]).exit_code == 3
