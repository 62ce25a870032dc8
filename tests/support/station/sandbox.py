"""One sandbox per test session: its keys are made once, its services start in milliseconds."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crypto.carrier.carrier import INDIVIDUAL_SIGNING_USAGES, SignatureRequest
from crypto.carrier.egov_messages import DocumentTitles
from crypto.carrier.egov_qr import EgovQrSettings
from crypto.carrier.ncalayer import NcaLayerCarrier, NcaLayerSettings
from workstation.sandbox.people import PEOPLE, CustomerKey, FictionalCustomer
from workstation.sandbox.pki.authority import AuthorityFaults
from workstation.sandbox.services.egov import EgovBehaviour
from workstation.sandbox.services.ncalayer import NcaLayerBehaviour
from workstation.sandbox.world import Sandbox

MOMENT = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
"""The time the sandbox of the tests lives in."""

DOCUMENT = "Өтініш: нөмірді өзгерту\nnonce 3f9a\n".encode()


@pytest.fixture(scope="session")
def sandbox_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for every test module of the session, whichever conftest asks for it."""
    folder = tmp_path_factory.getbasetemp() / "sandbox"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def running_sandbox(sandbox_folder: Path) -> Iterator[Sandbox]:
    """A started sandbox at MOMENT."""
    with Sandbox(sandbox_folder, profile="test", clock=lambda: MOMENT) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running_sandbox: Sandbox) -> Iterator[Sandbox]:
    """The started sandbox with every fault switched off before and after."""
    _calm(running_sandbox)
    yield running_sandbox
    _calm(running_sandbox)


def _calm(sandbox: Sandbox) -> None:
    sandbox.authority.faults = AuthorityFaults()
    sandbox.ncalayer.behaviour = NcaLayerBehaviour()
    sandbox.egov.behaviour = EgovBehaviour()


def person(key: CustomerKey) -> FictionalCustomer:
    """The fictional customer whose certificate is in that state."""
    return next(p for p in PEOPLE if p.key is key)


def request_of(key: CustomerKey = CustomerKey.GOOD, document: bytes = DOCUMENT) -> SignatureRequest:
    """A request that the customer's own key may answer."""
    return SignatureRequest(document, person(key).iin, "kk", INDIVIDUAL_SIGNING_USAGES)


def ncalayer_settings(sandbox: Sandbox, **changes: object) -> NcaLayerSettings:
    """Settings that reach the sandbox's NCALayer, changed as asked."""
    settings = NcaLayerSettings(
        url=sandbox.ncalayer.url,
        tls_anchors=(sandbox.pki.tls_root.der,),
        test_hierarchy=True,
        storages=(),
        opening_timeout_s=5,
        signing_timeout_s=5,
        max_reply_bytes=1 << 20,
    )
    return replace(settings, **changes)  # type: ignore[arg-type] # names checked by replace itself


def obtained(sandbox: Sandbox, request: SignatureRequest, **changes: object) -> bytes:
    """What the client gets from the sandbox's NCALayer."""
    carrier = NcaLayerCarrier(ncalayer_settings(sandbox, **changes))
    return carrier.obtain(request, cancelled=lambda: False)


@contextlib.contextmanager
def raw_server(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """A TCP server on loopback that hands its one connection to `serve`; yields the port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5)

        def run() -> None:
            with contextlib.suppress(OSError):
                connection, _ = listener.accept()
                connection.settimeout(5)
                with connection:
                    serve(connection)

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            thread.join()


TITLES = DocumentTitles(kk="Өтініш", ru="Заявление", en="Statement")


def egov_settings(url: str, **changes: object) -> EgovQrSettings:
    """Settings that reach a signing service on loopback, changed as asked."""
    usual: dict[str, Any] = {
        "url": url,
        "tls_anchors": (),
        "titles": TITLES,
        "opening_timeout_s": 5,
        "signing_timeout_s": 5,
        "retries": 2,
        "max_reply_bytes": 1 << 20,
    }
    return EgovQrSettings(**{**usual, **changes})
