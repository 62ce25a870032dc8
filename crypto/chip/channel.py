"""Commands to one card, in the clear or protected, each bounded in time."""

import time
from collections.abc import Callable
from typing import Final

from crypto.chip.apdu import SHORT, CommandApdu, ResponseApdu
from crypto.chip.errors import ChipMalformed, ChipTimeout
from crypto.chip.secure_messaging import SecureMessaging
from crypto.chip.timed_calls import TimedCalls
from crypto.chip.transport import Transport

__all__ = ["CardChannel", "TimedTransport"]

_MORE: Final = 0x61
_OTHER_LENGTH: Final = 0x6C
_GET_RESPONSE: Final = 0xC0
_MOST_PARTS: Final = 300
"""Parts of one response by GET RESPONSE: more than an extended one can have."""


class TimedTransport:
    """A Transport whose driver may hang: each command has its time, and all together too."""

    def __init__(
        self,
        transport: Transport,
        *,
        apdu_s: float,
        total_s: float,
        cancelled: Callable[[], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._transport = transport
        self._apdu_s = apdu_s
        self._clock = clock
        self._end = clock() + total_s
        self._calls = TimedCalls(cancelled, clock)

    def transmit(self, apdu: bytes) -> bytes:
        """See Transport; raises ChipTimeout(`apdu`, `total`) and ChipReadCancelled as well."""
        now = self._clock()
        if now >= self._end:
            raise ChipTimeout("total")
        until = min(now + self._apdu_s, self._end)
        what = "total" if until == self._end else "apdu"
        return self._calls.call(lambda: self._transport.transmit(apdu), until, what)

    def close(self) -> None:
        """Let the thread end; an abandoned one ends when its driver returns."""
        self._calls.close()


class CardChannel:
    """What the protocols speak through: one command, one response, under the keys of the day.

    messaging  the session's secure messaging; None before there is one
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.messaging: SecureMessaging | None = None

    @property
    def capacity(self) -> int:
        """Octets that one short response carries, protected or not."""
        return SHORT if self.messaging is None else self.messaging.short_capacity

    def send(self, command: CommandApdu) -> ResponseApdu:
        """Send a command and return the response, of secure messaging the inner one."""
        messaging = self.messaging
        if messaging is None:
            return self._exchange(command)
        return messaging.unprotect(self._exchange(messaging.protect(command)))

    def _exchange(self, command: CommandApdu) -> ResponseApdu:
        """Collect a response in parts, as T=0 gives it (ISO/IEC 7816-3 clause 12.2)."""
        response = self._transmit(command)
        if response.status >> 8 == _OTHER_LENGTH and not response.data:
            cla, ins, p1, p2 = command.header
            exact = CommandApdu(cla, ins, p1, p2, command.data, response.status & 0xFF or 256)
            response = self._transmit(exact)
        collected = [response.data]
        while response.status >> 8 == _MORE:
            if len(collected) > _MOST_PARTS:
                raise ChipMalformed("response")
            more = CommandApdu(0, _GET_RESPONSE, 0, 0, b"", response.status & 0xFF or 256)
            response = self._transmit(more)
            collected.append(response.data)
        return ResponseApdu(b"".join(collected), response.status)

    def _transmit(self, command: CommandApdu) -> ResponseApdu:
        return ResponseApdu.decode(self._transport.transmit(command.encode()))
