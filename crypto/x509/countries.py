"""States by the codes of machine-readable zones and of certificates (Doc 9303-3 5, ISO 3166-1)."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Annotated

import msgspec

import resources

__all__ = ["find_country"]

_Alpha2 = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{2}\Z")]
_CODE = re.compile(r"[A-Z]{1,3}")


class _CountriesFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: int
    special: dict[str, _Alpha2]
    iso: dict[str, _Alpha2]


def find_country(code: str) -> str:
    """Return the two letters of the state that a zone writes as `code`, fillers taken off.

    Empty for a code of nobody.
    """
    return _read_countries().get(code, "")


@cache
def _read_countries() -> Mapping[str, str]:
    octets = resources.path("documents", "countries.toml").read_bytes()
    file = msgspec.convert(tomllib.loads(octets.decode()), _CountriesFile, strict=True)
    stated = file.iso | file.special
    if file.version != 1 or not all(_CODE.fullmatch(each) for each in stated):
        raise ValueError("countries.toml")
    return stated
