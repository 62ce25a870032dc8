"""A witness cosigns what follows from what it cosigned before, and nothing else."""

import shutil
import sqlite3
import subprocess
import sys
import threading

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from crypto.errors import NoteMalformed
from crypto.log.audit.reader import LogReader
from crypto.log.file.store import LogStore
from crypto.log.format.cosignature import cosigned_at
from crypto.log.format.note import NoteSigner, NoteVerifier, parse_signature_line
from tests.support.station.log import ORIGIN, sign_note
from tests.support.station.witnesses import TIME_S, WitnessSite, grow, reader
from workstation.errors import WitnessUnusable
from workstation.witness.ask import Reply, WitnessOutcome, ask_witness, read_cosignature
from workstation.witness.requests import (
    ADD_CHECKPOINT,
    ADD_ROTATION,
    MAX_REQUEST_BYTES,
    AddCheckpoint,
    AddRotation,
    join_steps,
    plan_steps,
    split_steps,
)
from workstation.witness.state import KnownLog, WitnessState
from workstation.witness.witness import SIZE_TYPE, WitnessStatus


def steps(site, old):
    with reader(site) as log, log.snapshot() as view:
        return plan_steps(view, old)


def ask(site, witness, known=0, post=None):
    with reader(site) as log:
        return ask_witness(log, witness.key.verifier, post or witness.post, known)


def submit(site, witness, old):
    """Submit the newest head as if `old` was the last."""
    (step,) = steps(site, old)
    return witness.service.answer(step.path, step.body)


def restore(site, tmp_path):
    """Keep a copy of the log and its released heads, which what is returned puts back."""
    places = (site.path.parent, site.released_path.parent)
    for place in places:
        shutil.copytree(place, tmp_path / "kept" / place.name)

    def put_back():
        for place in places:
            shutil.rmtree(place)
            shutil.copytree(tmp_path / "kept" / place.name, place)

    return put_back


def append(site, count, tick=1000):
    """Open the log, let it grow, close it."""
    site.clock.tick(tick)
    with LogStore.open(
        site.path, log_key=site.log_key, clock=site.clock, released=site.released()
    ) as store:
        grow(store, count)


def test_the_newest_head_is_cosigned(site, witness):
    asked = ask(site, witness)

    assert (asked.outcome, asked.size, asked.time_s) == (WitnessOutcome.COSIGNED, 10, TIME_S)
    with reader(site) as log:
        head = log.checkpoint().checkpoint
    assert cosigned_at(head, asked.line, witness.key.verifier) == TIME_S
    assert witness.state.find(ORIGIN).size == 10


def test_the_next_head_is_cosigned_with_a_proof(site, witness):
    ask(site, witness)
    append(site, 5)

    assert ask(site, witness, 10).size == 16
    assert ask(site, witness, 16).outcome is WitnessOutcome.COSIGNED


def test_whoever_does_not_know_the_last_size_is_told_it(site, witness):
    ask(site, witness)
    append(site, 5)
    answer = submit(site, witness, 3)

    assert (answer.status, answer.content_type, answer.body) == (409, SIZE_TYPE, b"10\n")
    assert ask(site, witness, 0).outcome is WitnessOutcome.COSIGNED


def test_a_replayed_request_is_refused(site, witness):
    (first,) = steps(site, 0)
    assert witness.service.answer(first.path, first.body).status == 200
    append(site, 5)
    assert ask(site, witness, 10).outcome is WitnessOutcome.COSIGNED

    assert witness.service.answer(first.path, first.body).status == 409
    assert witness.state.find(ORIGIN).size == 16


def test_a_log_that_was_rolled_back_is_refused_and_says_so_itself(site, witness, tmp_path):
    put_back = restore(site, tmp_path)
    append(site, 5)
    ask(site, witness)
    put_back()

    asked = ask(site, witness, 0)

    assert (asked.outcome, asked.size, asked.theirs) == (WitnessOutcome.ROLLED_BACK, 10, 16)
    assert [(status) for _, status, _ in witness.state.evidence(ORIGIN)] == [409]


@pytest.mark.parametrize(("more", "status"), [(9, 422), (5, 409)])
def test_a_fork_is_refused_and_kept_as_evidence(site, witness, tmp_path, more, status):
    put_back = restore(site, tmp_path)
    append(site, 5)
    ask(site, witness)
    put_back()
    append(site, more, tick=7777)

    assert submit(site, witness, 16).status == status
    assert ask(site, witness, 16).outcome is WitnessOutcome.FORKED
    assert [status for _, status, _ in witness.state.evidence(ORIGIN)] == [422]
    assert witness.state.find(ORIGIN).size == 16


def test_a_stranger_s_log_is_not_found(site, tmp_path):
    other = WitnessSite(tmp_path / "other")

    assert submit(site, other, 0).status == 404
    assert ask(site, other).outcome is WitnessOutcome.REFUSED
    assert other.service.answer("/nothing", b"").status == 404


def test_another_key_of_the_same_name_is_refused(site, witness):
    (step,) = steps(site, 0)
    request = AddCheckpoint.parse(step.body)
    text = request.note.split(b"\n\n")[0] + b"\n"
    forged = sign_note(text, [NoteSigner(ORIGIN, Ed25519PrivateKey.generate())])

    body = AddCheckpoint(0, (), forged).encode()
    assert witness.service.answer(ADD_CHECKPOINT, body).status == 403


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 0\n",
        b"new 0\n\nx\n1\nx\n\n",
        b"old -1\n\n",
        b"old 0\nshort\n\n",
        b"old 0\nAAAA\n\n",
        b"old 00\n\n",
        b"old 0" + b"\n" + b"A" * 44 * 70 + b"\n\n",
        "old 0\nж\n\n".encode(),
        b"old 0\n" + b"\n".join([b"A" * 43 + b"="] * 64) + b"\n\nnote",
    ],
)
def test_what_is_no_request_is_refused(site, witness, body):
    assert witness.service.answer(ADD_CHECKPOINT, body).status == 400


def test_a_head_before_the_one_it_follows_is_no_request(site, witness):
    (step,) = steps(site, 0)
    request = AddCheckpoint.parse(step.body)

    body = AddCheckpoint(11, (), request.note).encode()
    assert witness.service.answer(ADD_CHECKPOINT, body).status == 400


def test_a_head_of_nothing_is_no_request(site, witness):
    text = f"{ORIGIN}\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n".encode()

    body = AddCheckpoint(0, (), sign_note(text, [site.log_key])).encode()
    assert witness.service.answer(ADD_CHECKPOINT, body).status == 400


def test_a_proof_that_does_not_lead_there_is_a_fork(site, witness):
    ask(site, witness)
    append(site, 5)
    (step,) = steps(site, 10)
    request = AddCheckpoint.parse(step.body)

    body = AddCheckpoint(10, request.proof[:-1], request.note).encode()
    assert witness.service.answer(ADD_CHECKPOINT, body).status == 422


def rotate(site):
    new = NoteSigner(ORIGIN, Ed25519PrivateKey.generate())
    with site.open() as store:
        store.rotate(new)
        grow(store, 2)
    site.old_key, site.log_key = site.log_key, new
    return new


def ask_first(site, witness, known=0):
    """Ask as a station whose first key is the old one."""
    with LogReader(site.path, site.first_vkey) as log:
        return ask_witness(log, witness.key.verifier, witness.post, known)


@pytest.fixture
def rotated(site, witness):
    """A log whose key was rotated twice since the witness saw it."""
    site.first_vkey = site.log_key.vkey
    ask(site, witness)
    rotate(site)
    rotate(site)
    return site


def test_a_witness_follows_the_rotations_of_the_log_s_key(rotated, witness):
    assert ask_first(rotated, witness, 10).outcome is WitnessOutcome.COSIGNED
    known = witness.state.find(ORIGIN)
    assert known.key == rotated.log_key.verifier
    assert ask_first(rotated, witness, known.size).outcome is WitnessOutcome.COSIGNED


def test_a_new_witness_follows_from_the_first_key(rotated, tmp_path):
    other = WitnessSite(tmp_path / "late")
    other.state.add(rotated.old_key.verifier)  # not the first: cannot be led
    assert ask_first(rotated, other).outcome is WitnessOutcome.REFUSED

    late = WitnessSite(tmp_path / "later")
    late.state.add(NoteVerifier.parse(rotated.first_vkey))
    assert ask_first(rotated, late).outcome is WitnessOutcome.COSIGNED


def test_a_key_that_was_rotated_away_signs_no_head_any_more(rotated, witness):
    ask_first(rotated, witness, 10)
    size = witness.state.find(ORIGIN).size
    text = f"{ORIGIN}\n99\n{'A' * 43}=\n".encode()
    body = AddCheckpoint(size, (), sign_note(text, [rotated.old_key])).encode()

    answer = witness.service.answer(ADD_CHECKPOINT, body)
    assert (answer.status, answer.body) == (409, f"{size}\n".encode())
    assert witness.state.find(ORIGIN).size == size


@pytest.mark.parametrize(
    ("more", "outcome"), [(0, WitnessOutcome.ROLLED_BACK), (20, WitnessOutcome.FORKED)]
)
@pytest.mark.parametrize("again", [False, True])
def test_a_log_put_back_before_a_rotation_is_accused(site, witness, tmp_path, more, outcome, again):
    site.first_vkey = site.log_key.vkey
    ask(site, witness)
    put_back, first = restore(site, tmp_path), site.log_key
    rotate(site)
    ask_first(site, witness, 10)
    put_back()
    site.log_key = first
    if again:
        rotate(site)
    if more:
        append(site, more)

    assert ask_first(site, witness, 10).outcome is (
        outcome if more or not again else WitnessOutcome.FORKED
    )


def test_a_witness_made_anew_is_led_from_the_first_key(rotated, witness, tmp_path):
    known = ask_first(rotated, witness, 10).size
    anew = WitnessSite(tmp_path / "anew")
    anew.state.add(NoteVerifier.parse(rotated.first_vkey))

    assert ask_first(rotated, anew, known).outcome is WitnessOutcome.COSIGNED


def test_a_log_that_ends_with_a_rotation_has_nothing_more_to_cosign(site, witness):
    site.first_vkey = site.log_key.vkey
    with site.open() as store:
        store.rotate(NoteSigner(ORIGIN, Ed25519PrivateKey.generate()))
        size = store.size

    asked = ask_first(site, witness)
    assert (asked.outcome, asked.size) == (WitnessOutcome.COSIGNED, size)
    assert ask_first(site, witness, size).outcome is WitnessOutcome.UNCHANGED


def rotation_step(site):
    with LogReader(site.path, site.first_vkey) as log, log.snapshot() as view:
        found = plan_steps(view, 10)
    assert [step.path for step in found] == [
        *(ADD_CHECKPOINT, ADD_ROTATION) * 2,
        ADD_CHECKPOINT,
    ]
    return found


def test_a_rotation_counts_only_under_the_head_that_was_cosigned(rotated, witness):
    lead, rotation, *_ = rotation_step(rotated)

    assert witness.service.answer(rotation.path, rotation.body).status == 409
    assert witness.service.answer(lead.path, lead.body).status == 200
    assert witness.service.answer(rotation.path, rotation.body).status == 200
    assert witness.service.answer(rotation.path, rotation.body).status == 200


def test_a_rotation_of_a_stranger_or_of_nothing_is_refused(rotated, witness, tmp_path):
    lead, rotation, *_ = rotation_step(rotated)
    request = AddRotation.parse(rotation.body)
    stranger = WitnessSite(tmp_path / "stranger")
    witness.service.answer(lead.path, lead.body)

    assert stranger.service.answer(rotation.path, rotation.body).status == 404
    for body in (b"", b"entry AAAA\nx", "entry ж\n".encode(), b"entri "):
        assert witness.service.answer(ADD_ROTATION, body).status == 400
    with reader_of_first(rotated) as log:
        boot = log.entry(9)
        receipt = log.receipt(9)
    body = AddRotation(boot.body, receipt).encode()
    assert witness.service.answer(ADD_ROTATION, body).status == 400
    other = AddRotation(request.entry, receipt).encode()
    assert witness.service.answer(ADD_ROTATION, other).status == 403


def reader_of_first(site):
    return LogReader(site.path, site.first_vkey)


def test_a_rotation_that_both_keys_did_not_sign_is_refused(rotated, witness, monkeypatch):
    lead, rotation, *_ = rotation_step(rotated)
    witness.service.answer(lead.path, lead.body)
    monkeypatch.setattr("workstation.witness.witness.is_signed_by", lambda _e, key: key.name == "")

    assert witness.service.answer(rotation.path, rotation.body).status == 403


def test_requests_for_a_disk_are_the_requests_themselves(rotated, site, witness):
    many = rotation_step(rotated)

    assert split_steps(join_steps(many)) == [(step.path, step.body) for step in many]
    assert join_steps(many[:1]) == many[0].body
    with pytest.raises(NoteMalformed):
        split_steps(b"a====\n" * 300)
    with pytest.raises(NoteMalformed):
        split_steps(bytes(MAX_REQUEST_BYTES + 1))


def test_of_two_requests_at_once_one_is_refused(site, witness):
    seen = witness.state.find(ORIGIN)
    first = KnownLog(seen.key, 5, bytes(32), b"note")
    assert witness.state.replace(seen, first)
    assert not witness.state.replace(seen, KnownLog(seen.key, 6, bytes(32), b""))
    assert witness.state.find(ORIGIN) == first


def test_a_faster_request_leaves_the_slower_one_without_a_cosignature(site, witness, monkeypatch):
    monkeypatch.setattr(WitnessState, "replace", lambda *_: False)

    assert submit(site, witness, 0).status == 409


def test_many_at_once_end_at_the_newest_head(site, witness):
    bodies = []
    for count in (1, 2, 3, 4):
        append(site, count)
        bodies += [step.body for step in steps(site, 0)]
    answers = []
    threads = [
        threading.Thread(
            target=lambda body=body: answers.append(witness.service.answer(ADD_CHECKPOINT, body))
        )
        for body in bodies
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answer.status for answer in answers) == [200, 409, 409, 409]


def test_a_log_is_added_once(site, witness):
    other = NoteSigner(ORIGIN, Ed25519PrivateKey.generate())

    assert not witness.state.add(other.verifier)
    assert [known.key for known in witness.state.logs()] == [site.log_key.verifier]


def test_evidence_is_bounded_for_each_status(witness):
    for number in range(120):
        witness.state.keep_evidence(ORIGIN, TIME_S, 409, b"%d" % number)
    witness.state.keep_evidence(ORIGIN, TIME_S, 422, b"fork")

    kept = [status for _, status, _ in witness.state.evidence(ORIGIN)]
    assert kept == [409] * 100 + [422]


def test_a_witness_without_its_memory_cosigns_nothing(site, witness):
    witness.path.unlink()
    with pytest.raises(WitnessUnusable):
        submit(site, witness, 0)
    witness.path.write_bytes(b"not a database" * 100)
    with pytest.raises(WitnessUnusable):
        submit(site, witness, 0)


def test_a_key_that_is_none_is_not_used(site, witness):
    with sqlite3.connect(witness.path) as database:
        database.execute("UPDATE log SET vkey = 'x'")
    database.close()

    with pytest.raises(WitnessUnusable):
        submit(site, witness, 0)


KILLED = """
import os, sys
from pathlib import Path
from tests.support.station.witnesses import WitnessSite
site = WitnessSite(Path(sys.argv[1]))
type(site.key).cosign = lambda *_, **__: os._exit(9)
site.service.answer("/add-checkpoint", sys.stdin.buffer.read())
"""


def test_a_witness_killed_before_its_answer_remembers_the_head(site, witness, tmp_path):
    (step,) = steps(site, 0)

    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(witness.path.parent)],
        input=step.body,
        check=False,
        timeout=60,
    )

    assert killed.returncode == 9
    assert witness.state.find(ORIGIN).size == 10
    assert ask(site, witness, 0).outcome is WitnessOutcome.COSIGNED


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (None, WitnessOutcome.NO_ANSWER),
        (Reply(200, b""), WitnessOutcome.REFUSED),
        (Reply(200, "жж".encode("utf-16")), WitnessOutcome.REFUSED),
        (Reply(409, b"many\n"), WitnessOutcome.REFUSED),
        (Reply(409, "ж\n".encode()), WitnessOutcome.REFUSED),
        (Reply(422, b""), WitnessOutcome.FORKED),
        (Reply(500, b""), WitnessOutcome.REFUSED),
        (Reply(409, b"5000\n"), WitnessOutcome.ROLLED_BACK),
        (Reply(409, b"3\n"), WitnessOutcome.FORKED),
        (Reply(403, b""), WitnessOutcome.REFUSED),
    ],
)
def test_what_a_witness_answers_is_taken_as_it_is(site, witness, reply, outcome):
    assert ask(site, witness, 3, post=lambda *_: reply).outcome is outcome


def test_a_witness_that_others_ask_at_the_same_time_is_asked_later(site, witness):
    sizes = iter([b"4\n", b"5\n", b"6\n"])

    asked = ask(site, witness, 3, post=lambda *_: Reply(409, next(sizes)))
    assert asked.outcome is WitnessOutcome.NO_ANSWER


def test_a_cosignature_of_another_head_or_key_is_none(site, witness, tmp_path):
    other = WitnessSite(tmp_path / "o", "bank.example/witness/ho-2", 0x20)
    with reader(site) as log:
        head = log.checkpoint().checkpoint
    line = other.key.cosign(head, time_s=TIME_S).encode()

    assert read_cosignature(line, head, witness.key.verifier).outcome is WitnessOutcome.REFUSED
    both = line + witness.key.cosign(head, time_s=TIME_S).encode()
    found = read_cosignature(both, head, witness.key.verifier)
    assert found.line == parse_signature_line(both.decode().split("\n")[1])


def test_status_codes_are_the_specification_s():
    assert [status.value for status in WitnessStatus] == [200, 400, 403, 404, 409, 422]
