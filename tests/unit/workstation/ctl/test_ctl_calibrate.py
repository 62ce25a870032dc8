"""`calibrate`, `errors` and `match --pairs`: a bank's own pairs, through the command line."""

import csv
import json

import cv2
import numpy as np
import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from crypto.log.format.note import NoteSigner
from tests.support.vision.faces import ASTRONAUT, HOPPER, photo
from workstation.ctl import program
from workstation.ctl.failures import ExitCode


def run(*arguments):
    return CliRunner().invoke(program, [str(each) for each in arguments])


@pytest.fixture(scope="module")
def pairs(tmp_path_factory):
    """Two people in two photos each, a photo of nobody, and every pair of them."""
    folder = tmp_path_factory.mktemp("pairs")
    for name, person in (("a", ASTRONAUT), ("h", HOPPER)):
        for number, scale in ((1, 1.0), (2, 0.8)):
            image = cv2.resize(photo(person), None, fx=scale, fy=scale)
            bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
            assert cv2.imwrite(str(folder / f"{name}{number}.png"), bgr)
    assert cv2.imwrite(str(folder / "nobody.png"), np.full((200, 200, 3), 90, np.uint8))
    rows = [
        ("a1.png", "a2.png", 1, "f"),
        ("h1.png", "h2.png", 1, "f"),
        ("a1.png", "h1.png", 0, "f"),
        ("a2.png", "h2.png", 0, ""),
        ("a1.png", "nobody.png", 0, ""),
    ]
    path = folder / "pairs.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(("file_a", "file_b", "same", "sex"))
        writer.writerows(rows)
    return path


def test_every_pair_of_a_list_has_its_verdict(pairs):
    result = run("--json", "match", "--pairs", pairs)
    rows = [json.loads(line) for line in result.stdout.splitlines()]

    assert result.exit_code == 0
    assert [each["verdict"] for each in rows] == [
        "match",
        "match",
        "non_match",
        "non_match",
        "no_face",
    ]
    assert rows[0]["sex"] == "f"
    assert rows[0]["distance_ppm"] < 300_000
    assert rows[2]["distance_ppm"] > 680_000
    assert rows[4]["distance_ppm"] is None


def test_a_card_is_written_shown_and_read_back(pairs, tmp_path):
    out = tmp_path / "card.json"
    made = run("--json", "calibrate", pairs, "--out", out)
    again = run("--json", "errors", out)

    assert (made.exit_code, again.exit_code) == (0, 0)
    assert json.loads(made.stdout) == json.loads(again.stdout)
    shown = json.loads(again.stdout)
    assert [each["group"] for each in shown["groups"]] == ["all", "sex=f"]
    assert (shown["left_out"], shown["signed_by"]) == (1, "")
    assert "sface" in shown["model"]
    assert "a1.png" not in out.read_text(encoding="utf-8")


def test_a_signed_card_names_its_key_and_a_changed_one_is_refused(pairs, tmp_path, monkeypatch):
    signer = NoteSigner("bank.kz/log/a-07/g1", Ed25519PrivateKey.from_private_bytes(bytes(32)))
    monkeypatch.setattr("workstation.ctl.calibrate._station_signer", lambda _console: signer)
    out = tmp_path / "card"
    assert run("calibrate", pairs, "--out", out).exit_code == 0
    signed = run("--json", "errors", out, "--key", signer.vkey)

    assert signed.exit_code == 0
    assert json.loads(signed.stdout)["signed_by"] == signer.name
    other = NoteSigner(signer.name, Ed25519PrivateKey.from_private_bytes(bytes(31) + b"1"))
    assert run("errors", out, "--key", other.vkey).exit_code == ExitCode.REFUSED
    out.write_bytes(out.read_bytes().replace(b'"left_out":1', b'"left_out":0'))
    assert run("errors", out, "--key", signer.vkey).exit_code == ExitCode.REFUSED


def test_a_rate_that_so_few_pairs_cannot_show_is_refused(pairs, tmp_path):
    result = run("calibrate", pairs, "--out", tmp_path / "card", "--false-match-ppm", "1000")

    assert result.exit_code != 0
    assert "too few impostor scores" in result.output
    assert not (tmp_path / "card").exists()


def test_the_published_card_is_of_the_shipped_model():
    result = run("--json", "errors")
    shown = json.loads(result.stdout)

    assert result.exit_code == 0
    assert "fb143eea07838aa5" in shown["model"]
    assert (shown["match_ppm"], shown["review_ppm"]) == (550_000, 680_000)
    everybody = shown["groups"][0]
    assert everybody["two_people"] == 2607
    assert everybody["false_matches"].startswith("0 ")


def test_a_person_reads_the_same_card():
    result = run("errors")

    assert result.exit_code == 0
    assert "group=lfw-asian" in result.stdout


@pytest.mark.parametrize(
    "text",
    ["", "file_a,file_b\na,b\n", "file_a,file_b,same\n", "file_a,file_b,same\na,b,maybe\n"],
)
def test_a_list_that_is_none_is_refused(tmp_path, text):
    path = tmp_path / "pairs.csv"
    path.write_text(text, encoding="utf-8")
    result = run("match", "--pairs", path)

    assert result.exit_code == ExitCode.INPUT
    assert "pairs.csv" in result.output


@pytest.mark.parametrize("arguments", [(), ("one.jpg",), ("a", "b", "--pairs", "c")])
def test_two_photos_or_a_list_are_needed(arguments):
    assert run("match", *arguments).exit_code == ExitCode.INPUT


def test_a_card_of_another_kind_is_refused(tmp_path):
    (tmp_path / "card").write_bytes(b"{}")
    assert run("errors", tmp_path / "card").exit_code == ExitCode.INPUT
