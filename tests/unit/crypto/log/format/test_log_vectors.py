"""The byte-level example of docs/formats/log.md, produced by the store itself."""

import pytest

from crypto.log.format.checkpoint import open_checkpoint
from crypto.log.format.cosignature import cosigned_at
from crypto.log.format.merkle import node_hash
from crypto.log.format.proof import make_receipt, verify_receipt
from tests.support.station.log import (
    ORIGIN,
    LogSite,
    log_signer,
    session_signer,
    supervisor_signer,
    witness,
)

ENTRY_0 = """\
{"boot":"7f3c9a10","data":{"policy":"p-2026-10","prev_gen":null,"vkey":"bank.example/log/b0421-w07/g1+239e0418+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"},"log":"bank.example/log/b0421-w07/g1","mono":1000,"seq":0,"t":1763803500000,"type":"log.genesis","v":1}

— bank.example/log/b0421-w07/g1 I54EGAqbg9TOPtXUBoAhBf2f0V3w+4BXGk5/3dOSIiuQjZ6vcAZYwjyW8VWIMN+9QqUQjOIfCwXeLN8MKrIyTASkLwU=
— bank.example/sup/S-0031 qfUYIWevUuyWN09SvbDgljUSHu5SGDBnNbfydLvHKg1xGfduxkdfKyGXATNp3lKFA9UIJo3rhDz8GAVGWSGzp1HjNgg=
"""  # noqa: E501 - verbatim bytes
ENTRY_1 = """\
{"boot":"7f3c9a10","data":{"actor":"T-004217","by":"S-0031","ses":"bank.example/ses/c3a1f09be2+e6078709+ASmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X"},"log":"bank.example/log/b0421-w07/g1","mono":2000,"prev":"sn/O304rkO2iIvVtSxXS0Ij5L2d3CKuDj2l7r+QwwsE=","seq":1,"t":1763803501000,"type":"session.open","v":1}

— bank.example/log/b0421-w07/g1 I54EGPMNNMzeC9hzHpL5JFygjgf9Cb/GSW1k5K7Z68HVHZ8C072RdwCgsIwSQdCkJ+/6vwz1l0VRv8h/qzK7At/VJQQ=
— bank.example/sup/S-0031 qfUYIbA+5ON0CJqRB4NsREB9M9S7NyfXRSPdQcjRPgcM8mzVm/wIhK9VPNM/HX+t31i6BJirPzwbXAX2AwpZ0zwilww=
"""  # noqa: E501 - verbatim bytes
ENTRY_2 = """\
{"actor":"T-004217","boot":"7f3c9a10","data":{"case":"9b2d7c1e5f","match_ppm":871204,"outcome":"accept","pl":{"alg":"A256GCM","cm":"cqMgddjht0+gydtMtUDrfNLi6KMUAq6ER/938toIeYk=","ct":"EEkcq4O0xFOnRoBONTCc4NgwKXMKjWDM/AxGYWeJ2As=","n":13,"pid":"00112233445566778899aabbccddeeff"},"threshold_ppm":700000},"log":"bank.example/log/b0421-w07/g1","mono":13345,"prev":"vvRor9T9HY272PddxqwDm2GkLv8USbDk0tAw5xd5xbU=","seq":2,"t":1763803512345,"type":"verify.result","v":1}

— bank.example/ses/c3a1f09be2 5geHCXfp3b1kbpBvT21oxhj157Rr9+TKfghQLwcLl4JteSbC/2y3UfvKuEspZzEZymt39qCl2fuI9ZxieoyMo5/aigQ=
"""  # noqa: E501 - verbatim bytes
LEAVES = (
    "b27fcedf4e2b90eda222f56d4b15d2d088f92f677708ab838f697bafe430c2c1",
    "bef468afd4fd1d8dbbd8f75dc6ac039b61a42eff1449b0e4d2d030e71779c5b5",
    "8f12da6e60bf5672f30ceed7dc00dda759caa80b00a4e8c3bd9a7917b513f67f",
)
NODE_01 = "eb18279ec5efc2df7cd75e351096eb5d539538b5fa1daf1c3b50db5aa2bef75f"
ROOT_3 = "6e30ca64e6f733af00b1386184bd681dd81e4cca50d493ddbd7590f088bdcdce"
CHECKPOINT = """\
bank.example/log/b0421-w07/g1
3
bjDKZOb3M68AsThhhL1oHdgeTMpQ1JPdvXWQ8Ii9zc4=

— bank.example/log/b0421-w07/g1 I54EGBQ7sh85mjAZEeW0E9tj41YfvgXuYN8/GFCOmXvfS2PeGJvdq68y3NaO2isiZa9tTSwcr25oIiz9pTAqEE/WbAY=
— bank.example/witness/ho-1 YEXk7gAAAABpIY98FzFv8ZQazH1Ldz9Ype9QxyAZ26WyKusHcAnBRz8oyER7XfCQxvx6mwEtXxKB0M+XaQ4COEgT2tjZms7ooE++BA==
"""  # noqa: E501 - verbatim bytes
RECEIPT = (
    "c2sp.org/tlog-proof@v1\nindex 2\n6xgnnsXvwt981141EJbrXVOVOLX6Ha8cO1DbWqK+918=\n\n" + CHECKPOINT
)
PAYLOAD = {
    "alg": "A256GCM",
    "cm": "cqMgddjht0+gydtMtUDrfNLi6KMUAq6ER/938toIeYk=",
    "ct": "EEkcq4O0xFOnRoBONTCc4NgwKXMKjWDM/AxGYWeJ2As=",
    "n": 13,
    "pid": "00112233445566778899aabbccddeeff",
}


@pytest.fixture(name="store")
def example_store(tmp_path):
    site = LogSite(tmp_path)
    with site.create() as store:
        site.open_session(store)
        site.clock.tick(11345)
        data = {
            "case": "9b2d7c1e5f",
            "match_ppm": 871204,
            "outcome": "accept",
            "pl": PAYLOAD,
            "threshold_ppm": 700000,
        }
        store.append("verify.result", data, actor="T-004217", signers=[site.session_key])
        yield store


def test_keys_have_the_published_text_form():
    assert log_signer().vkey == f"{ORIGIN}+239e0418+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
    assert session_signer().vkey.endswith("+e6078709+ASmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X")
    assert supervisor_signer().vkey.endswith(
        "+a9f51821+ARdFU7RW3d/GkI7KscEB/mqyHiuqBhd5W31DpjSCmT/V"
    )
    assert witness().verifier.vkey.endswith(
        "+6045e4ee+BCVDuS/xCVURR2rcg2nbbdyTNmWhGXjdoUBO4QZsqVWd"
    )


def test_entries_are_the_published_bytes(store):
    assert [entry.body.decode() for entry in store.entries()] == [ENTRY_0, ENTRY_1, ENTRY_2]
    assert [len(entry.body) for entry in store.entries()] == [511, 559, 590]


def test_leaves_node_and_root_are_the_published_hashes(store):
    leaves = [entry.leaf for entry in store.entries()]
    assert [leaf.hex() for leaf in leaves] == list(LEAVES)
    assert node_hash(leaves[0], leaves[1]).hex() == NODE_01
    assert store.checkpoint().root.hex() == ROOT_3


def test_checkpoint_with_a_cosignature_is_the_published_note(store):
    head = store.checkpoint()
    line = witness().cosign(head.checkpoint, time_s=1763807100)
    assert head.with_cosignatures([line]).text == CHECKPOINT


def test_receipt_is_the_published_proof_and_verifies(store):
    head = store.checkpoint()
    line = witness().cosign(head.checkpoint, time_s=1763807100)
    path = store.inclusion_proof(2).path
    assert make_receipt(2, path, head.with_cosignatures([line])) == RECEIPT
    index, checkpoint = verify_receipt(RECEIPT, ENTRY_2.encode(), log_signer().verifier)
    assert (index, checkpoint.size) == (2, 3)


def test_the_published_cosignature_dates_the_head():
    head = open_checkpoint(CHECKPOINT.encode(), log_signer().verifier)
    assert cosigned_at(head.checkpoint, head.lines[1], witness().verifier) == 1763807100
