"""What every table of the settings file is made of: strict structures and bounded fields.

The description of a field says what belongs there; it is what an administrator reads.
"""

from typing import Annotated

import msgspec

from resources import LANGUAGES

__all__ = [
    "X25519",
    "CaFiles",
    "CameraName",
    "FilePath",
    "Files",
    "HardwareId",
    "Language",
    "Origin",
    "Pixels",
    "ReaderName",
    "RegistryName",
    "Seconds",
    "Sha256",
    "ShortSeconds",
    "SomeFiles",
    "Table",
    "TimeOfDay",
    "Url",
    "Vkey",
    "Word",
]

Word = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]{0,99}\Z",
        description="a text of one line, at most 100 characters",
    ),
]
FilePath = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[^\x00-\x1f\x7f]{1,400}\Z",
        description="a path, at most 400 characters; a relative one starts from this file's folder",
    ),
]
Url = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[\x21-\x7e]{8,400}\Z", description="an address such as https://host.kz/path"
    ),
]
RegistryName = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[a-z][a-z0-9_]{0,63}\Z",
        description="a name of lower-case letters, digits and underscores",
    ),
]
Sha256 = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[0-9a-f]{64}\Z", description="a SHA-256: 64 hexadecimal digits in lower case"
    ),
]
X25519 = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[0-9a-f]{64}\Z",
        description="the public half of head office's X25519 key: 64 hexadecimal digits in lower "
        "case; see docs/ctl.md",
    ),
]
Origin = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[a-z0-9][a-z0-9./-]{2,199}\Z",
        description="the log's name, such as bank.kz/log/almaty1-ws07/g1",
    ),
]
TimeOfDay = Annotated[
    str,
    msgspec.Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z", description="a time such as 09:00"),
]
Language = Annotated[
    str, msgspec.Meta(pattern=rf"^({'|'.join(LANGUAGES)})\Z", description="kk, ru or en")
]
Seconds = Annotated[
    int, msgspec.Meta(ge=1, le=600, description="a whole number of seconds from 1 to 600")
]
HardwareId = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[!-~]{3,60}( [!-~]{1,139})?\Z",
        description="a camera's hardware id as `doctor` shows it: VID:PID such as 046d:0825, alone "
        "or with the port after a space",
    ),
]
Pixels = Annotated[
    int, msgspec.Meta(ge=160, le=4096, description="a whole number of pixels from 160 to 4096")
]

ShortSeconds = Annotated[
    int, msgspec.Meta(ge=1, le=60, description="a whole number of seconds from 1 to 60")
]
ReaderName = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[^\x00-\x1f\x7f]{0,128}\Z",
        description="the reader's name as `doctor` shows it, at most 128 characters; may be empty",
    ),
]
Vkey = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[!-~]{1,200}\+[0-9a-f]{8}\+[A-Za-z0-9+/=]{44}\Z",
        description="a public key in one line as `workstation-ctl` prints it: name+digest+key",
    ),
]
CameraName = Annotated[
    str, msgspec.Meta(max_length=200, description="a text, at most 200 characters; may be empty")
]
Files = Annotated[list[FilePath], msgspec.Meta(max_length=20, description="at most 20 files")]
SomeFiles = Annotated[
    list[FilePath], msgspec.Meta(min_length=1, max_length=20, description="1 to 20 files")
]
CaFiles = Annotated[list[FilePath], msgspec.Meta(max_length=100, description="at most 100 files")]


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the file: an unknown key is refused with its path."""
