"""Keys of signed answers are pinned by their digest and told apart by their names."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from crypto.jws import JwsKey
from workstation.errors import SettingsRefused
from workstation.settings.answer_keys import AnswerKeyTable, read_answer_keys

PLACE = "$.registries.person_jws_keys"


def table(folder, name="a", **changes):
    """Write a new key to the folder and return the line of the settings that pins it."""
    public = Ed25519PrivateKey.generate().public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (folder / f"{name}.pem").write_bytes(pem)
    fields = {"kid": name, "path": f"{name}.pem", "sha256": JwsKey(name, public).sha256}
    return AnswerKeyTable(**(fields | changes))


def refusal(folder, *tables):
    with pytest.raises(SettingsRefused) as refused:
        read_answer_keys(folder, PLACE, tables)
    return refused.value.detail


def test_the_keys_are_read_under_their_names(tmp_path):
    found = read_answer_keys(tmp_path, PLACE, [table(tmp_path, "a"), table(tmp_path, "b")])
    assert [each.kid for each in found] == ["a", "b"]


def test_another_key_than_the_pinned_one_is_refused_and_its_digest_told(tmp_path):
    pinned = table(tmp_path)
    other = table(tmp_path)
    assert refusal(tmp_path, pinned) == f"{PLACE}[0]: a.pem: sha256 of its key is {other.sha256}"


def test_a_file_that_is_gone_or_no_key_is_named(tmp_path):
    good = table(tmp_path)
    gone = table(tmp_path, "b", path="gone.pem")
    assert refusal(tmp_path, good, gone) == f"{PLACE}[1]: gone.pem: FileNotFoundError"
    (tmp_path / "a.pem").write_bytes(b"junk")
    assert refusal(tmp_path, good) == f"{PLACE}[0]: a.pem: no public key"


def test_two_keys_of_one_name_are_refused(tmp_path):
    tables = table(tmp_path, "a", kid="k"), table(tmp_path, "b", kid="k")
    assert refusal(tmp_path, *tables) == f"{PLACE}[1]: a second key named k"
