"""The fictional customers are plausible, distinct and one per key state."""

from datetime import date

from crypto.x509.iin import Iin, Sex, count_full_years
from workstation.rules.catalogue.phones import read_phone
from workstation.sandbox.people import PEOPLE, CustomerKey, person_with_iin


def test_every_iin_could_have_been_issued_and_agrees_with_the_patronymic():
    for person in PEOPLE:
        iin = Iin.parse(person.iin)
        assert iin.well_formed
        female = person.patronymic.endswith("қызы")
        assert person.sex is (Sex.FEMALE if female else Sex.MALE)
        assert iin.allows_birth(person.birth_date)
        age = count_full_years(person.birth_date, date(2026, 1, 1))
        assert age in range(14, 18) if person.key is CustomerKey.MINOR else age >= 18
        assert (iin.sex is None) is not person.resident


def test_there_is_one_person_per_key_state_and_nothing_is_shared():
    assert [p.key for p in PEOPLE] == list(CustomerKey)
    assert len({p.iin for p in PEOPLE}) == len(PEOPLE)
    numbers = [n for p in PEOPLE for n in (p.phone, p.new_phone) if n]
    assert len(set(numbers)) == len(numbers)
    assert all(read_phone(number, ("KZ",)) == number for number in numbers)
    assert [p.key for p in PEOPLE if not p.phone] == [CustomerKey.NO_NUMBER]


def test_a_person_is_found_by_iin_only():
    assert person_with_iin(PEOPLE[0].iin) is PEOPLE[0]
    assert PEOPLE[0].full_name == "Нұрғалиева Әсел Серікқызы"
    assert person_with_iin("990101300421") is None
