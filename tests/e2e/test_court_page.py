"""The page of a court pack in a real browser: the same verdicts as the stand-alone verifier."""

import base64
import hashlib
import re

import pytest

import resources
from resources.court.verify_pack import ENTRY
from tests.support.court.ends import ENDS
from tests.support.court.forged import ForgedLog
from tests.support.court.mutations import MUTATIONS, read_parts
from tests.support.court.packs import build, play_session
from tests.support.station.receipts import LOG_SIGNER, receipt_facts
from tests.support.station.stations import Desk, a_site
from tests.support.system.browser import CHROMIUM, Browser
from workstation.court.archive import write_archive
from workstation.documents.receipt import code_text

PAGE = resources.path("court", "verify.html")

needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")


def _digest(tag: str) -> str:
    (body,) = re.findall(
        rf"^<{tag}>(.*?)</{tag}>", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    return base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()


def test_the_page_may_run_its_own_script_only_and_open_no_connection():
    policy = re.findall(r'Content-Security-Policy" content="([^"]*)"', PAGE.read_text("utf-8"))
    assert [each.split("; ") for each in policy] == [
        [
            "default-src 'none'",
            f"script-src 'sha256-{_digest('script')}'",
            f"style-src 'sha256-{_digest('style')}'",
            "img-src blob:",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    ]


def test_every_word_and_code_of_the_page_is_in_three_languages():
    text = PAGE.read_text("utf-8")
    tables = [
        set(re.findall(r"([a-z_]+): \"", line))
        for line in re.findall(r"  (?:kk|ru|en): \{ (.*) \},", text)
    ]
    assert len(tables) == 3
    assert tables[0] == tables[1] == tables[2]
    worded = set(re.findall(r"^  ([a-z_]+): \[\"", text, re.MULTILINE))
    verifier = resources.path("court", "verify_pack.py").read_text("utf-8")
    codes = set(re.findall(r'"([a-z_]+)"(?: if [a-z]+ else "([a-z_]+)")?\)', verifier))
    refused = {code for pair in codes for code in pair if code}
    stated = set(re.findall(r'need\([^\n]*"([a-z_]+)"\)', verifier)) | {"malformed", "damaged"}
    assert stated & refused <= worded | {"utf-8"}, (stated & refused) - worded


@pytest.fixture(scope="module", name="sound")
def sound_pack(tmp_path_factory):
    with a_site(tmp_path_factory.mktemp("court")) as site:
        pack = build(site, play_session(site))
        site.services.journal.log.append("heartbeat", {}, actor="")
        return read_parts(build(site, pack.case).octets), site.services.log_key.vkey


class _Page:
    """The page as a person uses it: a key pasted, a file chosen, a verdict read."""

    def __init__(self, browser, folder):
        self._browser, self._folder, self._runs = browser, folder, 0

    def verify(self, pack, **fields):
        """Return verdict, part and code."""
        for name, value in fields.items():
            self._browser.evaluate(f"document.getElementById('{name}').value = {value!r}")
        self._runs += 1
        file = self._folder / f"pack-{self._runs}.zip"
        file.write_bytes(pack)
        self._browser.choose("#file", file)
        return self._verdict()

    def press(self, **fields):
        """Press the button without a new file."""
        for name, value in fields.items():
            self._browser.evaluate(f"document.getElementById('{name}').value = {value!r}")
        self._runs += 1
        self._browser.evaluate("document.getElementById('again').click()")
        return self._verdict()

    def _verdict(self):
        self._browser.wait(f"document.body.dataset.runs === '{self._runs}'")
        data = "document.body.dataset"
        return tuple(
            self._browser.evaluate(f"{data}.{name}") for name in ("verdict", "part", "code")
        )


@needs_browser
@pytest.mark.parametrize("native", [True, False], ids=["web-crypto", "own-arithmetic"])
def test_a_real_browser_verifies_a_sound_pack_and_refuses_each_mutation(sound, tmp_path, native):
    parts, log_key = sound
    with Browser(tmp_path / "profile", PAGE) as browser:
        if not native:
            browser.evaluate("native = false")
        page = _Page(browser, tmp_path)
        assert page.verify(write_archive(parts)) == ("self", "", "")
        assert page.verify(write_archive(parts), key=log_key) == ("verified", "", "")
        assert browser.evaluate("document.body.dataset.native") == str(native).lower()
        assert browser.evaluate("document.querySelectorAll('#rows tr').length") > 20
        assert browser.evaluate("document.querySelectorAll('#photos img').length") > 1
        mutations = MUTATIONS if native else MUTATIONS[20:30]
        wrong = {
            each.name: found
            for each in mutations
            if (found := page.verify(each.make(dict(parts))))[:2] != ("wrong", each.part(parts))
        }
        assert wrong == {}


@needs_browser
def test_the_page_verifies_a_case_whichever_way_it_ended(tmp_path):
    with Browser(tmp_path / "profile", PAGE) as browser:
        page = _Page(browser, tmp_path)
        for end in ENDS:
            with a_site(tmp_path / end.__name__) as site:
                end(site, Desk(site))
                pack = build(site, str(site.results()[0]["case"]))
                found = page.verify(pack.octets, key=site.services.log_key.vkey)
                assert found == ("verified", "", ""), end.__name__


@needs_browser
def test_the_page_speaks_three_languages_and_prints(sound, tmp_path):
    parts, log_key = sound
    with Browser(tmp_path / "profile", PAGE) as browser:
        page = _Page(browser, tmp_path)
        page.verify(write_archive(parts), key=log_key)
        headlines = []
        for place in range(3):
            browser.evaluate(f"document.querySelectorAll('#languages button')[{place}].click()")
            headlines.append(browser.evaluate("document.getElementById('headline').textContent"))
        assert headlines == ["Расталды", "Подтверждено", "Verified"]
        assert browser.print_pdf().startswith(b"%PDF-")


@needs_browser
def test_the_page_verifies_a_receipts_code_without_a_pack(tmp_path):
    facts = receipt_facts()
    code = code_text(facts)
    with Browser(tmp_path / "profile", PAGE) as browser:
        page = _Page(browser, tmp_path)
        assert page.press(receipt=code) == ("self", "", "")
        assert page.press(key=LOG_SIGNER.vkey) == ("verified", "", "")
        other = code.replace(base64.b64encode(facts.leaf).decode(), "A" * 43 + "=")
        assert page.press(receipt=other) == ("wrong", "receipt", "not_under_the_head")
        assert page.press(receipt="nothing") == ("wrong", "receipt", "malformed")


@needs_browser
def test_the_page_follows_rotations_and_credentials_as_the_verifier_does(tmp_path):
    log = ForgedLog()
    log.rotate(0x10)
    log.open(log.keys[-1], log.teller)
    log.play()
    forged = ForgedLog()
    opened = forged.open(forged.log_key)
    forged.play()
    late = ForgedLog()
    late.open(late.log_key, late.teller)
    late.play()
    second = late.act("verify.result", outcome="approved", checks=[])
    with Browser(tmp_path / "profile", PAGE) as browser:
        page = _Page(browser, tmp_path)
        key = log.log_key.vkey
        assert page.verify(log.pack(), key=key) == ("verified", "", "")
        assert page.verify(forged.pack()) == ("wrong", ENTRY.format(opened.seq), "wrong_signer")
        assert page.verify(late.pack()) == ("wrong", ENTRY.format(second.seq), "order")
