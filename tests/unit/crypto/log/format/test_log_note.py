"""Signed notes: what opens, what is refused."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.errors import KeyRefused, NoteMalformed
from crypto.log.format.checkpoint import Checkpoint, open_checkpoint, parse_size
from crypto.log.format.cosignature import COSIGNATURE, cosigned_at
from crypto.log.format.note import (
    MAX_NOTE_BYTES,
    Note,
    NoteSigner,
    NoteVerifier,
    SignatureLine,
    parse_note,
    parse_signature_line,
    strict_base64,
)
from tests.support.station.log import (
    log_signer,
    private_key,
    sign_note,
    supervisor_signer,
    witness,
)

TEXT = b"If you think cryptography is the answer\nto your problem,\n\nthen it is not.\n"


def test_a_signed_note_gives_back_its_text_and_its_lines_which_the_keys_verify():
    signers = [log_signer(), supervisor_signer()]
    note = parse_note(sign_note(TEXT, signers))
    assert note.text == TEXT
    assert [(line.name, line.key_id) for line in note.lines] == [
        signer.verifier.identity for signer in signers
    ]
    for signer, line in zip(signers, note.lines, strict=True):
        assert signer.verifier.verifies(note.text, line.signature)
        assert not signer.verifier.verifies(note.text + b"x", line.signature)


@pytest.mark.parametrize("count", [16, 64])
def test_many_signature_lines_are_accepted(count):
    signers = [NoteSigner(f"k{n}", private_key(n)) for n in range(count)]
    lines = parse_note(sign_note(TEXT, signers)).lines
    assert [line.name for line in lines] == [signer.name for signer in signers]


def test_too_many_signature_lines_are_refused():
    line = log_signer().sign_line(TEXT)
    with pytest.raises(NoteMalformed):
        parse_note(Note(TEXT, (line,) * 65).encode())


@pytest.mark.parametrize(
    "untrusted",
    [
        b"",
        b"text\n",
        b"text\n\n",
        b"text\n\nno dash\n",
        "text\n\n— name\n".encode(),
        "text\n\n— na+me AAAAAAA=\n".encode(),
        "text\n\n— name AAAA\n".encode(),
        "text\n\n— name AAAAAA==\n".encode(),
        "text\n\n— name !!!!\n".encode(),
        "text\n\n—  AAAAAAA=\n".encode(),
        "text\n\n— name AAAAAAA=".encode(),
        "te\rxt\n\n— name AAAAAAA=\n".encode(),
        "te\x00xt\n\n— name AAAAAAA=\n".encode(),
        b"\xff\n\n" + "— name AAAAAAA=\n".encode(),
        b"x" * (MAX_NOTE_BYTES + 1),
    ],
)
def test_irregular_notes_are_malformed(untrusted):
    with pytest.raises(NoteMalformed):
        parse_note(untrusted)


SIGNED = sign_note(TEXT, [log_signer()])


@pytest.mark.parametrize("last", [b"", b" ", b"=", b"\x0b", b"\n\n"])
def test_a_note_ends_with_the_newline_of_its_last_line(last):
    assert parse_note(SIGNED).encode() == SIGNED
    with pytest.raises(NoteMalformed):
        parse_note(SIGNED[:-1] + last)


@pytest.mark.parametrize(
    "start", ["- ", "\N{EN DASH} ", "\N{EM DASH}\N{NO-BREAK SPACE}", "  ", "xx"]
)
def test_a_signature_line_starts_with_an_em_dash_and_a_space(start):
    line = log_signer().sign_line(TEXT).encode().decode().removesuffix("\n")
    assert parse_signature_line(line) == log_signer().sign_line(TEXT)
    with pytest.raises(NoteMalformed):
        parse_signature_line(start + line[2:])


@pytest.mark.parametrize(
    "name", ["", " ", "a b", "a ", "a+b", "a\tb", "a\x7f", "a\u200b", "a" * 201]
)
def test_a_key_name_is_printable_without_blank_or_plus(name):
    assert NoteVerifier("a" * 200, bytes(32)).name == "a" * 200
    with pytest.raises(NoteMalformed):
        NoteVerifier(name, bytes(32))


@given(st.binary(max_size=300))
def test_any_bytes_are_a_note_or_malformed(untrusted):
    try:
        note = parse_note(untrusted)
    except NoteMalformed:
        return
    assert note.encode() == untrusted


@given(st.text(max_size=60))
def test_any_text_is_a_key_or_a_line_or_malformed(untrusted):
    for parse in (NoteVerifier.parse, parse_signature_line, strict_base64):
        with pytest.raises(NoteMalformed):
            parse(untrusted + " !")


def test_base64_with_loose_trailing_bits_is_refused():
    assert strict_base64("AA==") == b"\x00"
    with pytest.raises(NoteMalformed):
        strict_base64("AB==")


def test_a_key_survives_its_text_form():
    vkey = log_signer().vkey
    assert NoteVerifier.parse(vkey) == log_signer().verifier
    assert NoteVerifier.parse(vkey).vkey == vkey


@pytest.mark.parametrize(
    "pattern",
    [
        "{name}+{kid}",
        "{name}+00000000+{key}",
        "{name}+{kid}x+{key}",
        " +{kid}+{key}",
        "{name}+{kid}+{key}AAAA",
        "{name}+{kid}+" + base64.b64encode(b"\x04" + bytes(32)).decode(),
        "{name}+{kid}+" + base64.b64encode(b"\x01" + bytes(31)).decode(),
    ],
)
def test_an_irregular_key_text_is_malformed(pattern):
    name, kid, key = log_signer().vkey.split("+", 2)
    with pytest.raises(NoteMalformed):
        NoteVerifier.parse(pattern.format(name=name, kid=kid, key=key))


def test_a_signers_text_form_does_not_hold_the_private_key():
    assert repr(log_signer()) == f"NoteSigner({log_signer().vkey})"


def test_the_order_of_the_curve_added_to_s_does_not_verify():
    # RFC 8032: S >= L is refused, so a signature has one spelling.
    order = 2**252 + 27742317777372353535851937790883648493
    signature = log_signer().sign(TEXT)
    scalar = int.from_bytes(signature[32:], "little") + order
    assert not log_signer().verifier.verifies(TEXT, signature[:32] + scalar.to_bytes(32, "little"))
    assert not log_signer().verifier.verifies(TEXT, signature[:40])


HEAD = Checkpoint("o", 3, bytes(32))


@pytest.mark.parametrize(
    "body",
    [
        b"o\n3\n",
        b"\n3\n" + base64.b64encode(bytes(32)) + b"\n",
        b"o\n03\n" + base64.b64encode(bytes(32)) + b"\n",
        b"o\n3\n" + base64.b64encode(bytes(31)) + b"\n",
        b"o\n3\n" + base64.b64encode(bytes(32)) + b"\nextension\n",
        b"\xff\n3\n" + base64.b64encode(bytes(32)) + b"\n",
        b"o\n999999999999999\n" + base64.b64encode(bytes(32)) + b"\n",
    ],
)
def test_an_irregular_checkpoint_is_malformed(body):
    with pytest.raises(NoteMalformed):
        Checkpoint.parse(body)


def test_a_checkpoint_survives_its_text_form():
    assert Checkpoint.parse(HEAD.body()) == HEAD
    assert parse_size("0") == 0


def test_a_checkpoint_opens_only_with_the_logs_own_signature_and_name():
    signer = NoteSigner("o", private_key(0))
    signed = sign_note(HEAD.body(), [signer])
    assert open_checkpoint(signed, signer.verifier).checkpoint == HEAD
    with pytest.raises(KeyRefused):
        open_checkpoint(signed, NoteSigner("p", private_key(0)).verifier)
    with pytest.raises(KeyRefused):
        open_checkpoint(signed, NoteSigner("o", private_key(1)).verifier)
    other = Checkpoint("o", 4, bytes(32)).body()
    with pytest.raises(KeyRefused):
        open_checkpoint(Note(other, (signer.sign_line(HEAD.body()),)).encode(), signer.verifier)


def test_a_checkpoint_keeps_lines_of_other_keys_but_every_line_of_the_log_must_hold():
    signer = NoteSigner("o", private_key(0))
    own, other = signer.sign_line(HEAD.body()), supervisor_signer().sign_line(HEAD.body())
    opened = open_checkpoint(Note(HEAD.body(), (own, other)).encode(), signer.verifier)
    assert opened.lines == (own, other)
    false = SignatureLine(own.name, own.key_id, bytes(64))
    with pytest.raises(KeyRefused):
        open_checkpoint(Note(HEAD.body(), (own, false)).encode(), signer.verifier)


def test_a_cosignature_holds_for_one_head_one_time_and_one_witness():
    line = witness().cosign(HEAD, time_s=1763807100)
    key = witness().verifier
    assert cosigned_at(HEAD, line, key) == 1763807100
    assert cosigned_at(Checkpoint("o", 4, bytes(32)), line, key) is None
    assert cosigned_at(HEAD, line, log_signer().verifier) is None
    other = NoteVerifier("bank.example/witness/x", key.public, COSIGNATURE)
    assert cosigned_at(HEAD, line, other) is None
    later = SignatureLine(line.name, line.key_id, bytes(7) + b"\x01" + line.signature[8:])
    assert cosigned_at(HEAD, later, key) is None
    absurd = SignatureLine(line.name, line.key_id, b"\xff" * 8 + line.signature[8:])
    assert cosigned_at(HEAD, absurd, key) is None


def test_a_key_is_read_as_the_type_that_is_asked_for():
    key = witness().verifier
    assert NoteVerifier.parse(key.vkey, algorithm=COSIGNATURE) == key
    with pytest.raises(NoteMalformed):
        NoteVerifier.parse(key.vkey)
