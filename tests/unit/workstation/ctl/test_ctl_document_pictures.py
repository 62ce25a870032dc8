"""`document read PICTURE...`: what pictures show is judged as a session judges frames."""

import json
from dataclasses import replace
from datetime import date

import cv2
import numpy as np
import pytest

from tests.support.station.command_line import CommandLine
from tests.support.station.documents import card_lines
from tests.support.vision.documents import NO_DOCUMENT
from vision.document.layout import MrzFormat
from vision.document.reading import MrzReading
from workstation.ctl import document_pictures

NOW = ("--moment", "2026-11-22T20:30:15+00:00")


def reading(lines=None, margin=9.0, *, score=-0.1, upside_down=False):
    lines = lines or card_lines()
    cells = tuple(tuple(((sign, 0.0), ("?", margin)) for sign in line) for line in lines)
    return MrzReading(MrzFormat.TD1, lines, cells, margin, score, (), upside_down, 1.0)


class Shown:
    """An analysis that sees what a test says, by the grey of the picture."""

    seen: dict[int, MrzReading | None]

    def __init__(self, _folder):
        pass

    def observe_document(self, frame):
        mrz = self.seen[round(float(frame.pixels.mean()))]
        return replace(NO_DOCUMENT, sequence=frame.sequence, mrz=mrz)


@pytest.fixture
def read(tmp_path, monkeypatch):
    line = CommandLine(tmp_path, monkeypatch)

    def run(*shown, as_json=True):
        Shown.seen = {}
        files = []
        for grey, mrz in enumerate(shown, start=50):
            Shown.seen[grey] = mrz
            files.append(tmp_path / f"{grey}.png")
            cv2.imwrite(str(files[-1]), np.full((100, 120, 3), grey, np.uint8))
        monkeypatch.setattr(document_pictures, "InlineAnalysis", Shown)
        before = ["--json"] if as_json else []
        return line.run(*before, "document", "read", *map(str, files), *NOW, data=False)

    return run


def told(result):
    return json.loads(result.stdout)


def test_lines_that_add_up_are_accepted_and_never_authenticated(read):
    result = read(None, reading(), reading(upside_down=True))

    assert result.exit_code == 0
    assert told(result)["equal_readings"] == 2
    assert told(result)["authenticated"] is False
    assert told(result)["document"]["number"] == "012345678"
    assert [each["format"] for each in told(result)["pictures"]] == [None, "td1", "td1"]


@pytest.mark.parametrize(
    ("shown", "reason"),
    [
        ([None], "no_lines"),
        ([reading(margin=0.9)], "mrz_unclear"),
        ([reading(score=-0.5)], "mrz_unreadable"),
        ([reading(("X" * 30,) * 3)], "mrz_document_code"),
        ([reading((card_lines()[0].replace("0123456784", "0123456785"), *card_lines()[1:]))],
         "mrz_check"),
        ([reading(), reading(card_lines(number="987654321"))], "several_documents"),
        ([reading(), reading(card_lines(name="OTHER<<NAME"))], "several_documents"),
        ([reading(card_lines(expires=date(2025, 1, 1)))], "mrz_expired"),
        ([reading(card_lines(iin="<" * 12))], "mrz_personal_number"),
        ([reading(card_lines(sex="F"))], "mrz_personal_sex"),
    ],
)  # fmt: skip
def test_what_is_not_accepted_says_why(read, shown, reason):
    result = read(*shown)

    assert (result.exit_code, told(result)["accepted"]) == (1, False)
    assert told(result)["reason"] == reason


def test_a_document_that_is_not_accepted_is_shown_with_what_is_wrong(read):
    first, *others = card_lines()
    result = read(reading((first.replace("0123456784", "0123456785"), *others)))

    assert told(result)["document"]["wrong_check_digits"] == ["number", "composite"]
    assert told(result)["pictures"][0]["refused"] == "mrz_check number,composite"
    assert told(result)["pictures"][0]["lines"][0].startswith("IDKAZ0123456785")


def test_a_character_that_the_check_digits_corrected_is_named(read):
    first, *others = card_lines()
    misread = reading((first.replace("0123456784", "0123456785"), *others))
    cells = [list(line) for line in misread.alternatives]
    cells[0][14] = (("5", 0.0), ("4", 2.0), ("?", 9.0))
    result = read(replace(misread, alternatives=tuple(map(tuple, cells))))

    assert told(result)["accepted"]
    assert told(result)["pictures"][0]["corrected"] == "1:15 5>4"


def test_one_good_picture_among_bad_ones_suffices(read):
    assert read(reading(margin=0.1), None, reading()).exit_code == 0


def test_a_picture_that_is_given_twice_counts_once(read, tmp_path, monkeypatch):
    read(reading())
    line = CommandLine(tmp_path, monkeypatch)
    file = str(tmp_path / "50.png")
    result = line.run("--json", "document", "read", file, file, *NOW, data=False)

    assert told(result)["equal_readings"] == 1


def test_people_read_the_same(read):
    shown = read(reading(), as_json=False).stdout

    assert "accepted: True" in shown
    assert "surname=TESTOV" in shown or "surname: TESTOV" in shown


@pytest.mark.parametrize(
    ("octets", "code"),
    [(b"", "image_refused"), (b"\xff\xd8\xff\xe0" + bytes(40), "image_"), (b"GIF89a", "image_")],
)
def test_what_is_no_picture_is_one_line_and_no_traceback(tmp_path, monkeypatch, octets, code):
    (tmp_path / "x.jpg").write_bytes(octets)
    line = CommandLine(tmp_path, monkeypatch)
    result = line.run("--json", "document", "read", str(tmp_path / "x.jpg"), data=False)

    assert result.exit_code == 3
    assert told(result)["error"]["code"].startswith(code)


def test_options_of_the_chip_are_none_of_pictures(tmp_path, monkeypatch):
    line = CommandLine(tmp_path, monkeypatch)
    result = line.run("document", "read", "a.jpg", "--number", "1", data=False)

    assert result.exit_code == 3
    assert "document read chip" in result.stderr
