"""The zone apart from pixels: grammar, digits, dates, names (ICAO Doc 9303 parts 3 to 6)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.documents.zones import MrzPerson, write_td1, write_td3
from vision.document.layout import LAYOUTS, allowed_characters
from vision.document.mrz import MrzFormat, compute_check_digit, parse_mrz, split_zone
from vision.errors import MrzRefused

TODAY = date(2026, 11, 29)
# The specimens of Doc 9303 part 5, appendix B; part 6, appendix B; part 4, appendix B.
TD1 = (
    "I<UTOD231458907<<<<<<<<<<<<<<<",
    "7408122F1204159UTO<<<<<<<<<<<6",
    "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
)
TD2 = ("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6")
TD3 = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
)


def refused(lines):
    with pytest.raises(MrzRefused) as caught:
        parse_mrz(lines, TODAY)
    return caught.value.code


def find_faults(lines):
    """Return the rule that refuses, or the fields whose digit is wrong."""
    try:
        return set(parse_mrz(lines, TODAY).wrong_checks)
    except MrzRefused as error:
        return {error.code}


@pytest.mark.parametrize(
    ("lines", "kind", "number", "optional"),
    [
        (TD1, MrzFormat.TD1, "D23145890", ""),
        (TD2, MrzFormat.TD2, "D23145890", ""),
        (TD3, MrzFormat.TD3, "L898902C3", "ZE184226B"),
    ],
)
def test_the_specimens_of_doc_9303_are_read(lines, kind, number, optional):
    fields = parse_mrz(lines, TODAY)

    assert (fields.format, fields.number, fields.optional) == (kind, number, optional)
    assert (fields.issuer, fields.nationality) == ("UTO", "UTO")
    assert (fields.birth, fields.expiry) == (date(1974, 8, 12), date(2012, 4, 15))
    assert (fields.sex, fields.surname, fields.given_names) == ("F", "ERIKSSON", "ANNA MARIA")
    assert fields.text == "\n".join(lines)
    assert fields.wrong_checks == ()


@pytest.mark.parametrize("lines", [TD1, TD2, TD3])
def test_every_changed_digit_of_a_checked_field_is_told(lines):
    layout = LAYOUTS[parse_mrz(lines, TODAY).format]
    for name in layout.checks:
        place = layout.fields[name]
        column = place.first + 1
        old = lines[place.line][column]
        new = "1" if old != "1" else "2"
        changed = list(lines)
        changed[place.line] = lines[place.line][:column] + new + lines[place.line][column + 1 :]
        assert find_faults(changed) & {name, f"mrz_{name}"}


def test_a_long_number_goes_on_in_the_optional_data():
    # Doc 9303 part 5, section 4.2.2, note j.
    whole = "D23145890734"
    digit = compute_check_digit(whole)
    line = f"I<UTO{whole[:9]}<{whole[9:]}{digit}".ljust(30, "<")
    fields = parse_mrz((line, *TD1[1:]), TODAY)

    assert fields.number == whole
    assert fields.optional == ""
    assert "number" not in fields.wrong_checks


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ((), "mrz_lines"),
        (TD1[:2], "mrz_lines"),
        ((*TD1, TD1[0]), "mrz_lines"),
        ((TD3[0], TD3[1] + "<"), "mrz_lines"),
        ((TD3[0] * 100, TD3[1]), "mrz_lines"),
        ((TD3[0].lower(), TD3[1]), "mrz_characters"),
        ((TD3[0], TD3[1][:-1] + "Ж"), "mrz_characters"),
        ((TD3[0], TD3[1][:-1] + "\n"), "mrz_characters"),
        (("V" + TD3[0][1:], TD3[1]), "mrz_visa"),
        (("V" + TD2[0][1:], TD2[1]), "mrz_visa"),
        (("I" + TD3[0][1:], TD3[1]), "mrz_document_code"),
        (("V" + TD1[0][1:], *TD1[1:]), "mrz_document_code"),
        ((TD3[0][:2] + "U<O" + TD3[0][5:], TD3[1]), "mrz_issuer"),
        ((TD3[0], TD3[1].replace("UTO", "U1O")), "mrz_nationality"),
        ((TD3[0], "<" * 9 + TD3[1][9:]), "mrz_number"),
        ((TD3[0], TD3[1].replace("740812", "740832")), "mrz_birth"),
        ((TD3[0], TD3[1].replace("740812", "7408<<")), "mrz_birth"),
        ((TD3[0], TD3[1].replace("120415", "120015")), "mrz_expiry"),
        ((TD3[0], TD3[1].replace("2F1", "2X1")), "mrz_sex"),
        ((TD3[0].replace("UTOE", "UTO<"), TD3[1]), "mrz_name"),
        ((TD3[0].replace("ANNA", "ANN4"), TD3[1]), "mrz_name"),
        ((TD3[0].replace("ANNA<MARIA", "ANN<<MARIA"), TD3[1]), "mrz_name"),
    ],
)
def test_what_is_no_zone_is_refused_by_its_rule(lines, code):
    assert refused(lines) == code


@pytest.mark.parametrize(
    ("birth", "year"), [("261128", 2026), ("261129", 2026), ("261130", 1926), ("000229", 2000)]
)
def test_a_birth_is_the_latest_such_day_of_the_past(birth, year):
    lines = (TD3[0], TD3[1].replace("740812", birth))

    assert parse_mrz(lines, TODAY).birth.year == year


def test_a_leap_day_of_no_leap_year_is_refused():
    assert refused((TD3[0], TD3[1].replace("740812", "230229"))) == "mrz_birth"
    assert refused((TD3[0], TD3[1].replace("120415", "250229"))) == "mrz_expiry"


@pytest.mark.parametrize(("expiry", "year"), [("991231", 1999), ("761231", 2076), ("770101", 1977)])
def test_an_expiry_is_within_fifty_years(expiry, year):
    assert parse_mrz((TD3[0], TD3[1].replace("120415", expiry)), TODAY).expiry.year == year


@pytest.mark.parametrize("write", [write_td1, write_td3])
def test_a_zone_written_here_reads_as_it_was_written(write):
    person = MrzPerson(surname="NURLANOV", given_names="AIBEK ASKARULY")
    fields = parse_mrz(write(person), TODAY)

    assert (fields.surname, fields.given_names) == ("NURLANOV", "AIBEK ASKARULY")
    assert (fields.birth, fields.sex) == (person.birth, person.sex)
    assert fields.wrong_checks == ()


@given(st.lists(st.text(alphabet="AB01<VPI\n", min_size=28, max_size=45), max_size=4))
def test_lines_of_any_kind_are_read_or_refused(lines):
    faults = find_faults(lines)

    known = {*LAYOUTS[MrzFormat.TD3].checks, "composite"}
    assert all(each.startswith("mrz_") or each in known for each in faults)


@pytest.mark.parametrize("kind", list(MrzFormat))
def test_the_specimens_fit_the_characters_that_their_cells_may_hold(kind):
    lines = {"td1": TD1, "td2": TD2, "td3": TD3}[kind]
    cells = allowed_characters(kind)

    assert [len(each) for each in cells] == [len(each) for each in lines]
    for held, line in zip(cells, lines, strict=True):
        assert all(letter in each for letter, each in zip(line, held, strict=True))


@pytest.mark.parametrize(("rows", "columns"), [(3, 30), (2, 36), (2, 44)])
def test_a_zone_in_one_piece_is_cut_into_its_lines(rows, columns):
    lines = tuple("ABC"[row] * columns for row in range(rows))
    assert split_zone("".join(lines)) == lines


@pytest.mark.parametrize("length", [0, 30, 89, 91, 10_000])
def test_a_text_of_another_length_is_no_zone(length):
    with pytest.raises(MrzRefused) as refused:
        split_zone("A" * length)
    assert refused.value.code == "mrz_lines"
