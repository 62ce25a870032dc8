"""Readers of the operating system: every fault of service, reader and card has its reason."""

import importlib.util
import sys
import threading
import time
from types import SimpleNamespace

import pytest

from crypto.chip import pcsc
from crypto.chip.errors import (
    AccessRefused,
    CardMissing,
    CardRemoved,
    ChipReadCancelled,
    ChipTimeout,
    OtherCard,
    ReaderBusy,
    ReaderMissing,
)
from crypto.chip.pcsc import PcscReader, list_readers, load_service
from crypto.chip.read import ReadLimits, read_chip
from crypto.chip.service.pcsc_lite import PcscLite
from crypto.chip.service.smart_card_service import Pyscard
from tests.support.chip import virtual_readers as v
from tests.support.chip.documents import KEY, contents
from workstation.sandbox.services.virtual_chip import CardFault, VirtualChip

PRESENT, EMPTY = 0x20, 0x10
NO_SERVICE, STOPPED, NO_READERS = 0x8010001D, 0x8010001E, 0x8010002E
UNKNOWN_READER, UNPLUGGED, BUSY = 0x80100009, 0x80100017, 0x8010000B
NO_CARD, MUTE, REMOVED, RESET, COMM = 0x8010000C, 0x80100066, 0x80100069, 0x80100068, 0x8010002F


class Service:
    """A smart-card service in which calls can be made to fail."""

    name = "stand-in"

    def __init__(self, chip=None, readers=("Reader A",), state=PRESENT, **codes):
        self.chip, self.readers, self.state = chip, list(readers), state
        self.codes = codes
        self.hanging = threading.Event()
        self.open = []

    def _code(self, call):
        code = self.codes.get(call, 0)
        if callable(code):
            return code()
        return code

    def establish(self):
        if not (code := self._code("establish")):
            self.open.append("context")
        return code, "context"

    def list_readers(self, context):
        assert context == "context"
        return self._code("list_readers"), self.readers

    def wait_change(self, context, reader, state, wait_ms):
        assert context == "context"
        assert reader in self.readers
        assert wait_ms < 500
        if self.state == state or not self.state & PRESENT:
            time.sleep(0.01)
        return self._code("wait_change"), self.state

    def connect(self, context, reader):
        assert context == "context"
        assert reader in self.readers
        if not (code := self._code("connect")):
            self.open.append("card")
        return code, "card", 2

    def transmit(self, card, protocol, apdu):
        assert (card, protocol) == ("card", 2)
        code = self._code("transmit")
        return code, b"" if code else self.chip.transmit(apdu)

    def disconnect(self, card):
        self.open.remove(card)
        return 0

    def release(self, context):
        self.open.remove(context)
        return 0


def connect(service, name="", wait_s=0.1, cancelled=lambda: False):
    return PcscReader(name, service).connect(wait_s=wait_s, cancelled=cancelled)


def opened(service, **how):
    with connect(service, **how) as transport:
        return transport


def wait_until(true):
    until = time.monotonic() + 5
    while not true():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_a_chip_is_read_and_the_card_let_go():
    made = contents(portrait=3000)
    service = Service(VirtualChip(made))

    with connect(service) as transport:
        files = read_chip(transport, KEY)

    assert files.data_groups == made.data_groups
    wait_until(lambda: service.open == [])


@pytest.mark.parametrize(
    ("faults", "error", "detail"),
    [
        ({"establish": NO_SERVICE}, ReaderMissing, "no_service"),
        ({"list_readers": STOPPED}, ReaderMissing, "no_service"),
        ({"list_readers": NO_READERS}, ReaderMissing, "no_reader"),
        ({"readers": ()}, ReaderMissing, "no_reader"),
        ({"readers": ("Reader A", "Reader B")}, ReaderMissing, "several"),
        ({"wait_change": UNKNOWN_READER}, ReaderMissing, "no_reader"),
        ({"wait_change": UNPLUGGED}, ReaderMissing, "no_reader"),
        ({"wait_change": NO_SERVICE}, ReaderMissing, "no_service"),
        ({"connect": BUSY}, ReaderBusy, "chip_reader_busy"),
        ({"connect": MUTE}, CardMissing, "chip_no_card"),
        ({"connect": NO_CARD}, CardMissing, "chip_no_card"),
        ({"connect": COMM}, CardMissing, "8010002f"),
        ({"state": EMPTY}, CardMissing, "chip_no_card"),
    ],
)
def test_each_fault_before_the_card_has_its_reason(faults, error, detail):
    service = Service(**faults)

    with pytest.raises(error, match=detail):
        opened(service)

    wait_until(lambda: service.open == [])


@pytest.mark.parametrize(
    ("name", "found"),
    [("Reader B", True), ("Reader A", True), ("Reader A 01", True), ("Reader C", False)],
)
def test_the_reader_is_the_one_of_the_settings(name, found):
    service = Service(readers=("Reader A", "Reader A 01", "Reader B 00 00"))

    if found:
        assert opened(service, name=name)
    else:
        with pytest.raises(ReaderMissing, match="reader"):
            opened(service, name=name)


def test_a_card_that_comes_late_is_waited_for_and_one_that_is_slow_asked_again():
    service = Service(VirtualChip(contents(portrait=1)), state=EMPTY)
    answers = [MUTE, BUSY, 0]
    service.codes["connect"] = lambda: answers.pop(0)
    threading.Timer(0.1, lambda: setattr(service, "state", PRESENT)).start()

    assert opened(service, wait_s=5)
    assert answers == []


@pytest.mark.parametrize(
    ("code", "error"),
    [(REMOVED, CardRemoved), (RESET, CardRemoved), (COMM, CardRemoved), (UNPLUGGED, CardRemoved),
     (STOPPED, ReaderMissing)],
)  # fmt: skip
def test_each_fault_in_mid_read_has_its_reason(code, error):
    service = Service(VirtualChip(contents(portrait=3000)))

    with connect(service) as transport:
        transport.transmit(bytes.fromhex("00A4040C07A0000002471001"))
        service.codes["transmit"] = code
        with pytest.raises(error):
            read_chip(transport, KEY)


@pytest.mark.parametrize("call", ["establish", "list_readers", "wait_change", "connect"])
def test_a_service_that_hangs_is_abandoned_and_tidied_up_when_it_returns(call, monkeypatch):
    monkeypatch.setattr(pcsc, "_DRIVER_S", 0.1)
    service = Service()
    service.codes[call] = lambda: 0 if service.hanging.wait(20) else 1

    with pytest.raises(ChipTimeout, match="reader"):
        opened(service)

    service.hanging.set()
    wait_until(lambda: service.open == [])


def test_waiting_for_a_card_is_called_off():
    began = time.monotonic()

    with pytest.raises(ChipReadCancelled):
        opened(Service(state=EMPTY), wait_s=60, cancelled=lambda: time.monotonic() > began + 0.2)

    assert time.monotonic() - began < 5


def test_readers_are_listed_by_name():
    assert list_readers(Service(readers=("A", "B"))) == ("A", "B")
    assert list_readers(Service(list_readers=NO_READERS)) == ()
    with pytest.raises(ReaderMissing, match="no_service"):
        list_readers(Service(list_readers=NO_SERVICE))


@pytest.mark.parametrize("call", ["establish", "list_readers"])
def test_a_service_that_hangs_lists_no_readers(call, monkeypatch):
    monkeypatch.setattr(pcsc, "_DRIVER_S", 0.1)
    service = Service()
    service.codes[call] = lambda: 0 if service.hanging.wait(20) else 1

    with pytest.raises(ChipTimeout, match="reader"):
        list_readers(service)
    service.hanging.set()


def test_a_pc_without_the_library_says_what_is_not_installed(monkeypatch):
    monkeypatch.setitem(sys.modules, "smartcard", None)
    monkeypatch.setattr(sys, "platform", "win32")

    with pytest.raises(ReaderMissing, match="not_installed"):
        load_service()


def scard(service):
    """Return pyscard's flat functions over the stand-in, its codes negative as on Windows."""

    def signed(code, *rest):
        return (code - (1 << 32) if code else 0, *rest)

    def wait(context, wait_ms, states):
        [(reader, state)] = states
        code, state = service.wait_change(context, reader, state, wait_ms)
        return signed(code, [(reader, state, [])])

    def transmit(card, protocol, apdu):
        assert isinstance(apdu, list)
        code, response = service.transmit(card, protocol, bytes(apdu))
        return signed(code, list(response))

    return SimpleNamespace(
        SCardEstablishContext=lambda _scope: signed(*service.establish()),
        SCardListReaders=lambda context, _groups: signed(*service.list_readers(context)),
        SCardGetStatusChange=wait,
        SCardConnect=lambda context, reader, _share, _any: signed(
            *service.connect(context, reader)
        ),
        SCardTransmit=transmit,
        SCardDisconnect=lambda card, _disposition: service.disconnect(card),
        SCardReleaseContext=service.release,
    )


def test_an_exchange_without_an_answer_is_a_card_that_is_gone():
    service = Service(SimpleNamespace(transmit=lambda _apdu: b""))

    with connect(service) as transport, pytest.raises(CardRemoved):
        transport.transmit(b"")


def test_pyscard_is_spoken_to_by_its_flat_functions():
    made = contents(portrait=1000)
    service = Service(VirtualChip(made))

    with connect(Pyscard(scard(service))) as transport:
        assert read_chip(transport, KEY).data_groups == made.data_groups

    with pytest.raises(ReaderMissing, match="no_service"):
        opened(Pyscard(scard(Service(establish=NO_SERVICE))))


needs_service = pytest.mark.skipif(bool(v.what_is_missing()), reason=v.what_is_missing() or "-")
SERVICES = ["pcsc-lite", "pyscard"]


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    with v.smart_card_service(tmp_path_factory.mktemp("pcsc")) as port:
        yield port


@pytest.fixture(params=SERVICES)
def service(request):
    if request.param == "pcsc-lite":
        return PcscLite.load()
    if importlib.util.find_spec("smartcard") is None:
        pytest.skip("pyscard is not installed (the extra `chip`; no wheel for Linux)")
    return load_service()


@needs_service
def test_a_chip_is_read_through_the_real_service(port, service):
    made = contents(portrait=40_000)
    told = []

    with (
        v.VirtualCard(port, lambda: VirtualChip(made)) as card,
        PcscReader(v.READER, service).connect(wait_s=10, cancelled=lambda: False) as transport,
    ):
        files = read_chip(transport, KEY, progress=told.append)

    assert files.data_groups == made.data_groups
    assert files.security_object == made.security_object
    assert card.commands > 180
    assert told[-1].percent == 100


@needs_service
@pytest.mark.parametrize("after", [0, 3, 5, 20, 100])
def test_a_card_pulled_off_the_real_reader_is_told_and_nothing_hangs(port, service, after):
    began = time.monotonic()

    with (
        v.VirtualCard(port, lambda: VirtualChip(contents(), fault=CardFault.REMOVED, after=after)),
        PcscReader(v.READER, service).connect(wait_s=10, cancelled=lambda: False) as transport,
        pytest.raises(CardRemoved),
    ):
        read_chip(transport, KEY)

    assert time.monotonic() - began < 15


@needs_service
@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (CardFault.OTHER_CARD, OtherCard),
        (CardFault.ACCESS_REFUSED, AccessRefused),
        (CardFault.HANGING, ChipTimeout),
    ],
)
def test_other_cards_and_hanging_ones_have_their_reason_on_the_real_reader(
    port, service, fault, error
):
    chip = VirtualChip(contents(), fault=fault, after=8)
    with (
        v.VirtualCard(port, lambda: chip),
        connect(service, v.READER, wait_s=10) as transport,
    ):
        with pytest.raises(error):
            read_chip(transport, KEY, limits=ReadLimits(apdu_s=0.5))
        chip.released.set()


@needs_service
def test_an_empty_real_reader_a_missing_one_and_a_busy_one_have_their_reason(port, service):
    with pytest.raises(CardMissing):
        opened(service, name=v.READER, wait_s=0.3)
    with pytest.raises(ReaderMissing, match="reader"):
        opened(service, name="Another reader", wait_s=0.3)
    with pytest.raises(ReaderMissing, match="several"):
        opened(service, name=v.NAME, wait_s=0.3)
    with (
        v.VirtualCard(port, lambda: VirtualChip(contents())),
        connect(service, v.READER, wait_s=10),
        pytest.raises(ReaderBusy),
    ):
        opened(load_service(), name=v.READER, wait_s=0.5)
