"""A time-stamping authority of the tests on the loopback interface."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from crypto.asn1 import oids
from crypto.cms.timestamp import TimestampRequest, create_response
from crypto.net.url import HttpUrl
from crypto.tsp.client import TimestampService
from tests.support.pki.certificates import Holder, digest_oid, signature_oid, signer, world
from workstation.sandbox.loopback import HttpAnswer, HttpQuestion, LoopbackServer


@dataclass
class StampingServer:
    """Answers every request at the told time, unless it is told to be out of order.

    status    another than 200 answers without a token
    ahead_s   how far its clock runs ahead
    nonce     False: it answers another request
    """

    now: Callable[[], datetime]
    authority: Holder = field(default_factory=lambda: world().stamper)
    status: int = 200
    nonce: bool = True
    asked: int = 0
    before: Callable[[], None] = lambda: None

    def answer(self, question: HttpQuestion) -> HttpAnswer:
        self.asked += 1
        self.before()
        if self.status != 200:
            return HttpAnswer(self.status, "text/plain", b"")
        request = TimestampRequest.parse(question.body)
        if not self.nonce:
            request = replace(request, nonce=(request.nonce or 0) ^ 1)
        by = self.authority
        body = create_response(
            request,
            certificate=by.der,
            sign=signer(by.private),
            digest_oid=digest_oid(by.private),
            signature_oid=signature_oid(by.private),
            policy="1.2.398.3.3.2.6.2",
            serial=self.asked,
            moment=self.now(),
        )
        return HttpAnswer(200, "application/timestamp-reply", body)


@contextmanager
def stamping(now: Callable[[], datetime]) -> Iterator[tuple[StampingServer, TimestampService]]:
    """Run the authority and give it with the service that reaches it."""
    served = StampingServer(now)
    server = LoopbackServer(served.answer, "test-tsa")
    server.start()
    try:
        yield (
            served,
            TimestampService(
                url=HttpUrl.parse(f"{server.url}/tsp/"),
                digest_oid=oids.SHA256,
                policy_oid="",
                timeout_s=5,
            ),
        )
    finally:
        server.close()
