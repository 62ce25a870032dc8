"""A branch's PC and the bank's services on two networks of their own, joined by one cable.

Production settings refuse every address that leads to their own machine. So the thread of the test
moves to an empty network namespace, the branch's; the sandbox's services run in a second one, the
bank's, behind the fronts that a bank has: TLS for the registries, plain http for what is signed.
NCALayer alone listens on the branch's own loopback, where the real one does. Linux, root.
"""

import contextlib
import ctypes
import os
import shutil
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from workstation.sandbox.people import CustomerKey, Family
from workstation.sandbox.services.ncalayer import NcaLayerBehaviour
from workstation.sandbox.world import Sandbox, SandboxEndpoints

__all__ = ["BANK", "BankServices", "bank_network", "why_no_network"]

BANK, BRANCH = "10.77.0.1", "10.77.0.2"
_NCALAYER, _PERSONS = 13579, 8443
_NEWNET = 0x40000000


def why_no_network() -> str:
    """Return why two networks cannot be made here, empty when they can."""
    if sys.platform != "linux":
        return "network namespaces are Linux's"
    if os.geteuid() != 0 or shutil.which("ip") is None:
        return "two network namespaces need root and iproute2"
    done = subprocess.run(["unshare", "-n", "true"], capture_output=True, check=False)
    return "" if done.returncode == 0 else "this machine allows no network namespace"


@dataclass(frozen=True)
class BankServices:
    """What the bank's people tell an administrator.

    tls_anchor  file: the authority of the gateways' certificates
    """

    sandbox: Sandbox
    endpoints: SandboxEndpoints
    tls_anchor: Path

    @property
    def gateway(self) -> str:
        """Return the address of each registry."""
        return f"https://{BANK}"

    @property
    def persons(self) -> str:
        """Return the address of the gateway that knows a customer by the ИИН."""
        return f"https://{BANK}:{_PERSONS}"

    @property
    def responder(self) -> str:
        """Return the address of the OCSP responder."""
        return f"http://{BANK}/ocsp/"

    @property
    def stamping(self) -> str:
        """Return the address of the time-stamping service."""
        return f"http://{BANK}/tsp/"

    @property
    def lists(self) -> list[str]:
        """Return the addresses of the lists of the families that are in use."""
        families = (Family.GOST2015, Family.RSA)
        names = (f"{each}_{level}" for each in families for level in ("root", "nca"))
        return [f"http://{BANK}/crl/{name}.crl" for name in names]

    def authorities(self) -> list[tuple[Path, str]]:
        """Return files and fingerprints of roots and authorities of the families in use."""
        files = (*self.endpoints.root_certificates, *self.endpoints.nca_certificates)
        used = [each for each in files if not each.name.startswith(str(Family.GOST2004))]
        return [(each, _sha256(each.read_bytes())) for each in used]


@contextlib.contextmanager
def bank_network(folder: Path) -> Iterator[BankServices]:
    """Move this thread to the branch's network, with the bank's services on the other side.

    folder  of the sandbox's keys
    """
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    with contextlib.ExitStack() as undo:
        undo.callback(os.close, home)
        _call("unshare", _NEWNET)
        undo.callback(_call, "setns", home, _NEWNET)
        bank = _Bank(folder, threading.get_native_id())
        undo.callback(bank.close)
        services = bank.open()
        _ip("link", "set", "lo", "up")
        _ip("addr", "add", f"{BRANCH}/24", "dev", "branch0")
        _ip("link", "set", "branch0", "up")
        undo.callback(_Front(("127.0.0.1", _NCALAYER), (BANK, _NCALAYER)).close)
        yield services


class _Bank:
    """The other side of the cable: a thread in a network of its own, and what it started."""

    def __init__(self, folder: Path, branch_thread: int) -> None:
        self._folder = folder
        self._branch = branch_thread
        self._ready, self._leave = threading.Event(), threading.Event()
        self._found: BankServices | Exception | None = None
        self._thread = threading.Thread(target=self._run, name="bank")

    def open(self) -> BankServices:
        self._thread.start()
        self._ready.wait()
        if not isinstance(self._found, BankServices):
            raise self._found or RuntimeError("bank")
        return self._found

    def close(self) -> None:
        self._leave.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            _call("unshare", _NEWNET)
            peer = ("peer", "name", "branch0", "netns", str(self._branch))
            _ip("link", "add", "bank0", "type", "veth", *peer)
            _ip("link", "set", "lo", "up")
            _ip("addr", "add", f"{BANK}/24", "dev", "bank0")
            _ip("link", "set", "bank0", "up")
            self._serve()
        except Exception as error:  # noqa: BLE001 - told to the thread that waits
            self._found = error
            self._ready.set()

    def _serve(self) -> None:
        sandbox = Sandbox(self._folder, profile="test", clock=lambda: datetime.now(UTC))
        with contextlib.ExitStack() as undo:
            # In production NCALayer is asked for keys of НУЦ alone; here the sandbox is НУЦ.
            sandbox.ncalayer.behaviour = NcaLayerBehaviour(key=CustomerKey.GOOD)
            endpoints = sandbox.start()
            undo.callback(sandbox.close)
            anchor, context = _gateway_tls(self._folder)
            registries = ("127.0.0.1", _port(endpoints.registries_url))
            authority = ("127.0.0.1", _port(endpoints.ocsp_url))
            ncalayer = ("127.0.0.1", _port(endpoints.ncalayer_url))
            undo.callback(_Front((BANK, 443), registries, context).close)
            persons = ("127.0.0.1", _port(endpoints.persons_url))
            undo.callback(_Front((BANK, _PERSONS), persons, context).close)
            undo.callback(_Front((BANK, 80), authority).close)
            undo.callback(_Front((BANK, _NCALAYER), ncalayer).close)
            self._found = BankServices(sandbox, endpoints, anchor)
            self._ready.set()
            self._leave.wait()


class _Front:
    """Takes connections at one address and carries their octets to another, out of TLS."""

    def __init__(
        self, at: tuple[str, int], to: tuple[str, int], context: ssl.SSLContext | None = None
    ) -> None:
        self._to, self._context = to, context
        self._listener = socket.create_server(at)
        self._thread = threading.Thread(target=self._accept, name="front", daemon=True)
        self._thread.start()

    def close(self) -> None:
        # A thread in accept() does not notice that its socket was closed.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _accept(self) -> None:
        while True:
            try:
                taken, _ = self._listener.accept()
            except OSError:
                return
            _start(lambda taken=taken: self._carry(taken))

    def _carry(self, taken: socket.socket) -> None:
        with contextlib.suppress(OSError), contextlib.ExitStack() as undo:
            undo.callback(taken.close)
            taken.settimeout(30)
            near = taken
            if self._context is not None:
                near = self._context.wrap_socket(taken, server_side=True)
                undo.callback(near.close)
            far = undo.enter_context(socket.create_connection(self._to, timeout=30))
            back = _start(lambda: _pump(far, near))
            _pump(near, far)
            back.join()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while octets := source.recv(65_536):
            target.sendall(octets)
    for each in (source, target):
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)


def _start(run: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


def _gateway_tls(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """Return the file of the gateways' authority, and what their servers show."""
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Bank gateways CA")])
    root = _certificate(name, root_key.public_key(), name, root_key, authority=True)
    host = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "gateway")])
    shown = _certificate(host, key.public_key(), name, root_key, authority=False)
    anchor, chain = folder / "gateway-ca.pem", folder / "gateway.pem"
    anchor.write_bytes(root.public_bytes(Encoding.PEM))
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    chain.write_bytes(shown.public_bytes(Encoding.PEM) + private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    return anchor, context


def _certificate(
    subject: x509.Name,
    public: ec.EllipticCurvePublicKey,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    *,
    authority: bool,
) -> x509.Certificate:
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder(issuer, subject, public, x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=90))
        .add_extension(x509.BasicConstraints(authority, None), critical=True)
    )
    if not authority:
        own = x509.SubjectAlternativeName([x509.IPAddress(ip_address(BANK))])
        builder = builder.add_extension(own, critical=False)
    return builder.sign(key, SHA256())


def _port(url: str) -> int:
    return int(url.split("://", 1)[1].split("/", 1)[0].rsplit(":", 1)[1])


def _sha256(octets: bytes) -> str:
    from hashlib import sha256

    return sha256(octets).hexdigest()


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


def _call(name: str, *numbers: int) -> None:
    """Call a function of the C library on this thread alone; OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, name)(*numbers) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
