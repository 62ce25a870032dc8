"""What the screens are shown of a document while it is read, and after."""

from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from vision.document.mrz import MrzFields
from workstation.rules.reference import ReferenceSource

__all__ = ["DocumentPhase", "DocumentView", "show_lines", "show_refusal"]

_SHOWN = 3


class DocumentPhase(StrEnum):
    """How far the reading of a document has come."""

    CAMERA = "camera"
    CHIP = "chip"
    READ = "read"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class DocumentView:
    """The document that is being read, or was: by camera or chip.

    phase     READ: what was read has been accepted; REFUSED: `fault` says why not
    advice    code of what the customer or teller does now, empty for nothing
    percent   of the chip's octets that are to be read
    front, back  sides that were seen; a passport's page is both
    conditions  (code, whether it is met) of what is shown now, in order; what cannot be judged of
                this side is not there
    outline   corners of the card in the camera image, clockwise, in millionths of width and height
    source    who vouches for what was read, None before there is anything
    number_masked, name, birth_date, expiry  as the document states them; the name in Latin letters
    iin       that stands in it, for the form; empty in a session, which knows its customer
    copy_possible  the state has signed the data, but the chip did not prove to be the original
    fault     code of why nothing is taken from it, empty for nothing
    """

    phase: DocumentPhase
    advice: str = ""
    percent: int = 0
    front: bool = False
    back: bool = False
    conditions: tuple[tuple[str, bool], ...] = ()
    outline: tuple[tuple[int, int], ...] = ()
    source: ReferenceSource | None = None
    number_masked: str = ""
    name: str = field(default="", repr=False)
    birth_date: date | None = None
    expiry: date | None = None
    iin: str = field(default="", repr=False)
    copy_possible: bool = False
    fault: str = ""


def show_lines(view: DocumentView, fields: MrzFields, source: ReferenceSource) -> DocumentView:
    """Return the view with what the document states, for the teller to compare."""
    return replace(
        view,
        source=source,
        number_masked=_mask(fields.number),
        name=f"{fields.surname} {fields.given_names}".strip(),
        birth_date=fields.birth,
        expiry=fields.expiry,
    )


def show_refusal(view: DocumentView | None, code: str) -> DocumentView:
    """Return the view, or a new one, with the code of why nothing is taken from the document."""
    view = view or DocumentView(DocumentPhase.REFUSED)
    return replace(view, phase=DocumentPhase.REFUSED, advice="", outline=(), fault=code)


def _mask(number: str) -> str:
    """Return a document's number as the screens show it: all but its last digits hidden."""
    return "•" * max(0, len(number) - _SHOWN) + number[-_SHOWN:]
