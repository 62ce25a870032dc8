import json

import pytest
from click.testing import CliRunner

from tests.support.pki.certificates import CONTENT, IIN, NOW, make_crl, world
from tests.support.vision.clips import write_clip
from workstation.ctl import program

MOMENT = NOW.isoformat()


def run(*arguments):
    return CliRunner().invoke(program, [str(each) for each in arguments])


@pytest.fixture
def files(tmp_path):
    """A signature, its content, its trust and its revocation lists, as files."""
    made = world()
    trust = tmp_path / "trust"
    trust.mkdir()
    (trust / "root.cer").write_bytes(made.root.der)
    (trust / "ca.cer").write_bytes(made.authority.der)
    (trust / "readme.txt").write_text("no certificate")
    (tmp_path / "s.cms").write_bytes(made.cms(detached=True))
    (tmp_path / "content.txt").write_bytes(CONTENT)
    (tmp_path / "root.crl").write_bytes(made.root_crl().raw)
    (tmp_path / "ca.crl").write_bytes(make_crl(made.authority))
    (tmp_path / "revoked.crl").write_bytes(
        make_crl(made.authority, [(made.person.parsed.serial, None)])
    )
    return tmp_path


def judged(files, *extra, lists=("root.crl", "ca.crl"), content="content.txt"):
    crl = [each for name in lists for each in ("--crl", files / name)]
    return run(
        "--json", "signature", "verify", files / "s.cms", "--content", files / content,
        "--trust", files / "trust", "--environment", "test", "--moment", MOMENT, *crl, *extra,
    )  # fmt: skip


def test_a_good_signature_passes_with_fresh_lists(files):
    result = judged(files, "--iin", IIN)
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["indication"] == "TOTAL_PASSED"


def test_without_revocation_lists_it_cannot_pass(files):
    result = judged(files, lists=())
    assert result.exit_code == 1
    assert json.loads(result.stdout)["indication"] == "INDETERMINATE"


def test_a_revoked_certificate_fails(files):
    result = judged(files, lists=("root.crl", "revoked.crl"))
    assert result.exit_code == 1
    (signature,) = json.loads(result.stdout)["signatures"]
    assert signature["sub_indication"] == "REVOKED"


def test_another_content_or_person_fails(files):
    (files / "other.txt").write_bytes(CONTENT + b"!")
    for result in (judged(files, content="other.txt"), judged(files, "--iin", "900101300017")):
        assert result.exit_code == 1
        assert json.loads(result.stdout)["indication"] == "TOTAL_FAILED"


def test_a_report_for_people_names_the_findings(files):
    result = run(
        "signature", "verify", files / "s.cms", "--content", files / "content.txt",
        "--trust", files / "trust", "--environment", "test", "--moment", MOMENT,
    )  # fmt: skip
    assert result.exit_code == 1
    assert "indication: INDETERMINATE" in result.stdout
    assert "Signature value" in result.stdout
    assert "next: Try again" in result.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["--trust", "/nowhere"],
        ["--crl", "/nowhere"],
        ["--iin", "12"],
        ["--moment", "2026-13-01T00:00:00Z"],
        [],
    ],
)
def test_wrong_input_is_exit_code_3_and_one_line(files, arguments):
    trusted = ["--trust", files / "trust"] if arguments and arguments[0] != "--trust" else []
    result = run("signature", "verify", files / "s.cms", *trusted, *arguments)
    assert result.exit_code == 3
    assert len(result.stderr.strip().splitlines()) == 1


def test_the_test_world_is_not_trusted_in_production_without_saying_so(files):
    result = run(
        "signature", "verify", files / "s.cms", "--trust", files / "trust", "--moment", MOMENT
    )
    assert result.exit_code == 1


def test_a_folder_without_certificates_is_no_trust(files, tmp_path):
    (tmp_path / "empty").mkdir()
    result = run("signature", "verify", files / "s.cms", "--trust", tmp_path / "empty")
    assert result.exit_code == 3


def test_what_is_no_photo_is_refused(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"\xff\xd8\xff" + b"no image" * 100)
    result = run("match", tmp_path / "a.jpg", tmp_path / "a.jpg")
    assert result.exit_code == 3
    assert "image_refused" in result.stderr


def test_two_photos_of_one_person_match_and_of_two_do_not(samples):
    faces = samples / "media" / "faces" / "bbt_amy"
    other = min((samples / "media" / "faces").glob("bbt_[!a]*/*.png"))
    same = run("--json", "match", faces / "amy1.png", faces / "amy1.png")
    different = run("--json", "match", faces / "amy1.png", other)
    assert json.loads(same.stdout)["verdict"] == "match"
    assert same.exit_code == 0
    assert json.loads(different.stdout)["verdict"] == "non_match"
    assert different.exit_code == 1


def test_a_clip_is_never_found_bona_fide(samples):
    pytest.importorskip("vision.camera.recording")
    clip = samples / "media" / "video" / "ap_real.mp4"
    report = json.loads(run("--json", "liveness", clip).stdout)
    assert report["with_face"] > 0
    assert report["verdict"] in {"undecided", "attack"}


def test_a_clip_that_is_not_there_is_wrong_input(tmp_path):
    pytest.importorskip("vision.camera.recording")
    assert run("liveness", tmp_path / "none.mp4").exit_code == 3


@pytest.mark.parametrize(
    "content",
    [b"no clip", b"\xff\xd8\xff\xe0" + bytes(600), b"\x00\x00\x00\x18ftypmp42" + bytes(64)],
)
def test_a_file_that_is_no_clip_is_wrong_input_and_what_is_accepted_is_said(tmp_path, content):
    (tmp_path / "clip.mp4").write_bytes(content)
    result = run("liveness", tmp_path / "clip.mp4")
    assert result.exit_code == 3
    assert "recording_refused" in result.stderr
    assert "MP4, MOV, AVI, Matroska or WebM" in result.stderr


def test_a_clip_that_was_cut_short_is_said_to_be(tmp_path):
    clip = write_clip(tmp_path / "clip.avi", frames=40)
    content = clip.read_bytes()
    whole = json.loads(run("--json", "liveness", clip).stdout)
    clip.write_bytes(content[: len(content) * 2 // 3])
    cut = json.loads(run("--json", "liveness", clip).stdout)
    assert (whole["clip"], cut["clip"]) == ("whole", "truncated")
    assert cut["frames"] < whole["frames"]
