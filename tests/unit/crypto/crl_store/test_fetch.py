"""The HTTP client: configured hosts only, no redirects, bounded in size and time."""

import hashlib
import socket
import threading
from contextlib import suppress

import pytest

from crypto.crl_store.fetch import FetchBounds, Fetcher, FetchingSources
from crypto.crl_store.store import CrlStore, CrlStoreUnusable
from crypto.crl_store.updates import CrlAddress, CrlUpdater
from crypto.report.report import Indication
from crypto.revocation.sources import FetchFailed
from tests.support.pki.certificates import GOOD, OcspAnswer, make_crl, world
from tests.support.pki.contexts import CONTEXT
from tests.support.system.http_server import serving

W = world()
BOUNDS = FetchBounds(timeout_s=2, deadline_s=4, answer_octets=2000, crl_octets=4000)


def fetcher(host):
    return Fetcher(hosts=[host], bounds=BOUNDS, user_agent="workstation-test/1")


def replying(status=200, headers=None, body=b"x"):
    return lambda *_: (status, headers or {}, body)


def test_a_request_carries_body_type_and_user_agent():
    seen = []

    def reply(method, path, body, headers):
        seen.append((method, path, body, headers["Content-Type"], headers["User-Agent"]))
        return 200, {}, b"answer"

    with serving(reply) as host:
        assert fetcher(host).post(f"http://{host}/ocsp?a=1", b"question", "text/x") == b"answer"
    assert seen == [("POST", "/ocsp?a=1", b"question", "text/x", "workstation-test/1")]


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (replying(303, {"Location": "/portal"}), "http_303"),
        (replying(404), "http_404"),
        (replying(500), "http_500"),
        (replying(body=b""), "empty"),
        (replying(body=b"x" * 4001), "too_large"),
        (replying(headers={"Content-Length": "5000"}, body=b"x"), "too_large"),
        (replying(headers={"Content-Length": "10"}, body=b"x"), "truncated"),
    ],
)
def test_an_answer_that_is_not_whole_and_plain_is_no_answer(reply, why):
    with serving(reply) as host, pytest.raises(FetchFailed) as failed:
        fetcher(host).get(f"http://{host}/list.crl")
    assert failed.value.detail == why


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://127.0.0.1:9/list", "host_not_configured"),
        ("http://crl.test@evil.test/", "address"),
        ("http://crl.test:81/", "host_not_configured"),
        ("ftp://crl.test/", "address"),
        ("file:///etc/passwd", "address"),
        ("http://crl.test:99999/", "address"),
        ("http://[broken/", "address"),
        ("*.crl", "address"),
    ],
)
def test_only_configured_hosts_are_spoken_to(url, why):
    with pytest.raises(FetchFailed) as failed:
        fetcher("crl.test").get(url)
    assert failed.value.detail == why


def test_nobody_listening_is_no_answer():
    with serving(replying()) as host:
        pass
    with pytest.raises(FetchFailed):
        fetcher(host).get(f"http://{host}/")


def test_a_line_break_in_an_address_is_refused():
    with pytest.raises(FetchFailed):
        fetcher("crl.test").get("http://crl.test/a b\r\nX: y")


def test_a_whole_validation_over_loopback():
    store = CrlStore(None)
    root = make_crl(W.root)

    def reply(method, path, body, _headers):
        if method == "GET":
            return 200, {}, root if path == "/root.crl" else b""
        at = body.index(b"\x06\x09\x2b\x06\x01\x05\x05\x07\x30\x01\x02") + 15
        answer = OcspAnswer(
            [(W.identifier(), GOOD)], nonce=body[at : at + 16], embedded=[W.responder.der]
        )
        return 200, {}, answer.encode(W.responder)

    with serving(reply) as host:
        client = fetcher(host)
        addresses = [
            CrlAddress((W.root.parsed,), f"http://{host}/root.crl"),
            CrlAddress((W.authority.parsed,), f"http://{host}/gone.crl"),
        ]
        health = CrlUpdater(addresses, client, store, chance=lambda: 0.5).update(CONTEXT)
        sources = FetchingSources(
            fetcher=client,
            ocsp_url=f"http://{host}/ocsp",
            store=store,
            random=lambda n: bytes(range(n)),
        )
        report = W.report(sources=sources)
    store.close()
    assert [h.code for h in health] == ["updated", "empty"]
    assert report.indication is Indication.TOTAL_PASSED
    assert report.evidence[0].source.endswith("/ocsp")


def downloaded(host, tmp_path, **validators):
    told = []
    came = fetcher(host).download(
        f"http://{host}/list.crl",
        tmp_path / "list.crl",
        lambda *word: told.append(word),
        **validators,
    )
    return came, told


def test_a_crl_is_downloaded_into_a_file_with_its_digest_and_validators(tmp_path):
    headers = {"Content-Length": "3000", "ETag": '"v1"', "Last-Modified": "Tue, 01 Sep 2026"}
    with serving(replying(headers=headers, body=b"0" * 3000)) as host:
        came, told = downloaded(host, tmp_path)
    assert (tmp_path / "list.crl").read_bytes() == b"0" * 3000
    assert (came.octets, came.etag, came.last_modified) == (3000, '"v1"', "Tue, 01 Sep 2026")
    assert came.sha256 == hashlib.sha256(b"0" * 3000).hexdigest()
    assert told[-1] == ("fetch", 3000, 3000)


def test_an_unchanged_crl_is_not_sent_again(tmp_path):
    seen = []

    def reply(_method, _path, _body, headers):
        seen.append((headers["If-None-Match"], headers["If-Modified-Since"]))
        return 304, {}, b""

    with serving(reply) as host:
        came, _ = downloaded(host, tmp_path, etag='"v1"', last_modified="Tue, 01 Sep 2026")
    assert came is None
    assert seen == [('"v1"', "Tue, 01 Sep 2026")]


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (replying(body=b"\r\n<html>please sign in</html>"), "html"),
        (replying(body=b""), "empty"),
        (replying(304), "http_304"),
        (replying(404), "http_404"),
        (replying(303, {"Location": "/portal"}), "http_303"),
        (replying(body=b"x" * 4001), "too_large"),
        (replying(headers={"Content-Length": "10"}, body=b"x"), "truncated"),
    ],
)
def test_a_download_that_is_no_crl_is_named(reply, why, tmp_path):
    with serving(reply) as host, pytest.raises(FetchFailed) as failed:
        downloaded(host, tmp_path)
    assert failed.value.detail == why


@pytest.mark.parametrize("value", ["x" * 201, "\u00fcber"])
def test_a_validator_that_is_not_worth_keeping_is_dropped(value, tmp_path):
    with serving(replying(headers={"ETag": value}, body=b"0")) as host:
        came, _ = downloaded(host, tmp_path)
    assert came.etag == ""


def test_a_full_disk_is_not_the_servers_fault(tmp_path):
    with serving(replying()) as host, pytest.raises(CrlStoreUnusable):
        fetcher(host).download(f"http://{host}/l", tmp_path, lambda *_: None)


def test_the_responder_health_hears_every_exchange():
    heard = []

    def sources(host):
        return FetchingSources(
            fetcher=fetcher(host),
            ocsp_url=f"http://{host}/ocsp",
            store=None,
            random=bytes,
            on_answer=lambda answer, failure: heard.append((answer, failure and failure.detail)),
        )

    with serving(replying(body=b"answer")) as host:
        sources(host).ocsp(W.authority.parsed, b"question")
    with serving(replying(503)) as host, pytest.raises(FetchFailed):
        sources(host).ocsp(W.authority.parsed, b"question")
    assert heard == [(b"answer", None), (None, "http_503")]


def test_a_head_that_comes_octet_by_octet_ends_at_the_deadline():
    bounds = FetchBounds(timeout_s=2, deadline_s=1, answer_octets=2000, crl_octets=4000)
    stop = threading.Event()

    def drip(listener):
        with listener.accept()[0] as peer, suppress(OSError):
            peer.sendall(b"HTTP/1.1 200 OK\r\nX: ")
            while not stop.wait(0.05):
                peer.sendall(b"x")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        host = f"127.0.0.1:{listener.getsockname()[1]}"
        thread = threading.Thread(target=drip, args=(listener,))
        thread.start()
        guard = threading.Timer(20, stop.set)
        guard.start()
        try:
            with pytest.raises(FetchFailed):
                Fetcher(hosts=[host], bounds=bounds, user_agent="t/1").get(f"http://{host}/")
            assert not stop.is_set()
        finally:
            stop.set()
            guard.cancel()
            thread.join()
