"""Everything that is wrong with a table of settings, all at once and in words.

The parser stops at the first fault and describes it by a pattern; whoever fills in a new
station's file would run it a dozen times. What is said here is derived from the same structures.
"""

import difflib
from collections.abc import Iterator, Mapping
from enum import EnumType
from types import UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin

import msgspec

__all__ = ["shape_faults"]

_SHOWN: Final = 60
_LARGE: Final = 2**63

_HINTS: Final = {
    "$.carrier.tls_anchors": "the certificate that NCALayer's TLS chain ends in; see docs/ctl.md",
    "$.trust.anchors": "`workstation-ctl trust import` fills it in",
    "$.revocation.crl_urls": "the lists of the authorities and of their roots",
    "$.registries.phone_owner_url": "the https address of the bank's gateway that says whose a "
    "mobile number is",
    "$.registries.antifraud_url": "the https address of the bank's gateway to the antifraud centre",
    "$.registries.loan_refusal_url": "the https address of the bank's gateway that knows who has "
    "refused to be given loans",
    "$.registries.person_url": "the https address of the bank's gateway that knows the customer by "
    "the ИИН",
    "$.registries.attempts_url": "the https address of the branch's register of failed attempts",
    "$.registries.relations_url": "the https address of the bank's gateway to the registers of "
    "powers of attorney, guardians and marriages",
    "$.authority.url": "the https address of the bank's gateway to the authority that compares "
    "faces",
    "$.palm.url": "the address of the palm scanner's service, on this machine or https",
    "$.video_identification.url": "the https address of the bank's gateway to its centre for video "
    "identification",
    "$.vault.recipients": "whose keys open the sealed evidence; see docs/ctl.md",
    "$.permit.audience": "the name under which core banking redeems permits",
}
"""What belongs into the places that `init` leaves empty."""


def shape_faults(shape: Any, value: object, place: str = "$") -> Iterator[str]:
    """Iterate over what keeps `value` from being of `shape`: `$.camera.index: …`."""
    kind, described = _strip_notes(shape)
    choices = [each for each in _choices(kind) if each is not msgspec.UnsetType]
    tables = [each for each in choices if isinstance(each, type) and _is_table(each)]
    if tables:
        yield from _table_faults(tables, value, place)
    elif get_origin(kind) is list and isinstance(value, list):
        (item,) = get_args(kind)
        inside = list(_item_faults(item, value, place))
        yield from inside
        if not inside:
            yield from _value_faults(shape, value, place, described)
    else:
        yield from _value_faults(shape, value, place, described or _describe_kind(kind))


def _item_faults(item: Any, values: list[object], place: str) -> Iterator[str]:
    for index, each in enumerate(values):
        yield from shape_faults(item, each, f"{place}[{index}]")


def _table_faults(tables: list[type], value: object, place: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"{place}: must be a table"
        return
    table, tag = tables[0], tables[0].__struct_config__.tag_field  # type: ignore[attr-defined]
    if tag is not None:
        tagged = {each.__struct_config__.tag: each for each in tables}  # type: ignore[attr-defined]
        named = value.get(tag)
        if not isinstance(named, str) or named not in tagged:
            yield f"{place}.{tag}: {_show(named)} is none of {', '.join(sorted(tagged))}"
            return
        table = tagged[named]
    known = {each.encode_name: each for each in msgspec.structs.fields(table)}
    for name in value:
        if name not in known and name != tag:
            near = difflib.get_close_matches(str(name), known, n=1)
            meant = f"; is {near[0]} meant?" if near else ""
            yield f"{place}.{str(name)[:_SHOWN]}: there is no setting of this name{meant}"
    for name, field in known.items():
        inner = f"{place}.{name}"
        if name in value:
            yield from shape_faults(field.type, value[name], inner)
        elif field.required:
            yield f"{inner}: missing; {_describe_wanted(field.type, inner)}"


def _value_faults(shape: Any, value: object, place: str, described: str) -> Iterator[str]:
    try:
        msgspec.convert(value, shape, strict=True)
    except msgspec.ValidationError as refused:
        if isinstance(value, str | list) and not value:
            yield f"{place}: empty; {_HINTS.get(place) or described or refused}"
        else:
            yield f"{place}: {_show(value)} is not {described or refused}"


def _describe_wanted(shape: Any, place: str) -> str:
    kind, described = _strip_notes(shape)
    return _HINTS.get(place) or described or _describe_kind(kind)


def _strip_notes(shape: Any) -> tuple[Any, str]:
    """Return a type without its annotations, and the description that stands in them."""
    if get_origin(shape) is not Annotated:
        return shape, ""
    kind, *notes = get_args(shape)
    said = (each.description for each in notes if isinstance(each, msgspec.Meta))
    return kind, next((each for each in said if each), "")


def _choices(kind: Any) -> tuple[Any, ...]:
    return get_args(kind) if get_origin(kind) in {Union, UnionType} else (kind,)


def _is_table(kind: type) -> bool:
    return issubclass(kind, msgspec.Struct)


def _describe_kind(kind: Any) -> str:
    """Say in a word what a bare type is."""
    if isinstance(kind, EnumType):
        members: Mapping[str, object] = kind.__members__
        return "one of " + ", ".join(map(str, members.values()))
    if get_origin(kind) is list:
        return "a list"
    words = {bool: "true or false", int: "a whole number", str: "a text"}
    return words.get(kind, "a table")


def _show(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case str():
            return repr(value if len(value) <= _SHOWN else f"{value[:_SHOWN]}…")
        case bool():
            return str(value).lower()
        case int():
            return str(value) if abs(value) < _LARGE else "a number that is too large"
        case _:
            return "a list" if isinstance(value, list) else "another kind of value"
