"""A real smart-card service with a virtual reader: pcscd and vsmartcard's vpcd, as Debian has them.

The daemon is ours: it is given its socket as systemd would give it, under a folder of the test, and
its reader listens on a port of its own. So a daemon of the machine is neither needed nor disturbed.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from crypto.chip.errors import CardRemoved, ChipTimeout, ReaderMissing
from crypto.chip.pcsc import list_readers

DRIVER = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
DAEMON = shutil.which("pcscd", path="/usr/sbin:/usr/bin:/sbin:/bin")
NAME = "Virtual PCD"
READER = f"{NAME} 00 00"
ATR = bytes.fromhex("3B80800101")
"""Of a contactless card without historical bytes (PC/SC part 3, 3.1.3.2.3)."""

_POWER_OFF, _POWER_ON, _RESET, _ATR = 0, 1, 2, 4
_STARTED_S = 10.0
_START = """
import os, sys
descriptor, daemon, config = sys.argv[1:]
os.dup2(int(descriptor), 3)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1")
os.execv(daemon, [daemon, "--foreground", "--config", config])
"""
"""What a daemon started by systemd's socket has: descriptor 3, and its own process number."""


def what_is_missing():
    """Say in one sentence why there can be no service, or nothing."""
    if DAEMON is None or not DRIVER.exists():
        return "no smart-card service: apt-get install pcscd vsmartcard-vpcd"
    if not os.access("/run", os.W_OK):
        return "pcscd writes its process number below /run: it needs root"
    return ""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def smart_card_service(folder):
    """Run pcscd with two slots of one virtual reader; yield the port of the first slot."""
    port = free_port()
    config = folder / "reader.conf.d"
    config.mkdir()
    (config / "vpcd").write_text(
        f'FRIENDLYNAME "{NAME}"\nDEVICENAME /dev/null:{port:#x}\n'
        f"LIBPATH {DRIVER}\nCHANNELID {port:#x}\n",
        encoding="ascii",
    )
    path = folder / "pcscd.comm"
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen(8)
    with (folder / "pcscd.log").open("wb") as log:
        daemon = subprocess.Popen(
            [sys.executable, "-I", "-c", _START, str(listener.fileno()), DAEMON, str(config)],
            stdout=log,
            stderr=subprocess.STDOUT,
            pass_fds=[listener.fileno()],
        )
    before = os.environ.get("PCSCLITE_CSOCK_NAME")
    os.environ["PCSCLITE_CSOCK_NAME"] = str(path)
    try:
        _wait_for_reader(daemon, folder)
        yield port
    finally:
        if before is None:
            del os.environ["PCSCLITE_CSOCK_NAME"]
        else:
            os.environ["PCSCLITE_CSOCK_NAME"] = before
        daemon.terminate()
        try:
            daemon.wait(5)
        except subprocess.TimeoutExpired:
            daemon.kill()
            daemon.wait(5)
        listener.close()


def _wait_for_reader(daemon, folder):
    """Wait until the daemon serves; one that has ended would keep its callers waiting for ever."""
    until = time.monotonic() + _STARTED_S
    while True:
        assert daemon.poll() is None, (folder / "pcscd.log").read_text(errors="replace")
        with contextlib.suppress(ReaderMissing, ChipTimeout):
            if READER in list_readers():
                return
        assert time.monotonic() < until, "pcscd serves no reader"
        time.sleep(0.05)


class VirtualCard:
    """A card in a slot of the virtual reader, until it is pulled; `make` powers one chip up.

    vpcd speaks in messages of two octets of length: one octet is an order, more are an APDU.
    """

    def __init__(self, port, make):
        self._make = make
        self._chip = None
        self.commands = 0
        self._socket = self._put_in(port)
        self._thread = threading.Thread(target=self._serve, name="virtual-card", daemon=True)
        self._thread.start()

    def pull(self):
        """Take the card off the reader."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.pull()
        self._thread.join(5)
        # pcscd looks every 0.4 s: another card within that is the same one for it, and mute.
        time.sleep(0.5)

    @staticmethod
    def _put_in(port):
        until = time.monotonic() + _STARTED_S
        while True:
            try:
                return socket.create_connection(("127.0.0.1", port), timeout=_STARTED_S)
            except OSError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)

    def _serve(self):
        self._socket.settimeout(None)
        with contextlib.suppress(OSError, EOFError):
            while True:
                self._answer(self._receive(int.from_bytes(self._receive(2), "big")))

    def _receive(self, size):
        octets = b""
        while len(octets) < size:
            # vpcd sends length and message apart, and the second waits for the first to be
            # acknowledged: a twentieth of a second per command otherwise.
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            part = self._socket.recv(size - len(octets))
            if not part:
                raise EOFError
            octets += part
        return octets

    def _answer(self, message):
        if len(message) > 1:
            self.commands += 1
            reply = self._transmit(message)
        elif message[0] == _ATR:
            reply = ATR
        else:
            self._chip = None if message[0] == _POWER_OFF else self._make()
            return
        self._socket.sendall(len(reply).to_bytes(2, "big") + reply)

    def _transmit(self, apdu):
        if self._chip is None:
            self._chip = self._make()
        try:
            return self._chip.transmit(apdu)
        except CardRemoved:
            self.pull()
            raise EOFError from None
