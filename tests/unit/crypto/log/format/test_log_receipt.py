"""Receipts are strict and belong to one entry."""

import pytest

from crypto.errors import (
    KeyRefused,
    NoteMalformed,
)
from crypto.log.format.proof import verify_receipt
from tests.support.station.log import (
    LogSite,
    session_signer,
)


@pytest.fixture(name="site")
def log_site(tmp_path):
    return LogSite(tmp_path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v2"),
        ("index 1", "index 01"),
        ("index 1", "index"),
        ("index 1", "idx 1"),
        ("index 1\n", ""),
        ("\n\n", "\n"),
        ("\n\n", "\nAAAA\n\n"),
        ("\n\n", "\n" * 1 + "A" * 43 + "\n\n"),
        ("\n\n", "\n" + "\n".join(["A" * 43 + "="] * 64) + "\n\n"),
        ("bank", "b\ud800nk"),
        ("c2sp", "x" * (1 << 20)),
    ],
)
def test_an_irregular_receipt_is_malformed(site, old, new):
    with site.create() as store:
        body = store.append("x", {}).entry.body
        receipt = store.receipt(1)
    with pytest.raises(NoteMalformed):
        verify_receipt(receipt.replace(old, new, 1), body, site.log_key.verifier)


def test_a_receipt_is_for_one_entry_and_may_carry_extra_data(site):
    with site.create() as store:
        body = store.append("x", {}).entry.body
        receipt = store.receipt(1)
    key = site.log_key.verifier
    extra = receipt.replace("\nindex", "\nextra AAAA\nindex", 1)
    assert verify_receipt(extra, body, key)[0] == 1
    with pytest.raises(KeyRefused):
        verify_receipt(receipt, body + b" ", key)
    with pytest.raises(KeyRefused):
        verify_receipt(receipt.replace("index 1", "index 0"), body, key)
    with pytest.raises(KeyRefused):
        verify_receipt(receipt, body, session_signer().verifier)
