"""The carriers of this workstation, built from the settings; see docs/carriers.md."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from crypto.carrier.carrier import SignatureCarrier
from crypto.carrier.egov_messages import DocumentTitles
from crypto.carrier.egov_qr import EgovProgress, EgovQrCarrier, EgovQrSettings
from crypto.carrier.errors import RequestRefused
from crypto.carrier.file import SignedFileCarrier
from crypto.carrier.ncalayer import NcaLayerCarrier, NcaLayerSettings
from crypto.carrier.token import TokenCarrier, TokenSettings
from crypto.report.policy import Environment
from resources import LANGUAGES
from workstation.devices.signing_methods import SigningMethod
from workstation.documents.texts import Texts
from workstation.errors import CarrierNotOffered, SettingsRefused
from workstation.settings.certificate_files import certificate_files
from workstation.settings.settings import EgovQrTable, LoadedSettings, TokenTable

__all__ = ["Carriers", "carriers_of"]

_CMS_REPLY_LIMIT = 4 << 20
_MAX_SIGNED_FILE = 1 << 20


@dataclass(frozen=True, slots=True)
class Carriers:
    """What is offered to the teller: NCALayer always, the others as configured."""

    ncalayer: SignatureCarrier
    egov_qr: EgovQrSettings | None = None
    token: SignatureCarrier | None = None
    file: bool = True

    @property
    def offered(self) -> tuple[SigningMethod, ...]:
        """Return the methods the teller may choose from, in the order they are shown."""
        there = {
            SigningMethod.NCALAYER: True,
            SigningMethod.EGOV_QR: self.egov_qr is not None,
            SigningMethod.TOKEN: self.token is not None,
            SigningMethod.FILE: self.file,
        }
        return tuple(method for method in SigningMethod if there[method])

    def carrier(
        self,
        method: SigningMethod,
        path: Path | None,
        report_progress: Callable[[EgovProgress], None],
    ) -> SignatureCarrier:
        """Return the carrier of a method; CarrierNotOffered when the settings have none.

        path  of the signed file, FILE only
        report_progress  hears of the customer's phone, in the thread of `obtain`
        """
        match method:
            case SigningMethod.NCALAYER:
                return self.ncalayer
            case SigningMethod.EGOV_QR if self.egov_qr is not None:
                return EgovQrCarrier(self.egov_qr, report_progress)
            case SigningMethod.TOKEN if self.token is not None:
                return self.token
            case SigningMethod.FILE if self.file and path is not None:
                return SignedFileCarrier(path, max_bytes=_MAX_SIGNED_FILE)
            case _:
                raise CarrierNotOffered(method.value)


def carriers_of(
    loaded: LoadedSettings, *, ncalayer: SignatureCarrier | None, now: Callable[[], datetime]
) -> Carriers:
    """Build what `[carrier]` names; SettingsRefused for what a carrier cannot use.

    ncalayer  to use instead of the configured one
    now       aware; what a token's signature states as its time
    """
    values = loaded.values.carrier
    with _named("$.carrier.egov_qr"):
        egov = _egov_qr(loaded, values.egov_qr) if isinstance(values.egov_qr, EgovQrTable) else None
    with _named("$.carrier.token"):
        token = _token(loaded, values.token, now) if isinstance(values.token, TokenTable) else None
    with _named("$.carrier"):
        return Carriers(ncalayer or _ncalayer(loaded), egov, token, values.file)


@contextmanager
def _named(table: str) -> Iterator[None]:
    """Turn what a carrier refuses of its settings into the place of it in the file."""
    try:
        yield
    except RequestRefused as refused:
        raise SettingsRefused(f"{table}: {_REFUSED.get(refused.detail, refused.detail)}") from None


_REFUSED = {
    "url": "the address cannot be used; NCALayer's is wss://127.0.0.1 with a port",
    "tls_anchors": "tls_anchors: a certificate for TLS is missing or unreadable",
    "module": "module: give the absolute path of the vendor's library",
    "label": "label: a token needs its label or its serial",
}


def _ncalayer(loaded: LoadedSettings) -> SignatureCarrier:
    values = loaded.values.carrier
    settings = NcaLayerSettings(
        url=values.ncalayer_url,
        tls_anchors=tuple(
            certificate_files(loaded.folder, "$.carrier.tls_anchors", values.tls_anchors)
        ),
        test_hierarchy=loaded.values.trust.environment is Environment.TEST,
        storages=(),
        opening_timeout_s=values.opening_timeout_s,
        signing_timeout_s=values.signing_timeout_s,
        max_reply_bytes=_CMS_REPLY_LIMIT,
    )
    return NcaLayerCarrier(settings)


def _egov_qr(loaded: LoadedSettings, values: EgovQrTable) -> EgovQrSettings:
    titles = {language: Texts(language).tr("egov.document") for language in LANGUAGES}
    return EgovQrSettings(
        url=values.url,
        tls_anchors=tuple(
            certificate_files(loaded.folder, "$.carrier.egov_qr.tls_anchors", values.tls_anchors)
        ),
        titles=DocumentTitles(**titles),
        opening_timeout_s=values.opening_timeout_s,
        signing_timeout_s=values.signing_timeout_s,
        retries=values.retries,
        max_reply_bytes=_CMS_REPLY_LIMIT,
        dialling=loaded.dialling,
    )


def _token(
    loaded: LoadedSettings, values: TokenTable, now: Callable[[], datetime]
) -> SignatureCarrier:
    settings = TokenSettings(
        module=loaded.path(values.module),
        label=values.label,
        serial=values.serial,
        gost_2015=values.gost_2015_mechanism,
        gost_2004=values.gost_2004_mechanism,
        signing_timeout_s=values.signing_timeout_s,
    )
    return TokenCarrier(settings, now=now)
