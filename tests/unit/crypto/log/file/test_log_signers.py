"""Who may sign which entry, and when."""

import pytest

from crypto.errors import (
    KeyRefused,
)
from crypto.log.audit.reader import LogReader
from crypto.log.format.note import NoteSigner
from tests.support.station.log import (
    LogSite,
    private_key,
)


@pytest.fixture(name="site")
def log_site(tmp_path):
    return LogSite(tmp_path)


def test_a_session_key_signs_only_between_its_opening_and_its_closing(site):
    with site.create() as store:
        with pytest.raises(KeyRefused) as early:
            store.append("verify.result", {}, signers=[site.session_key])
        site.open_session(store)
        store.append("verify.result", {}, signers=[site.session_key])
        store.append("verify.result", {}, signers=[site.session_key, site.supervisor])
        closed = store.append(
            "session.close",
            {"reason": "shift", "ses": site.session_key.vkey},
            signers=[site.session_key],
        )
        assert closed.entry.data["n"] == 2
        with pytest.raises(KeyRefused) as late:
            store.append("verify.result", {}, signers=[site.session_key])
        with pytest.raises(KeyRefused) as again:
            site.open_session(store)
        codes = [error.value.detail for error in (early, late, again)]
        assert codes == ["unknown_signer", "retired_key", "key_invalid"]


def test_a_session_left_open_is_closed_as_died_with_its_count(site):
    site.fill(6)
    with site.open() as store:
        last = store.entry(store.size - 1)
        assert last.kind == "session.close"
        assert last.data == {"n": 4, "reason": "died", "ses": site.session_key.vkey}
        assert last.signers == (site.log_key.name,)


def test_session_close_states_the_true_count_and_is_signed_by_session_or_log(site):
    vkey = site.session_key.vkey
    with site.create() as store:
        site.open_session(store)
        for data, signers, code in (
            ({"n": 7, "ses": vkey}, [site.session_key], "session_count"),
            ({"ses": vkey}, [site.supervisor], "wrong_signer"),
            ({"ses": site.supervisor.vkey}, [], "key_invalid"),
            ({"ses": "nonsense"}, [], "key_invalid"),
            ({}, [], "key_invalid"),
        ):
            with pytest.raises(KeyRefused) as refusal:
                store.append("session.close", data, signers=signers)
            assert refusal.value.detail == code
        store.append("session.close", {"ses": vkey})


@pytest.mark.parametrize("data", [{}, {"ses": 1}, {"ses": "nonsense"}])
def test_a_session_opens_only_with_a_readable_key(site, data):
    with site.create() as store, pytest.raises(KeyRefused):
        store.append("session.open", data, signers=[site.log_key, site.supervisor])


def test_who_may_sign_what(site):
    stranger = NoteSigner("bank.example/sup/S-9999", private_key(9))
    with site.create() as store:
        site.open_session(store)
        for kind, signers, code in (
            ("review", [], "wrong_signer"),
            ("review", [site.log_key], "wrong_signer"),
            ("payload.erase", [site.session_key], "wrong_signer"),
            ("review", [stranger], "unknown_signer"),
            ("payload.erase", [site.log_key], "wrong_signer"),
            ("heartbeat", [site.session_key], "wrong_signer"),
            ("session.open", [site.supervisor], "wrong_signer"),
            ("x", [site.log_key, site.log_key], "wrong_signer"),
        ):
            with pytest.raises(KeyRefused) as refusal:
                store.append(kind, {"ses": stranger.vkey}, signers=signers)
            assert refusal.value.detail == code
        store.append("review", {}, signers=[site.supervisor])
        store.append("review", {}, signers=[site.session_key])


def test_an_enrolled_key_signs_from_then_on_and_after_a_restart(site):
    new = NoteSigner("bank.example/sup/S-0002", private_key(9))
    with site.create() as store:
        data = {"vkey": new.vkey}
        with pytest.raises(KeyRefused):
            store.append("key.enrol", data)
        store.append("key.enrol", data, signers=[site.log_key, site.supervisor])
        store.append("review", {}, signers=[new])
        with pytest.raises(KeyRefused):
            store.append("key.enrol", data, signers=[site.log_key, site.supervisor])
    with site.open() as store:
        store.append("review", {}, signers=[new])
        store.append("review", {}, signers=[site.supervisor])


def test_nothing_follows_the_logs_close(site):
    with site.create() as store:
        assert not store.closed
        store.append("log.close", {"reason": "moved"}, signers=[site.log_key, site.supervisor])
        assert store.closed
        with pytest.raises(KeyRefused):
            store.append("x", {})
    with site.open() as store:
        assert store.size == 2
        with pytest.raises(KeyRefused):
            store.append("x", {})


def test_a_rotated_key_signs_new_heads_and_the_old_one_only_old_heads(site):
    new = NoteSigner(site.log_key.name, private_key(0x11))
    newer = NoteSigner(site.log_key.name, private_key(0x12))
    with site.create() as store:
        store.append("x", {})
        done = store.rotate(new)
        assert done.checkpoint.lines[0].key_id == site.log_key.verifier.key_id
        assert done.entry.signers == (site.log_key.name,) * 2
        after = store.append("x", {})
        assert after.checkpoint.lines[0].key_id == new.verifier.key_id
        with pytest.raises(KeyRefused):
            store.append("x", {}, signers=[site.log_key])
        with pytest.raises(KeyRefused):
            store.rotate(NoteSigner("bank.example/other", private_key(3)))
        store.rotate(newer)
        assert store.checkpoint(2).lines[0].key_id == site.log_key.verifier.key_id
        assert store.checkpoint(4).lines[0].key_id == new.verifier.key_id
    with pytest.raises(KeyRefused):
        site.open()
    first, site.log_key = site.log_key, newer
    with site.open() as store:
        assert store.checkpoint().lines[0].key_id == newer.verifier.key_id
    with LogReader(site.path, first.vkey) as reader:
        assert reader.size == 6
        assert reader.checkpoint().lines[0].key_id == newer.verifier.key_id
        assert reader.key_in_force() == newer.verifier
