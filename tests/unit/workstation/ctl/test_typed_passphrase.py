"""A pass phrase on standard input is read as it is, and at a terminal never shown."""

import os
import subprocess
import sys

import pytest

PASSPHRASE = "seven slow herons over Balkhash"
READS = "from workstation.ctl.secrets import read_passphrase; print(read_passphrase()[::-1])"


def start(**streams):
    return subprocess.Popen(
        [sys.executable, "-c", READS], stdout=subprocess.PIPE, start_new_session=True, **streams
    )


def test_a_pipe_gives_its_first_line():
    said, _ = start(stdin=subprocess.PIPE).communicate(f"{PASSPHRASE}\nmore\n".encode(), 60)
    assert said.decode().strip() == PASSPHRASE[::-1]


@pytest.mark.skipif(sys.platform == "win32", reason="no pty; click asks without an echo there, too")
def test_a_terminal_is_asked_and_shows_nothing_of_it():
    import pty

    own, its = pty.openpty()
    process = start(stdin=its, stderr=its)
    os.close(its)
    shown = b""
    while not shown.endswith(b": "):
        shown += os.read(own, 1024)
    os.write(own, f"{PASSPHRASE}\n".encode())
    said, _ = process.communicate(timeout=60)
    try:
        while octets := os.read(own, 1024):
            shown += octets
    except OSError:
        # EIO: the other side is closed.
        pass
    os.close(own)
    assert said.decode().strip() == PASSPHRASE[::-1]
    assert b"herons" not in shown
