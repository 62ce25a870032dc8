"""Name constraints (RFC 5280 4.2.1.10 and 6.1.3 b, c): one we do not support refuses."""

import ipaddress
import re
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from crypto.asn1 import oids
from crypto.errors import CryptoError
from crypto.x509.certificate import Certificate
from crypto.x509.extensions import NameConstraints
from crypto.x509.general_names import GeneralName, GeneralNameKind

__all__ = ["ConstraintUnsupported", "Subtrees"]

_MAX_COMPARISONS = 100_000
_PAIR = {8, 32}
_WILDCARD = "*."
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")
"""A host of whole labels (RFC 1123 2.1), which is all that constraints may be written in."""

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_QUOTED = r'"(?:[ !#-\[\]-~]|\\[ -~])*"'
_MAILBOX = re.compile(rf"(?=.{{3,320}}\Z)(?:{_ATOM}(?:\.{_ATOM})*|{_QUOTED})@{_HOST.pattern}")
"""RFC 5321 4.1.2, without addresses in place of hosts."""

_URI = re.compile(r"(?=.{0,4096}\Z)[A-Za-z0-9._~:/?#@!$&'()*+,;=%\[\]-]*")
"""The characters of RFC 3986 2: readers differ over what any other means."""


class ConstraintUnsupported(CryptoError):
    """A constraint applies to a name form that is not supported, or is malformed."""

    code = "name_constraint_unsupported"


@dataclass(frozen=True, slots=True)
class Subtrees:
    """State of 6.1.2: permitted sets (each an intersection member) and excluded bases."""

    permitted: tuple[tuple[GeneralName, ...], ...]
    excluded: tuple[GeneralName, ...]

    @classmethod
    def unbounded(cls) -> Self:
        """Start with everything permitted."""
        return cls((), ())

    def narrow(self, constraints: NameConstraints) -> "Subtrees":
        """Return the state after a CA with these constraints (6.1.4 g)."""
        permitted = (*self.permitted, constraints.permitted) if constraints.permitted else None
        return Subtrees(permitted or self.permitted, (*self.excluded, *constraints.excluded))

    def allows(self, certificate: Certificate) -> bool:
        """Tell whether the subject and every alternative name obey; ConstraintUnsupported."""
        if not self.permitted and not self.excluded:
            return True
        names = _collect_names(certificate)
        bases = sum(map(len, self.permitted)) + len(self.excluded)
        if len(names) * bases > _MAX_COMPARISONS:
            raise ConstraintUnsupported("too_many")
        return all(self._allows(name) for name in names)

    def _allows(self, name: GeneralName) -> bool:
        if any(base.kind is name.kind and _is_excluded(name, base) for base in self.excluded):
            return False
        for group in self.permitted:
            same = [base for base in group if base.kind is name.kind]
            if same and not any(_is_within(name, base) for base in same):
                return False
        return True


def _collect_names(certificate: Certificate) -> list[GeneralName]:
    names = list(certificate.alternative_names)
    subject = certificate.subject
    if not subject.empty:
        names.append(GeneralName(GeneralNameKind.DIRECTORY, "", subject, b""))
    if not any(n.kind is GeneralNameKind.RFC822 for n in names):
        # Without rfc822Name the e-mail of the subject is constrained instead.
        names += [
            GeneralName(GeneralNameKind.RFC822, text, None, b"")
            for text in subject.values(oids.EMAIL_ADDRESS)
        ]
    return names


def _is_within(name: GeneralName, base: GeneralName) -> bool:
    match base.kind:
        case GeneralNameKind.DIRECTORY:
            return name.name is not None and base.name is not None and name.name.within(base.name)
        case GeneralNameKind.IP:
            return _is_ip_within(name.octets, base.octets)
        case GeneralNameKind.DNS:
            return _is_dns_within(name.text.lower(), base.text.lower())
        case GeneralNameKind.URI:
            return _is_host_within(_read_uri_host(name.text), _read_host_base(base.text))
        case GeneralNameKind.RFC822:
            return _is_mail_within(name.text, base.text)
        case _:
            raise ConstraintUnsupported(base.kind.name)


def _is_excluded(name: GeneralName, base: GeneralName) -> bool:
    """Tell whether a name lies within a base, or is a wildcard that stands for the base too."""
    if _is_within(name, base):
        return True
    if base.kind is not GeneralNameKind.DNS or not name.text.startswith(_WILDCARD):
        return False
    return base.text.lower().partition(".")[2] == name.text.lower().removeprefix(_WILDCARD)


def _is_dns_within(host: str, base: str) -> bool:
    """Hold a host against a base of whole labels; a name that is none could mean another one."""
    if base and not _HOST.fullmatch(base):
        raise ConstraintUnsupported("dns_base")
    if not _HOST.fullmatch(host.removeprefix(_WILDCARD)):
        raise ConstraintUnsupported("dns_name")
    return not base or host == base or host.endswith("." + base)


def _is_host_within(host: str, base: str) -> bool:
    if base.startswith("."):
        return host.endswith(base) and host != base
    return host == base


def _read_host_base(text: str) -> str:
    """Return a base that is a host, or with a leading period all below it."""
    if not _HOST.fullmatch(text.removeprefix(".")):
        raise ConstraintUnsupported("host_base")
    return text.lower()


def _is_mail_within(address: str, base: str) -> bool:
    if not _MAILBOX.fullmatch(address):
        raise ConstraintUnsupported("mailbox")
    local, _, host = address.rpartition("@")
    if "@" in base:
        if not _MAILBOX.fullmatch(base):
            raise ConstraintUnsupported("mailbox_base")
        base_local, _, base_host = base.rpartition("@")
        return local == base_local and host.lower() == base_host.lower()
    return not base or _is_host_within(host.lower(), _read_host_base(base))


def _read_uri_host(uri: str) -> str:
    if not _URI.fullmatch(uri):
        raise ConstraintUnsupported("uri")
    try:
        host = urlsplit(uri).hostname
    except ValueError:
        raise ConstraintUnsupported("uri") from None
    # RFC 5280: a constrained URI without a host, or with an address as host, is refused.
    if not host or _is_address(host) or not _HOST.fullmatch(host):
        raise ConstraintUnsupported("uri_host")
    return host.lower()


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_ip_within(address: bytes, base: bytes) -> bool:
    if len(base) not in _PAIR or len(address) not in {4, 16}:
        raise ConstraintUnsupported("ip")
    if len(address) * 2 != len(base):
        return False
    half = len(base) // 2
    network, mask = base[:half], base[half:]
    inverted = int.from_bytes(mask, "big") ^ ((1 << (8 * half)) - 1)
    if inverted & (inverted + 1):
        raise ConstraintUnsupported("ip_mask")
    return all((a ^ n) & m == 0 for a, n, m in zip(address, network, mask, strict=True))
