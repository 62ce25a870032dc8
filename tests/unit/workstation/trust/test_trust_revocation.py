"""Lists in the background: fetched from configured addresses, one that fails changes nothing."""

import http.server
import threading
from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from crypto.crl_store.fetch import FetchBounds, Fetcher
from crypto.path.known_authorities import AuthorityCatalogue, AuthorityRole
from tests.support.pki import certificates as pki
from tests.support.station.branch import authorities
from tests.support.station.stations import a_site, revocation
from tests.unit.crypto.path.test_trust_import import known
from workstation.station.publisher import Publisher

BOUNDS = FetchBounds(timeout_s=2, deadline_s=4, answer_octets=1 << 20, crl_octets=1 << 20)


class _Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = self.server.bodies.get(self.path)
        self.send_response(200 if body is not None else 404)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_arguments):
        pass


@pytest.fixture
def server():
    with http.server.HTTPServer(("127.0.0.1", 0), _Answers) as server:
        server.bodies = {}
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def lists(tmp_path, server):
    host = f"127.0.0.1:{server.server_port}"
    made = replace(
        revocation(tmp_path, stocked=False),
        fetcher=Fetcher(hosts={host}, bounds=BOUNDS, user_agent="test"),
        urls=(f"http://{host}/root.crl", f"http://{host}/ca.crl"),
    )
    yield made
    made.store.close()


def root_crl():
    return pki.make_crl(pki.world().root, next_update=pki.NOW + timedelta(days=90))


def test_a_crl_is_stored_under_the_issuer_that_signed_it(lists, server):
    server.bodies = {
        "/root.crl": root_crl(),
        "/ca.crl": pki.make_crl(pki.world().authority),
    }
    health = lists.update(pki.NOW)

    assert [each.code for each in health] == ["updated", "updated"]
    assert lists.oldest_this_update_ms() == int((pki.NOW - timedelta(hours=1)).timestamp() * 1000)


def catalogued(*holders, lists):
    """A catalogue of these authorities; the lists are those of the last one."""
    entries = [known(each, AuthorityRole.ROOT) for each in holders]
    entries[-1] = msgspec.structs.replace(entries[-1], lists=lists)
    return AuthorityCatalogue(tuple(entries), (), ("x",))


@pytest.mark.parametrize(
    ("others", "asked"),
    [
        # The station's own root is known and the list is another's: nobody here could take it.
        ([authorities().root_gost, authorities().root_rsa], 1),
        # The list is of the station's root.
        ([authorities().root_rsa, authorities().root_gost], 2),
        # Nobody who is trusted here is known, so what is known says nothing.
        ([authorities().root_rsa], 2),
    ],
)
def test_a_list_of_an_authority_that_is_not_trusted_is_not_asked_for(
    lists, server, monkeypatch, others, asked
):
    server.bodies = {"/ca.crl": pki.make_crl(pki.world().authority)}
    catalogue = catalogued(*others, lists=(lists.urls[0],))
    monkeypatch.setattr("workstation.trust.revocation.known_authorities", lambda: catalogue)
    station = replace(lists, urls=lists.urls)
    codes = [each.code.value for each in station.update(pki.NOW)]
    assert codes == ["not_found", "updated"][-asked:]
    assert station.unneeded == lists.urls[: 2 - asked]


def test_an_intermediate_without_its_root_brings_no_list(lists, server, monkeypatch):
    family = authorities()
    catalogue = catalogued(family.root_gost, family.nca_rsa, lists=(lists.urls[0],))
    monkeypatch.setattr("workstation.trust.revocation.known_authorities", lambda: catalogue)
    trust = pki.trust_of(family.root_gost, intermediates=[family.nca_gost, family.nca_rsa])

    station = replace(lists, trust=trust, timestamp_trust=None)

    assert family.nca_rsa.parsed not in station.issuers
    assert family.nca_gost.parsed in station.issuers
    assert station.unneeded == (lists.urls[0],)


def test_before_the_first_crl_there_is_no_age(lists):
    assert lists.oldest_this_update_ms() == 0


def test_one_address_that_fails_does_not_keep_the_other_from_being_updated(lists, server):
    server.bodies = {"/ca.crl": pki.make_crl(pki.world().authority)}
    health = lists.update(pki.NOW)

    assert [each.code for each in health] == ["not_found", "updated"]
    assert health[0].url.endswith("/root.crl")


@pytest.mark.parametrize("body", [b"", b"<html>captive portal</html>", b"\x30\x03\x02\x01\x01"])
def test_what_is_no_crl_changes_nothing(lists, server, body):
    server.bodies = {"/root.crl": root_crl()}
    lists.update(pki.NOW)
    before = lists.oldest_this_update_ms()
    server.bodies = {"/root.crl": body}
    health = lists.update(pki.NOW)

    assert health[0].code != "updated"
    assert lists.oldest_this_update_ms() == before


def test_a_crl_of_a_stranger_is_refused(lists, server):
    stranger = pki.issue(pki.ca_name("ROOT TEST"), "stranger", None, pki.CA_EXTENSIONS, serial=9)
    server.bodies = {"/root.crl": pki.make_crl(stranger)}

    assert lists.update(pki.NOW)[0].code != "updated"
    assert lists.oldest_this_update_ms() == 0


def test_a_configured_authority_is_named_and_a_stranger_is_not(lists):
    root = lists.trust.anchors[0]

    assert lists.find_name(root.sha256) != ""
    assert lists.find_name("00" * 32) == ""


def test_one_lost_packet_is_not_worth_a_word_and_three_failures_are(lists, server):
    server.bodies = {"/root.crl": root_crl()}
    for failures, trouble in ((1, ""), (2, ""), (3, "not_found")):
        health = lists.update(pki.NOW)
        assert health[1].failures == failures
        assert lists.check_freshness(pki.NOW) == trouble
    server.bodies["/ca.crl"] = pki.make_crl(pki.world().authority)
    lists.update(pki.NOW)
    assert lists.check_freshness(pki.NOW) == ""


def test_a_crl_whose_time_has_passed_is_a_trouble_though_its_server_answers(lists, server):
    server.bodies = {
        "/root.crl": root_crl(),
        "/ca.crl": pki.make_crl(pki.world().authority),
    }
    lists.update(pki.NOW)
    assert lists.check_freshness(pki.NOW + timedelta(hours=22)) == ""
    assert lists.check_freshness(pki.NOW + timedelta(hours=24)) == "stale_list"


def test_only_what_is_due_is_fetched_in_the_background(lists, server):
    server.bodies = {"/root.crl": root_crl()}
    assert [each.code for each in lists.refresh(pki.NOW)] == ["updated", "not_found"]
    assert lists.refresh(pki.NOW) == ()
    (retried,) = lists.refresh(pki.NOW + timedelta(seconds=61))
    assert retried.url.endswith("/ca.crl")


def test_a_file_is_imported_under_the_configured_ca_that_issued_it(lists, tmp_path):
    path = tmp_path / "ca.crl"
    path.write_bytes(pki.make_crl(pki.world().authority))
    stored = lists.import_file(path, pki.NOW)
    assert stored.issuer == pki.world().authority.parsed.subject


def test_the_responder_comes_first_in_the_health(lists):
    asked = replace(lists, ocsp_url="http://ocsp.test/")
    first, *others = asked.health()
    assert (first.url, first.code) == ("http://ocsp.test/", "never")
    assert [each.url for each in others] == list(lists.urls)


def test_the_teller_sees_a_crl_that_is_not_kept_fresh(tmp_path):
    class Listener:
        def __getattr__(self, _name):
            return lambda *_told: None

    with a_site(tmp_path) as site:
        publisher = Publisher(site.services, Listener())
        publisher.show_lists()
        issued_ms = site.services.revocation.oldest_this_update_ms()
        assert (publisher.status.crl_this_update_ms, publisher.status.crl_message) == (
            issued_ms,
            "",
        )
        publisher.show_lists(40)
        assert publisher.status.crl_percent == 40
        site.services.revocation.store.close()
        publisher.show_lists()
        assert publisher.status.crl_percent == 0
        assert publisher.status.crl_message == "evidence_unusable"


def test_a_stopped_round_leaves_the_rest_for_the_next_one(lists, server):
    server.bodies = {"/root.crl": root_crl(), "/ca.crl": root_crl()}
    assert len(lists.update(pki.NOW, lambda *_word: lists.stop())) == 1
    assert [each.code for each in lists.update(pki.NOW)] == ["updated", "updated"]
