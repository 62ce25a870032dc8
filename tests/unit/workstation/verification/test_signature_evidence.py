"""What a session's signature was judged on reaches head office, and is judged there again."""

import json

from crypto.signatures.revalidation import revalidate
from tests.support.pki import certificates as pki
from tests.support.station.stations import Desk
from workstation.records.pack_folder import StoredPack
from workstation.records.validation_data_archive import LISTS_FOLDER
from workstation.session.states import State


def head_office(site, folder):
    """Open the session's payload and lay it beside the station's public lists."""
    (entry,) = site.entries("verify.result")
    path = folder / "payload.json"
    path.write_text(json.dumps(site.opened_payload(entry)))
    return StoredPack(path, site.folder / LISTS_FOLDER)


def test_an_approval_is_judged_again_from_the_opened_payload(site, tmp_path):
    Desk(site).to(State.RECORDED)
    stored = head_office(site, tmp_path)
    again = revalidate(stored.pack, stored.octets)
    assert again.same
    assert again.repeated == (("TOTAL_PASSED", None, "signature.passed"),)
    assert stored.missing() == ()
    assert stored.pack.expected_iin == pki.IIN


def test_lists_are_public_and_lie_in_the_archive_not_in_the_payload(site, tmp_path):
    Desk(site).to(State.RECORDED)
    stored = head_office(site, tmp_path)
    kept = {each.name for each in (site.folder / LISTS_FOLDER).iterdir()}
    assert kept == set(stored.pack.crl_digests()) != set()
    alone = StoredPack(tmp_path / "payload.json", None)
    assert set(alone.missing()) == kept
    assert revalidate(alone.pack, alone.octets).repeated[0][:2] == ("INDETERMINATE", "TRY_LATER")


def test_nothing_of_the_customer_lies_in_the_archive(site):
    Desk(site).to(State.RECORDED)
    octets = b"".join(each.read_bytes() for each in (site.folder / LISTS_FOLDER).iterdir())
    assert octets
    assert pki.IIN.encode() not in octets


def test_a_disk_that_keeps_no_lists_does_not_lose_the_decision(site):
    (site.folder / LISTS_FOLDER).write_bytes(b"in the way")
    Desk(site).to(State.RECORDED)
    (entry,) = site.entries("verify.result")
    evidence = site.opened_payload(entry)["evidence"]
    assert entry.data["outcome"] == "approved"
    assert len(evidence["lists_unkept"]) == 1
