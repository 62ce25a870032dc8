"""The HTTP client: configured hosts only, no redirects, bounded in size and time."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from crypto.pki.evidence import EvidenceStore
from crypto.pki.fetch import FetchBounds, Fetcher, FetchingSources
from crypto.pki.list_updates import ListAddress, update_lists
from crypto.pki.report import Indication
from crypto.pki.sources import FetchFailed
from tests.support.pki import GOOD, JUDGING, OcspAnswer, revocation_list, world

W = world()
BOUNDS = FetchBounds(timeout_s=2, deadline_s=4, answer_octets=2000, list_octets=4000)


@contextmanager
def serving(reply):
    """Serve one reply: (status, headers, body) from (method, path, body, headers)."""

    class Handler(BaseHTTPRequestHandler):
        def _serve(self):
            length = int(self.headers.get("Content-Length", 0))
            status, headers, body = reply(
                self.command, self.path, self.rfile.read(length), self.headers
            )
            self.send_response_only(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = _serve  # noqa: N815 - names of http.server

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


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
        ("http://crl.test@evil.test/", "host_not_configured"),
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
    store = EvidenceStore(None)
    root = revocation_list(W.root)

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
        health = update_lists(
            [
                ListAddress((W.root.parsed,), f"http://{host}/root.crl"),
                ListAddress((W.authority.parsed,), f"http://{host}/gone.crl"),
            ],
            client,
            store,
            JUDGING,
        )
        sources = FetchingSources(
            fetcher=client,
            ocsp_url=f"http://{host}/ocsp",
            store=store,
            random=lambda n: bytes(range(n)),
        )
        report = W.report(sources=sources)
    store.close()
    assert [(h.code, h.detail == "empty") for h in health] == [
        ("updated", False),
        ("fetch_failed", True),
    ]
    assert report.indication is Indication.TOTAL_PASSED
    assert report.evidence[0].source.endswith("/ocsp")
