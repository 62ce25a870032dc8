"""What is wrong with a place of the settings, in words: what stands there and what belongs there.

The settings say it in English, by fixed sentences (`workstation.settings.faults`, `.rules`); here
each kind of sentence has words in every language, and none is shown as it is.
"""

import re
from collections.abc import Mapping
from typing import Final

from workstation.documents.texts import Texts

__all__ = ["word_setting_fault"]

_WANTED: Final[tuple[tuple[str, str], ...]] = (
    (r"a whole number.* from (?P<low>\d+) to (?P<high>\d+)", "number"),
    # Before how many: a text may be long, and so may a path.
    (r"a path", "path"),
    (r"a (?:text|name|person)|the log's name|the reader's name", "text"),
    (r"(?P<low>\d+) to (?P<high>\d+) ", "several"),
    (r"at most (?P<high>\d+) ", "several"),
    (r"64 hexadecimal digits", "digits"),
    (r"kk, ru or en", "language"),
    (r"an address", "address"),
    (r"one of |true or false", "choice"),
)
_PLACES: Final[Mapping[str, str]] = {
    "$.carrier.tls_anchors": "ncalayer",
    "$.trust.anchors": "authorities",
    "$.revocation.crl_urls": "lists",
    "$.vault.recipients": "recipient",
    "$.permit.audience": "audience",
}
_GATEWAY: Final = re.compile(r"\$\.(registries\.\w+_url|authority\.url|video_identification\.url)$")
_SENTENCES: Final[tuple[tuple[str, str], ...]] = (
    (r"must be a table", "table"),
    (r"there is no setting", "unknown"),
    (r"(?:the policy does nothing|missing; the policy does nothing)", "person"),
    (r"(?:in the same folder|inside the log)", "beside_log"),
    (r"this machine in the production", "here"),
    (r"plain http", "clear"),
    (r"(?:the address cannot be used; NCALayer|not this machine)", "ncalayer"),
    (r"tls_anchors: .* missing or unreadable", "no_anchor"),
    (r"neither jws_keys nor client", "unvouched"),
    (r".* is not the pinned file", "pinned"),
    (r"not an address|scheme must be|not a plain host|query or fragment", "address"),
    (r"(?:only a device|plain files|test certificates) in the production", "production"),
    (r"(?:missing|empty);?", "missing"),
    (r".* (?:is not there or cannot be reached|is no folder|may not be written to)", "folder"),
    (r".*is a folder, not a file", "folder"),
    (r".*(?:not the log key|lies there unsealed|not the station's)", "key"),
)
_STANDS: Final = re.compile(r"; there stands (?P<shown>\S+)$")
_NOT_TOML: Final = re.compile(r"not TOML: .*\(at line (?P<line>\d+), column (?P<column>\d+)\)")
_FILE: Final = re.compile(r"(?P<shown>[^:]+): \w*(?:Error|larger than .*)$")
_CERTIFICATE: Final = re.compile(r"(?P<shown>[^:]+): (?:not a cert|not one whole|several objects)")
_VALUE: Final = re.compile(r"(?P<shown>.+?) is (?:not|none of) (?P<wanted>.*)$")
_LONGEST: Final = 60


def word_setting_fault(fault: str, texts: Texts) -> str:
    """Return what is wrong at a place, `$.camera.index: …`, in the language of the texts."""
    torn = _NOT_TOML.match(fault)
    if torn is not None or fault.startswith("not TOML"):
        told = {"line": "?", "column": "?"} if torn is None else torn.groupdict()
        return texts.tr("setting_fault.toml", **told)
    place, _, rest = fault.partition(": ")
    stands = _STANDS.search(rest)
    wanted = _word_wanted(place, rest, texts)
    for pattern, code in _SENTENCES:
        if re.match(pattern, rest):
            there = "?" if stands is None else stands["shown"]
            return texts.tr(f"setting_fault.{code}", place=place, wanted=wanted, shown=there)
    for known, code in ((_CERTIFICATE, "certificate"), (_FILE, "file"), (_VALUE, "wrong")):
        found = known.match(rest)
        if found is not None:
            shown = found["shown"][:_LONGEST]
            shown = "" if shown in {"nothing", "a list", "another kind of value"} else shown
            return texts.tr(f"setting_fault.{code}", place=place, shown=shown or "?", wanted=wanted)
    return texts.tr("setting_fault.other", place=place)


def _word_wanted(place: str, rest: str, texts: Texts) -> str:
    """Say what belongs at a place: by its own name, or by the kind of value that is described."""
    plain = re.sub(r"\[\d+\]", "", place)
    if plain in _PLACES:
        return texts.tr(f"belongs.{_PLACES[plain]}")
    if _GATEWAY.match(plain):
        return texts.tr("belongs.gateway")
    for pattern, code in _WANTED:
        found = re.search(pattern, rest)
        if found is not None:
            bounds = {"low": "0", "high": "0", **found.groupdict()}
            return texts.tr(f"belongs.{code}", **bounds)
    return texts.tr("belongs.value")
