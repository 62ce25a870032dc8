"""What the teller reads off a document: the ИИН and the number, with their check digits.

Numbers of Kazakhstan's identity cards and residence permits have nine digits, those of passports a
letter and eight; the machine-readable zone adds a check digit (ICAO Doc 9303 part 3, section 4.9).
"""

import re
from typing import Final

from crypto.x509.iin import Iin, IinRefused
from vision.document.mrz import compute_check_digit

__all__ = ["find_document_fault"]

_NUMBER: Final = re.compile(r"(?P<number>[0-9]{9}|[A-Z][0-9]{8})(?P<check>[0-9])?")


def find_document_fault(
    untrusted_iin: str, untrusted_number: str, iin: Iin, number_on_file: str
) -> str:
    """Return the code of what is wrong with what was read off a document, empty for nothing.

    iin             the case's
    number_on_file  the one that the person registry knows, empty where it knows none
    """
    try:
        read = Iin.parse(re.sub(r"\s", "", untrusted_iin))
    except IinRefused:
        return "reference.iin_malformed"
    if not read.checksum_ok:
        return "reference.iin_malformed"
    if read.digits != iin.digits:
        return "reference.other_iin"
    typed = _NUMBER.fullmatch(re.sub(r"[\s-]", "", untrusted_number).upper())
    if typed is None:
        return "reference.number_malformed"
    number, check = typed["number"], typed["check"]
    if check is not None and int(check) != compute_check_digit(number):
        return "reference.number_check_digit"
    if number_on_file and number != number_on_file:
        return "reference.other_number"
    return ""
