"""A signature brought as a file: read within limits, other kinds named."""

import base64
import os

import pytest

from crypto.carrier.errors import (
    CarrierCancelled,
    CarrierProtocol,
    CarrierUnreachable,
    FileKind,
    WrongFileKind,
)
from crypto.carrier.file import SignedFileCarrier
from tests.support.station.sandbox import obtained, request_of


def read(path, *, max_bytes=1 << 20, cancelled=False):
    carrier = SignedFileCarrier(path, max_bytes=max_bytes)
    return carrier.obtain(request_of(), cancelled=lambda: cancelled)


def test_a_signature_is_returned_as_binary_whatever_its_armour(sandbox, tmp_path):
    cms = obtained(sandbox, request_of())
    binary, text = tmp_path / "a.cms", tmp_path / "b.txt"
    binary.write_bytes(cms)
    text.write_bytes(base64.encodebytes(cms))
    assert read(binary) == read(text) == cms


def test_another_kind_of_file_is_named(tmp_path):
    path = tmp_path / "signature.cms"
    path.write_bytes(b"%PDF-1.7\n")
    with pytest.raises(WrongFileKind) as wrong:
        read(path)
    assert wrong.value.code == "wrong_file_kind"
    assert wrong.value.kind is FileKind.PDF


def test_a_missing_file_and_a_folder_are_unreadable(tmp_path):
    for path in (tmp_path / "absent.cms", tmp_path):
        with pytest.raises(CarrierUnreachable):
            read(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_or_a_device_is_not_waited_for(tmp_path):
    pipe, link = tmp_path / "pipe.cms", tmp_path / "link.cms"
    os.mkfifo(pipe)
    link.symlink_to("/dev/zero")
    for path in (pipe, link):
        with pytest.raises(CarrierUnreachable):
            read(path)


def test_a_file_over_the_limit_is_refused_and_one_at_it_is_not(sandbox, tmp_path):
    path = tmp_path / "a.cms"
    path.write_bytes(cms := obtained(sandbox, request_of()))
    assert read(path, max_bytes=len(cms)) == cms
    with pytest.raises(CarrierProtocol) as refused:
        read(path, max_bytes=len(cms) - 1)
    assert refused.value.detail == "oversize"


def test_a_cancelled_request_reads_nothing(tmp_path):
    with pytest.raises(CarrierCancelled):
        read(tmp_path / "absent.cms", cancelled=True)
