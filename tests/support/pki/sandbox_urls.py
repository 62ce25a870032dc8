"""Where the sandbox's authority publishes each CRL; a station is told them all by `crl_urls`."""

from workstation.sandbox.people import Family
from workstation.sandbox.pki.authority import SandboxAuthority

__all__ = ["delta_crl_url", "nca_crl_url", "root_crl_url"]


def root_crl_url(authority: SandboxAuthority, family: Family) -> str:
    """Return where the root's CRL is: status of the issuing authority."""
    return _crl_url(authority, f"{family}_root")


def nca_crl_url(authority: SandboxAuthority, family: Family) -> str:
    """Return where the issuing authority's CRL is: status of customers."""
    return _crl_url(authority, f"{family}_nca")


def delta_crl_url(authority: SandboxAuthority) -> str:
    """Return where the one delta CRL is, of the GOST 2015 family's issuing authority."""
    return _crl_url(authority, f"{Family.GOST2015}_nca_d")


def _crl_url(authority: SandboxAuthority, name: str) -> str:
    return f"{authority.ocsp_url.removesuffix('/ocsp/')}/crl/{name}.crl"
