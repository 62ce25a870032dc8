"""What a registry caches: answers about octets, never decisions; bounded; nothing of people."""

import threading
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.algorithms.algorithm import PublicKeyRefused
from crypto.algorithms.cache import Cache
from crypto.algorithms.key_policy import KeyPolicy
from crypto.algorithms.registry import SignatureOutcome, default_registry
from crypto.asn1 import writer as w
from crypto.asn1.der import DerError, Node
from crypto.path.validate import verify_certificate
from crypto.x509.names import Name, prepare_string
from tests.support.pki.certificates import ca_name, world

W = world("rsa-person")


def test_a_value_is_computed_once_while_it_is_cached():
    cache, computed = Cache(2), []

    def get(name):
        return cache.get((name,), lambda: computed.append(name) or len(computed))

    assert [get(b"a"), get(b"b"), get(b"a")] == [1, 2, 1]
    assert get(b"c") == 3  # b is the one used longest ago
    assert get(b"a") == 1
    assert get(b"b") == 4


def test_arguments_do_not_run_into_each_other():
    cache = Cache(8)
    parts = [(b"ab", b"c"), (b"a", b"bc"), (b"abc",), (b"", b"abc"), (b"abc", b"")]
    assert [cache.get(each, lambda n=n: n) for n, each in enumerate(parts)] == list(range(5))


def test_an_exception_is_not_cached():
    cache = Cache(8)
    with pytest.raises(PublicKeyRefused):
        cache.get((b"a",), lambda: (_ for _ in ()).throw(PublicKeyRefused("now")))
    assert cache.get((b"a",), lambda: True) is True


def test_threads_may_use_it_at_once():
    cache, found = Cache(4), []

    def use():
        found.extend(cache.get((bytes((n % 7,)),), lambda n=n: n % 7) == n % 7 for n in range(300))

    threads = [threading.Thread(target=use) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(found) == 1200
    assert all(found)


def test_the_policy_is_applied_anew_to_a_cached_answer():
    registry = default_registry()
    person, issuer = W.person.parsed, W.authority.parsed
    for _ in range(2):
        check = verify_certificate(person, issuer, registry, KeyPolicy({}))
        assert check.outcome is SignatureOutcome.VALID
    strict = KeyPolicy({"ec": 384})
    assert verify_certificate(person, issuer, registry, strict).outcome is SignatureOutcome.WEAK


def test_a_wrong_signature_stays_wrong_beside_a_right_one():
    registry, policy = default_registry(), KeyPolicy({})
    person, issuer = W.person.parsed, W.authority.parsed
    asked = {"algorithm": person.algorithm, "message": person.tbs, "policy": policy}
    right = registry.verify(key=issuer.key, signature=person.signature, **asked)
    other = registry.verify(key=W.root.parsed.key, signature=person.signature, **asked)
    changed = bytes((*person.signature[:-1], person.signature[-1] ^ 1))
    wrong = registry.verify(key=issuer.key, signature=changed, **asked)
    assert (right.outcome, other.outcome, wrong.outcome) == (
        SignatureOutcome.VALID,
        SignatureOutcome.WRONG,
        SignatureOutcome.WRONG,
    )


@given(st.text(st.characters(max_codepoint=127)))
def test_ascii_is_prepared_as_any_other_text(text):
    folded = unicodedata.normalize("NFKC", text).casefold()
    assert prepare_string(text) == " ".join(unicodedata.normalize("NFKC", folded).split())


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("NCA TEST", "nca  test ", True),
        ("ҰКО 3.0", "ұко 3.0", True),
        ("ҰКО 3.0", "ҰҚО 3.0", False),
        ("a", "b", False),
    ],
)
def test_names_compare_by_meaning_however_they_were_written(one, other, same):
    names = [read(ca_name(each).public_bytes()) for each in (one, other)]
    assert (names[0] == names[1]) is same
    assert (len(set(names)) == 1) is same
    assert names[0].within(names[1]) is same


def read(der):
    return Name.read(Node.at(der, 0, len(der)))


def test_a_lazily_opened_element_holds_no_more_than_it_must():
    few, many = (w.sequence(w.null() * count) for count in (4096, 4097))
    assert len(Node.at(few, 0, len(few)).elements()) == 4096
    with pytest.raises(DerError):
        Node.at(many, 0, len(many)).elements()
    assert sum(1 for _ in Node.at(many, 0, len(many)).children()) == 4097
