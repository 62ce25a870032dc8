"""`document verify`: what a state signed in a chip, verified again without the chip."""

import base64
import json

import pytest

from crypto.asn1 import writer as w
from crypto.asn1.der import Node, context
from tests.support.lds.documents import CARD_LINES, JPEG, NOW, document, make_files
from tests.support.station.command_line import CommandLine
from workstation.records.chip_files import describe_chip_files
from workstation.sandbox.identity_cards import DocumentContents
from workstation.sandbox.people import PEOPLE
from workstation.sandbox.pki.travel_documents import issue_csca

MOMENT = ("--moment", NOW.isoformat())


@pytest.fixture
def line(tmp_path, monkeypatch):
    return CommandLine(tmp_path, monkeypatch)


@pytest.fixture
def place(tmp_path):
    made, folder = document(), tmp_path / "chip"
    folder.mkdir()
    keep(folder, made.files)
    (tmp_path / "csca.cer").write_bytes(made.csca.der)
    return tmp_path


def keep(folder, files):
    (folder / "EF_SOD.bin").write_bytes(files.security_object)
    (folder / "EF_COM.bin").write_bytes(files.com)
    for number, octets in files.data_groups.items():
        (folder / f"DG{number}.bin").write_bytes(octets)


def trusting(place):
    return ("--csca", str(place / "csca.cer"), "--environment", "test", *MOMENT)


def verify(line, place, *files):
    given = [str(place / each) for each in files]
    return line.run("--json", "document", "verify", *given, *trusting(place), data=False)


def write_payload(place, files, reference=JPEG):
    payload = {
        "version": 3,
        "case": "c",
        "chip": None if files is None else describe_chip_files(files),
        "reference": base64.b64encode(reference).decode(),
    }
    (place / "payload.json").write_text(json.dumps(payload), "utf-8")
    return "payload.json"


def test_files_that_a_trusted_state_signed_pass_as_a_folder_and_one_by_one(line, place):
    alone = ("chip/EF_SOD.bin", "chip/DG2.bin", "chip/DG1.bin")
    for given in (("chip",), alone):
        result = verify(line, place, *given)
        told = json.loads(result.stdout)

        assert result.exit_code == 0
        assert told["indication"] == "TOTAL_PASSED"
        assert told["csca_sha256"] == document().csca.parsed.sha256
        assert (told["holder"]["number"], told["holder"]["surname"]) == ("123456789", "IVANOV")
        assert told["portrait"] == {"kind": "jpeg", "octets": len(JPEG), "created": None}
        assert told["chip_may_be_copy"]


def test_the_number_of_the_person_is_told_with_how_sure_its_place_is(line, place):
    lines = DocumentContents.of_customer(PEOPLE[0]).card_lines
    keep(place / "chip", make_files(document().signer, lines))
    holder = json.loads(verify(line, place, "chip").stdout)["holder"]

    assert (holder["iin"], holder["iin_grade"]) == (PEOPLE[0].iin, "secondary_source")
    assert (holder["expired"], holder["wrong_check_digits"]) == (False, [])


def test_people_are_told_the_verdict_first_and_in_their_language(line, place):
    shown = line.run(
        "--language", "ru", "document", "verify", str(place / "chip"), *trusting(place), data=False
    )

    assert shown.stdout.startswith("indication: TOTAL_PASSED: ")
    assert "\nreason: chip.passed: " in shown.stdout
    assert "\nvalidated_at: 2026-11-01T00:00:00+00:00\n" in shown.stdout
    assert "IVANOV" in shown.stdout


def test_a_changed_octet_of_any_file_is_refused(line, place):
    for name in ("EF_SOD.bin", "DG1.bin", "DG2.bin"):
        whole = (place / "chip" / name).read_bytes()
        (place / "chip" / name).write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        result = verify(line, place, "chip")

        assert result.exit_code == 1
        assert json.loads(result.stdout)["indication"] != "TOTAL_PASSED"
        (place / "chip" / name).write_bytes(whole)


def test_another_states_authority_vouches_for_nothing(line, place):
    (place / "csca.cer").write_bytes(issue_csca().der)
    result = verify(line, place, "chip")
    assert (result.exit_code, json.loads(result.stdout)["reason"]) == (1, "chip.no_csca")


def test_the_sandboxs_authority_is_none_of_production(line, place):
    csca = str(place / "csca.cer")
    result = line.run(
        "--json", "document", "verify", str(place / "chip"), "--csca", csca, data=False
    )

    assert result.exit_code == 3
    assert json.loads(result.stdout)["error"]["code"] == "trust_refused"


def test_a_station_trusts_whom_its_settings_name(line, place):
    assert line.init().exit_code == 0
    result = line.run("document", "verify", str(place / "chip"))
    assert result.exit_code != 0  # the settings are not filled in yet

    without = line.run("document", "verify", str(place / "chip"), data=False)
    assert (without.exit_code, "--data" in without.stderr) == (3, True)


def test_a_court_finds_in_a_payload_that_the_compared_photo_is_the_signed_portrait(line, place):
    result = verify(line, place, write_payload(place, document().files))
    told = json.loads(result.stdout)

    assert result.exit_code == 0
    assert told["compared_with_portrait"] is True
    assert told["access"] == "bac"


def test_a_payload_whose_photo_is_another_is_refused(line, place):
    result = verify(line, place, write_payload(place, document().files, JPEG + b"\x00"))

    assert result.exit_code == 1
    assert json.loads(result.stdout)["compared_with_portrait"] is False


@pytest.mark.parametrize("files", [None, "not json"])
def test_a_payload_without_a_chip_says_so(line, place, files):
    if files is None:
        write_payload(place, None)
    else:
        (place / "payload.json").write_text("{", "utf-8")
    result = verify(line, place, "payload.json")

    assert result.exit_code == 3
    assert json.loads(result.stdout)["error"]["code"] == "chip_files_refused"


def test_files_of_no_chip_are_named_and_nothing_is_read_without_bound(line, place):
    (place / "photo.jpg").write_bytes(JPEG)
    assert verify(line, place, "photo.jpg").exit_code == 3
    assert verify(line, place, "chip/DG1.bin").exit_code == 3
    assert verify(line, place, "chip/EF_SOD.bin", "chip", "nowhere").exit_code == 3
    (place / "chip" / "DG2.bin").write_bytes(b"\x75\x84\x00\xa0\x00\x00" + bytes(10 << 20))
    refused = verify(line, place, "chip")
    assert refused.exit_code == 3
    assert "larger" in json.loads(refused.stdout)["error"]["detail"]


def strip_certificate(node, der):
    """Return an element without `certificates`, every length around them corrected."""
    if node.raw == w.tlv(context(0), der):
        return b""
    if node.constructed and der in node.raw:
        return w.tlv(node.tag, *(strip_certificate(each, der) for each in node.children()))
    return node.raw


def test_a_signer_that_the_chip_does_not_carry_is_brought_along(line, place):
    sod = place / "chip" / "EF_SOD.bin"
    whole = sod.read_bytes()
    signer = document().signer.der
    sod.write_bytes(strip_certificate(Node.at(whole, 0, len(whole)), signer))
    (place / "signer.cer").write_bytes(signer)
    missing = verify(line, place, "chip")
    assert json.loads(missing.stdout)["reason"] == "chip.certificate_missing"

    given = ["document", "verify", str(place / "chip"), "--signer", str(place / "signer.cer")]
    assert line.run(*given, *trusting(place), data=False).exit_code == 0


def test_a_chip_whose_lines_are_none_is_shown_with_the_rule_that_failed(line, place):
    for old in (place / "chip").iterdir():
        old.unlink()
    lines = ("XXKAZ1234567897900101300123<<<", *CARD_LINES[1:])
    keep(place / "chip", make_files(document().signer, lines))
    told = json.loads(verify(line, place, "chip").stdout)

    assert told["holder"]["refused"] == "mrz_document_code"
