"""A bank signs its rules on a PC with Windows: in a user's folder, by processes of their own."""

import json
import shutil
import sys
from pathlib import Path

import pytest

import resources
from tests.support.desktop.windows import said_by

pytestmark = [
    pytest.mark.skipif(sys.platform != "win32", reason="text mode and access lists of Windows"),
    pytest.mark.timeout(600),
]

POLICY = "kz-2026-07-12"


def ran(*arguments: object) -> str:
    code, printed = said_by(
        *("-m", "workstation.ctl", "--json", "policy", *map(str, arguments)),
        env={"PYTHONIOENCODING": "utf-8"},
    )
    assert code == 0, printed
    return printed


def test_two_people_put_a_version_in_force_and_octets_stay_as_they_are(tmp_path: Path) -> None:
    office = tmp_path / "Қайрат Әбіләкімұлы" / "ережелер"
    office.mkdir(parents=True)
    policy = office / f"{POLICY}.toml"
    shutil.copyfile(resources.path("policies", policy.name), policy)
    signers, rows = office.parent / "signers.toml", []
    for name in ("risk", "compliance"):
        key = office.parent / f"{name}.pem"
        stated = json.loads(ran("key", name, key).splitlines()[0])
        rows.append(f"[[signers]]\nname = {json.dumps(name)}\nvkey = {json.dumps(stated['vkey'])}")
        ran("sign", policy, "--name", name, "--key", key)
    # As an editor of Windows leaves it.
    signers.write_text("\n".join(rows) + "\n", encoding="utf-8", newline="\r\n")

    (row,) = ran("calendar", office, "--signers", signers).splitlines()[:1]

    assert json.loads(row)["signers"] == ["risk", "compliance"]
    note = policy.with_suffix(".sig").read_bytes()
    assert b"\r" not in note
    # `said_by` reads a pipe: what a token elsewhere is to sign has come through it unchanged.
    assert note.startswith(ran("sign", policy, "--name", "board", "--text").encode() + b"\n")
