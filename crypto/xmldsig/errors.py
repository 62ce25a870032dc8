"""Why an XML signature is not validated.

CryptoError
├── XmlNotInstalled          xml_not_installed       (detail: what to install)
├── XmlSignatureMalformed    xml_signature_malformed
└── XmlFormUnsupported       xml_form_not_supported  (detail: the part)
"""

from crypto.errors import CryptoError

__all__ = ["XmlFormUnsupported", "XmlNotInstalled", "XmlSignatureMalformed"]


class XmlNotInstalled(CryptoError):
    """Canonical XML needs a library that is not on this machine; detail names it."""

    code = "xml_not_installed"


class XmlSignatureMalformed(CryptoError):
    """The file is no XML, is beyond a limit, or its Signature holds what has no place there."""

    code = "xml_signature_malformed"


class XmlFormUnsupported(CryptoError):
    """A lawful form of XML signature that is not validated here: nothing is said against it."""

    code = "xml_form_not_supported"
