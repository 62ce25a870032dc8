"""Inputs made to exhaust a parser, offered to every target in a process of its own.

    python -m tests.fuzz.bombs

Prints by how many MiB the process grew at its largest beyond what it needed for the seeds.
"""

import resource
import sys

from tests.fuzz.targets import TARGETS, attempt, seeds_of

BOMBS = {
    "indefinite lengths": b"\x30\x80" * 100_000,
    "indefinite strings": b"\x24\x80" * 100_000,
    "explicit tags": b"\xa0\x03" * 50_000,
    "a length of four octets": b"\x30\x84\xff\xff\xff\xff" + bytes(100),
    "elements without end": b"\x30\x83\x1e\x84\x80" + b"\x05\x00" * 1_000_000,
    "a name of many parts": b"\x30\x83\x01\x86\xa0" + b"\x31\x00" * 50_000,
    "armour of line ends": b"-----BEGIN CMS-----" + b"\n" * 400_000,
    "deep JSON": b"[" * 200_000,
    "nested JSON": b'{"a":' * 100_000,
    "a long number": b'{"id":' + b"9" * 200_000 + b"}",
    "nested XML": b"<?xml version='1.0'?>" + b"<a>" * 100_000,
    "XML of many names": b"<a " + b"".join(b"xmlns:n%d='u' " % n for n in range(20_000)) + b"/>",
    "XML of entities": b"<!DOCTYPE a [<!ENTITY b 'bb'><!ENTITY c '&b;&b;'>]><a>&c;</a>",
    "zeros": bytes(1_000_000),
}


def peak() -> int:
    """Return the largest size this process has had, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main() -> None:
    """Offer every bomb to every target; anything but an error of the package ends the process."""
    for name, target in TARGETS.items():
        for seed in seeds_of(name):
            attempt(target, seed)
    before = peak()
    for target in TARGETS.values():
        for bomb in BOMBS.values():
            attempt(target, bomb)
    sys.stdout.write(f"{(peak() - before) // 1024}\n")


if __name__ == "__main__":
    main()
