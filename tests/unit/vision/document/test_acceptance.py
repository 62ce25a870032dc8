"""When a reading is believed: each failing rule by its code, and at most one corrected cell."""

from dataclasses import replace
from datetime import date

import pytest

from tests.support.documents.rendered_set import TODAY, is_valid_iin
from tests.support.documents.zones import MrzPerson, write_td1, write_td3
from tests.support.vision.documents import NO_DOCUMENT
from vision.document.acceptance import AcceptedMrz, MrzRefusal, accept_reading
from vision.document.capture import DocumentCapture
from vision.document.layout import LAYOUTS, MrzFormat, compute_check_digit
from vision.document.reading import MrzReading

PERSON = MrzPerson()
TD1 = write_td1(PERSON)


def reading(lines, *, margin=9.0, score=-0.01, others=None):
    """Return a reading; `others`: (line, column) -> (character, margin) of its second choice."""
    others = others or {}
    sizes = {(each.rows, each.columns): kind for kind, each in LAYOUTS.items()}
    return MrzReading(
        format=sizes.get((len(lines), len(lines[0])), MrzFormat.TD1),
        lines=tuple(lines),
        alternatives=tuple(
            tuple(
                ((letter, 0.0), others.get((line, column), ("#", margin)))
                for column, letter in enumerate(text)
            )
            for line, text in enumerate(lines)
        ),
        margin=margin,
        score=score,
        corners=((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)),
        upside_down=False,
        elapsed_ms=1.0,
    )


def judge(lines, **more):
    return accept_reading(reading(lines, **more), is_valid_iin, TODAY)


def code(lines, **more):
    judged = judge(lines, **more)
    assert isinstance(judged, MrzRefusal)
    return judged.code


def put(lines, line, column, text):
    changed = list(lines)
    changed[line] = changed[line][:column] + text + changed[line][column + len(text) :]
    return tuple(changed)


def with_composite(lines):
    """Return lines of TD1 whose composite digit is right again."""
    first, second, _ = lines
    digit = compute_check_digit(first[5:30] + second[:7] + second[8:15] + second[18:29])
    return put(lines, 1, 29, str(digit))


@pytest.mark.parametrize(
    ("write", "grade"), [(write_td1, "secondary_source"), (write_td3, "unconfirmed")]
)
def test_a_clear_reading_of_a_valid_document_is_accepted(write, grade):
    accepted = judge(write(PERSON))

    assert isinstance(accepted, AcceptedMrz)
    assert (accepted.personal_number, accepted.grade) == (PERSON.personal_number(), grade)
    assert accepted.corrected is None


@pytest.mark.parametrize("write", [write_td1, write_td3])
@pytest.mark.parametrize("field", ["number", "birth", "expiry"])
def test_one_changed_digit_is_refused_by_its_check(write, field):
    lines = write(PERSON)
    kind = MrzFormat.TD1 if write is write_td1 else MrzFormat.TD3
    place = LAYOUTS[kind].fields[field]
    column = place.after - 1
    digit = lines[place.line][column]
    judged = judge(put(lines, place.line, column, str((int(digit) + 1) % 10)))

    assert isinstance(judged, MrzRefusal)
    assert judged.code == "mrz_check"
    assert judged.detail.split(",") == [field, "composite"]


def test_two_digits_whose_sums_cancel_are_found_by_the_persons_number():
    # The first and the fourth digit have the same weight: exchanging them keeps every digit.
    exchanged = put(put(TD1, 0, 15, TD1[0][18]), 0, 18, TD1[0][15])
    assert compute_check_digit(exchanged[0][5:30]) == compute_check_digit(TD1[0][5:30])
    assert code(exchanged) == "mrz_personal_number"


def test_two_digits_of_a_birth_whose_sums_cancel_contradict_the_persons_number():
    changed = next(
        lines
        for day in range(1, 29)
        for month in range(1, 13)
        if f"{month:02d}{day:02d}" != "0417"
        and compute_check_digit((lines := put(TD1, 1, 2, f"{month:02d}{day:02d}"))[1][:6])
        == compute_check_digit(TD1[1][:6])
        and with_composite(lines) == lines
    )

    assert code(changed) == "mrz_personal_birth"


def test_two_digits_of_the_documents_number_that_cancel_are_beyond_every_digit():
    """The register's number has to be compared: no digit of the zone covers it otherwise."""
    exchanged = put(put(TD1, 0, 5, TD1[0][8]), 0, 8, TD1[0][5])

    accepted = judge(exchanged)
    assert isinstance(accepted, AcceptedMrz)
    assert accepted.fields.number != PERSON.number


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (MrzPerson(birth=date(1990, 4, 18)), "mrz_personal_birth"),
        (MrzPerson(birth=date(1990, 4, 17), sex="M"), "mrz_personal_sex"),
    ],
)
def test_the_number_of_another_person_with_right_digits_is_refused(other, expected):
    changed = with_composite(put(TD1, 0, 15, other.personal_number()))

    assert code(changed) == expected


def test_a_number_of_another_century_is_refused():
    born = MrzPerson(birth=date(1925, 4, 17))
    older = with_composite(
        put(write_td1(born), 0, 15, MrzPerson(birth=date(1825, 4, 17)).personal_number())
    )

    assert code(older) == "mrz_personal_birth"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (write_td1(PERSON, issuer="UTO"), "mrz_other_issuer"),
        (write_td3(PERSON, issuer="D"), "mrz_other_issuer"),
        (("V" + write_td3(PERSON)[0][1:], write_td3(PERSON)[1]), "mrz_visa"),
        (write_td1(MrzPerson(number="A12345678")), "mrz_field"),
        (write_td1(MrzPerson(iin="<" * 12)), "mrz_personal_number"),
        (write_td1(MrzPerson(expiry=date(2026, 11, 28))), "mrz_expired"),
        (put(TD1, 1, 7, "X"), "mrz_sex"),
        (put(TD1, 2, 0, "<"), "mrz_name"),
    ],
)
def test_what_is_not_a_valid_document_of_kazakhstan_is_refused_by_its_rule(lines, expected):
    assert code(lines) == expected


def test_a_document_is_valid_on_its_last_day():
    assert isinstance(judge(write_td1(MrzPerson(expiry=TODAY))), AcceptedMrz)


def test_a_name_must_be_clearer_than_what_check_digits_cover():
    assert code(TD1, others={(2, 3): ("X", 3.9)}) == "mrz_unclear"
    assert isinstance(judge(TD1, others={(2, 3): ("X", 4.1)}), AcceptedMrz)
    assert isinstance(judge(TD1, others={(0, 7): ("3", 1.1)}), AcceptedMrz)


def test_a_reading_that_does_not_say_how_clear_it_is_is_refused():
    silent = replace(reading(TD1), alternatives=())

    assert accept_reading(silent, is_valid_iin, TODAY).code == "mrz_unclear"


def test_an_unclear_or_unlikely_reading_is_refused():
    assert code(TD1, margin=0.9) == "mrz_unclear"
    assert code(TD1, score=-0.5) == "mrz_unreadable"


def test_one_character_is_corrected_by_the_digits():
    wrong = put(TD1, 0, 5, "8")
    accepted = judge(wrong, others={(0, 5): (TD1[0][5], 2.5)})

    assert isinstance(accepted, AcceptedMrz)
    assert accepted.fields.number == PERSON.number
    corrected = accepted.corrected
    assert (corrected.line, corrected.column) == (0, 5)
    assert (corrected.read, corrected.taken) == ("8", "0")


def test_a_dear_correction_is_not_made():
    wrong = put(TD1, 0, 5, "8")

    assert code(wrong, others={(0, 5): (TD1[0][5], 4.1)}) == "mrz_check"


def test_after_a_correction_everything_else_must_be_clearer():
    wrong = put(TD1, 0, 5, "8")
    others = {(0, 5): (TD1[0][5], 2.5), (1, 3): ("3", 1.2)}

    assert code(wrong, others=others) == "mrz_unclear"


def test_two_characters_are_never_corrected():
    wrong = put(put(TD1, 0, 5, "8"), 0, 7, "7")
    others = {(0, 5): (TD1[0][5], 1.5), (0, 7): (TD1[0][7], 1.5)}

    assert code(wrong, others=others) == "mrz_check"


def test_a_foreigner_with_a_residence_permit_has_a_number_without_sex():
    lines = put(TD1, 1, 15, "UZB")
    from tests.support.pki.certificates import well_formed_iin

    number = well_formed_iin("9004170" + "0012")
    changed = with_composite(put(lines, 0, 15, number))
    assert isinstance(judge(changed), AcceptedMrz)
    # Who has become a citizen keeps the number.
    assert isinstance(judge(with_composite(put(TD1, 0, 15, number))), AcceptedMrz)
    later = well_formed_iin("9004180" + "0012")
    assert code(with_composite(put(lines, 0, 15, later))) == "mrz_personal_birth"


def test_two_frames_must_say_the_same():
    def believe(read):
        judged = accept_reading(read, is_valid_iin, TODAY)
        return judged.fields.text if isinstance(judged, AcceptedMrz) else None

    capture = DocumentCapture(believe)
    other = write_td1(replace(PERSON, surname="SPECIMENOVO"))
    for sequence, lines in ((1, TD1), (1, TD1), (2, other)):
        capture.observe(replace(NO_DOCUMENT, sequence=sequence, mrz=reading(lines)))
        assert capture.mrz is None
    capture.observe(replace(NO_DOCUMENT, sequence=3, mrz=reading(TD1)))

    assert capture.mrz == "\n".join(TD1)
