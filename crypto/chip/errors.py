"""Failures to read a chip; what was read is judged in `crypto.lds`.

ChipError               chip
├── ReaderMissing       chip_reader_missing   not_installed, no_service, no_reader, reader, several
├── ReaderBusy          chip_reader_busy
├── CardMissing         chip_no_card
├── CardRemoved         chip_card_removed
├── OtherCard           chip_other_card
├── AccessKeyRefused    chip_access_key       number, birth, expiry
├── AccessRefused       chip_access_refused
├── ChipTimeout         chip_timeout          apdu, total, reader
├── ChipFileTooLarge    chip_too_large        the file's name
├── ChipMalformed       chip_malformed        what is wrong with the answer
├── ChipNotAuthentic    chip_not_authentic    active, chip_authentication, withheld
└── ChipReadCancelled   chip_cancelled
"""

from crypto.errors import CryptoError

__all__ = [
    "AccessKeyRefused",
    "AccessRefused",
    "CardMissing",
    "CardRemoved",
    "ChipError",
    "ChipFileTooLarge",
    "ChipMalformed",
    "ChipNotAuthentic",
    "ChipReadCancelled",
    "ChipTimeout",
    "OtherCard",
    "ReaderBusy",
    "ReaderMissing",
]


class ChipError(CryptoError):
    """The chip was not read."""

    code = "chip"


class ReaderMissing(ChipError):
    """There is no reader to use.

    detail  not_installed  the library (extra `chip`) is not on this PC
            no_service     the operating system's smart-card service does not run
            no_reader      no reader is connected
            reader         the one of the settings is not connected
            several        the settings name none and there is more than one
    """

    code = "chip_reader_missing"


class ReaderBusy(ChipError):
    """Another program holds the card."""

    code = "chip_reader_busy"


class CardMissing(ChipError):
    """No card was put on the reader in time."""

    code = "chip_no_card"


class CardRemoved(ChipError):
    """The card left the reader, or the reader the PC, while it was being read."""

    code = "chip_card_removed"


class OtherCard(ChipError):
    """The card has no travel document application: a token, a bank card."""

    code = "chip_other_card"


class AccessKeyRefused(ChipError):
    """Number, birth date or expiry cannot stand in a machine-readable zone; detail names which."""

    code = "chip_access_key"


class AccessRefused(ChipError):
    """The chip does not open to these printed lines: they are another document's, or misread."""

    code = "chip_access_refused"


class ChipTimeout(ChipError):
    """No answer in time: to one command (`apdu`), in all (`total`), or of the `reader`."""

    code = "chip_timeout"


class ChipFileTooLarge(ChipError):
    """A file's header states more octets than such a file can have; detail names the file."""

    code = "chip_too_large"


class ChipMalformed(ChipError):
    """An answer breaks the standard; detail says where."""

    code = "chip_malformed"


class ChipNotAuthentic(ChipError):
    """The chip did not prove that it holds the private key of DG14 or DG15: it is a copy.

    detail  by what it failed: `active`, `chip_authentication`, or `withheld` when it hides a key
            that its security object lists
    """

    code = "chip_not_authentic"


class ChipReadCancelled(ChipError):
    """The teller called the reading off."""

    code = "chip_cancelled"
