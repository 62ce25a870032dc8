"""Descriptors of `os.read` and `os.write` are binary: Windows' text mode edits octets."""

import os

import pytest

from crypto.log.file.released import ReleasedHead, ReleasedMark
from crypto.vault.keyfile import read_secret, write_secret

_O_LARGEFILE = 0o100000
"""A flag that changes nothing on a 64-bit system; it plays the part of Windows' O_BINARY."""


@pytest.fixture
def opened(monkeypatch, tmp_path):
    """Return the flags of every later `os.open`, on a system that knows O_BINARY."""
    if not hasattr(os, "O_BINARY"):
        monkeypatch.setattr(os, "O_BINARY", _O_LARGEFILE, raising=False)
    flags, real = [], os.open

    def recording(path, wanted, *rest, **named):
        flags.append(wanted)
        return real(path, wanted, *rest, **named)

    monkeypatch.setattr(os, "open", recording)
    return flags


def test_a_released_head_is_appended_in_binary(opened, tmp_path):
    head = ReleasedHead(tmp_path / "heads")
    mark = ReleasedMark("o", 1, bytes(32), bytes(64))
    head.append(mark)
    head.append(mark)
    head.close()
    assert (tmp_path / "heads").read_bytes() == 2 * f"{mark.line()}\n".encode()
    assert opened
    assert all(flags & os.O_BINARY for flags in opened)


def test_a_secret_is_read_in_binary(opened, tmp_path):
    tmp_path.chmod(0o700)
    secret = b"\x01ML\r\n\x1a\x00 and what follows"
    write_secret(tmp_path / "key", secret)
    opened.clear()
    assert read_secret(tmp_path / "key") == secret
    assert opened[0] & os.O_BINARY
