"""What was read from a chip is found again, in an opened payload or as single files."""

import json

import pytest

from crypto.lds.data_groups import DATA_GROUP_TAGS
from crypto.lds.files import ChipAuthenticity, ChipFiles
from workstation.records.chip_files import (
    ChipFilesRefused,
    describe_chip_files,
    read_chip_payload,
    sort_chip_files,
)

FILES = ChipFiles(
    com=b"\x60\x00",
    security_object=b"\x77\x01\x30",
    data_groups={1: b"\x61\x00", 2: b"\x75\x01\x00", 14: b"\x6e\x00", 15: b"\x6f\x00"},
    access="bac",
    authenticity=ChipAuthenticity.ACTIVE,
)


def payload(**members):
    return json.dumps({"version": 2, "case": "0" * 32, **members}).encode()


def test_files_come_back_out_of_a_payload_octet_for_octet():
    kept = read_chip_payload(payload(chip=describe_chip_files(FILES), reference="/9j/"))

    assert (kept.files, kept.reference) == (FILES, b"\xff\xd8\xff")


@pytest.mark.parametrize(
    ("untrusted", "detail"),
    [
        (payload(), "no_chip"),
        (payload(chip=None), "no_chip"),
        (b"", "payload"),
        (b"[]", "payload"),
        (b'{"chip":{},"chip":{}}', "payload"),
        (payload(chip=[]), "payload"),
        (payload(chip={}), "payload"),
        (payload(chip=describe_chip_files(FILES) | {"security_object": "?"}), "payload"),
        (payload(chip=describe_chip_files(FILES) | {"security_object": "й"}), "payload"),
        (payload(chip=describe_chip_files(FILES) | {"security_object": None}), "payload"),
        (payload(chip=describe_chip_files(FILES) | {"access": "guessed"}), "payload"),
        (payload(chip=describe_chip_files(FILES) | {"authenticity": "sworn"}), "payload"),
        (payload(chip=describe_chip_files(FILES) | {"data_groups": {"17": "YQA="}}), "payload"),
        (payload(chip=describe_chip_files(FILES) | {"data_groups": {" 1": "YQA="}}), "payload"),
        (payload(chip=describe_chip_files(FILES) | {"data_groups": {"1": 1}}), "payload"),
        (payload(chip=describe_chip_files(FILES), reference="?"), "payload"),
    ],
)
def test_what_is_no_payload_with_a_chip_is_refused(untrusted, detail):
    with pytest.raises(ChipFilesRefused) as refused:
        read_chip_payload(untrusted)
    assert refused.value.detail == detail


def test_single_files_are_told_by_their_first_octet_in_any_order():
    groups = {number: bytes([tag, 0]) for number, tag in DATA_GROUP_TAGS.items()}
    sorted_files = sort_chip_files([*groups.values(), b"\x77\x00", b"\x60\x00"])

    assert sorted_files.data_groups == groups
    assert (sorted_files.com, sorted_files.security_object) == (b"\x60\x00", b"\x77\x00")
    assert (sorted_files.access, sorted_files.authenticity) == ("none", ChipAuthenticity.NONE)


@pytest.mark.parametrize(
    ("files", "detail"),
    [
        ([b"\x77\x00", b""], "unknown_file"),
        ([b"\x77\x00", b"\x30\x00"], "unknown_file"),
        ([b"\x77\x00", b"\x77\x01\x00"], "file_twice"),
        ([b"\x61\x00"], "no_security_object"),
        ([], "no_security_object"),
    ],
)
def test_files_that_are_not_those_of_one_chip_are_refused(files, detail):
    with pytest.raises(ChipFilesRefused) as refused:
        sort_chip_files(files)
    assert refused.value.detail == detail
