"""Who has a station's permit key, its log key or its demo profile, and wants money moved.

Each way once ended in a permit that core banking accepted and redeemed (A1, A2), or in a rewritten
log that nobody noticed although permits had carried its heads away (A3, A4).
"""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from msgspec.structs import replace as changed

from crypto.canonical_json import canonical_json
from crypto.jws import sign_jws
from crypto.log.format.note import NoteSigner
from tests.support.station.permits import PermitLog, passed
from tests.support.station.stations import Desk, a_site
from workstation.ctl import program
from workstation.documents.permit import Acceptance, issue, key_id, verify
from workstation.documents.permit_claims import PermitClaims, PermitFacts
from workstation.errors import PermitRefused
from workstation.rules.checks import CheckId
from workstation.session.states import State
from workstation.settings.settings import Profile
from workstation.station import commands as c


class CoreBanking:
    """Has what head office gave it: the permit key, the log's key, and a register of its own."""

    def __init__(self, site, folder: Path) -> None:
        self.site = site
        self.folder = folder
        folder.mkdir()
        public = site.services.permit_key.public_key()
        pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        (folder / "permit.pem").write_bytes(pem)
        (folder / "log.vkey").write_text(site.services.log_key.vkey)

    def ask(self, permit, claims, *more):
        """Verify and redeem a permit; return the exit code and what was said."""
        path = self.folder / "permit.jws"
        path.write_text(permit)
        moment = datetime.fromtimestamp(claims.nbf + 1, UTC).isoformat()
        asked = [
            "permit", "verify", str(path), "--audience", "core-banking", "--moment", moment,
            "--key", str(self.folder / "permit.pem"), "--log-keys", str(self.folder / "log.vkey"),
            "--require-log", "--operation-sha256", claims.operation_sha256,
            "--redeem", str(self.folder / "used.sqlite"), *more,
        ]  # fmt: skip
        result = CliRunner().invoke(program, asked)
        return result.exit_code, result.stderr


@pytest.fixture
def site(tmp_path):
    with a_site(tmp_path / "station") as made:
        yield made


@pytest.fixture
def desk(site):
    return Desk(site)


@pytest.fixture
def core_banking(site, tmp_path):
    return CoreBanking(site, tmp_path / "core")


def approved(site, desk):
    """Approve an operation; return the permit that core banking takes and its claims."""
    if desk.told.sessions:
        desk.do(c.NewSession())
    desk.to(State.RECORDED)
    (path,) = site.permits()
    claims = msgspec.convert(site.claims(), PermitClaims)
    text = path.read_text()
    path.unlink()
    return text, claims


DEMO = "--accept-demo"


def test_a_permit_of_the_demo_profile_is_not_executed(site, desk, core_banking):
    permit, claims = approved(site, desk)

    assert core_banking.ask(permit, claims)[0] == 1
    assert "permit_refused: demo" in core_banking.ask(permit, claims)[1]
    assert core_banking.ask(permit, claims, DEMO)[0] == 0


# -- the permit key alone -----------------------------------------------------------------------


def forged(site, genuine, **members):
    """Permits that a thief of `permit.key` signs himself, without the rules of `issue`."""
    whole = changed(genuine, profile=Profile.PRODUCTION, jti="ab" * 16, **members)
    key = site.services.permit_key
    payload = canonical_json(msgspec.to_builtins(whole))
    kid = key_id(key.public_key())
    return sign_jws(payload, key, kid=kid, typ="verification-permit+jwt"), whole


def facts_of(whole: PermitClaims) -> PermitFacts:
    return PermitFacts(**{name: getattr(whole, name) for name in PermitFacts.__struct_fields__})


def test_consent_alone_without_a_session_is_refused(site, desk, core_banking):
    _, genuine = approved(site, desk)
    permit, whole = forged(site, genuine, checks=(passed(CheckId.CONSENT),))
    code, said = core_banking.ask(permit, whole, DEMO)
    assert (code, "permit_refused: claims" in said) == (1, True)


def test_the_place_in_the_log_of_a_genuine_permit_serves_no_other(site, desk, core_banking):
    _, genuine = approved(site, desk)
    permit, whole = forged(site, genuine, session="another")
    code, said = core_banking.ask(permit, whole, DEMO)
    assert (code, "permit_refused: log" in said) == (1, True)


def test_a_log_of_the_thiefs_own_is_no_log_of_the_station(site, desk, core_banking):
    _, genuine = approved(site, desk)
    stranger = NoteSigner(genuine.iss, site.services.permit_key)
    whole = PermitLog(stranger, entries=200).permit(facts_of(changed(genuine, jti="ab" * 16)))
    permit = issue(whole, site.services.permit_key)
    code, said = core_banking.ask(permit, whole, DEMO)
    assert (code, "permit_refused: head" in said) == (1, True)


def test_whoever_verifies_no_head_is_told_so(site, desk, core_banking):
    _, genuine = approved(site, desk)
    stranger = NoteSigner(genuine.iss, site.services.permit_key)
    whole = PermitLog(stranger, entries=200).permit(facts_of(genuine))
    (core_banking.folder / "permit.jws").write_text(issue(whole, site.services.permit_key))
    asked = [
        "permit", "verify", str(core_banking.folder / "permit.jws"), "--audience", "core-banking",
        "--key", str(core_banking.folder / "permit.pem"), DEMO,
        "--moment", datetime.fromtimestamp(whole.nbf + 1, UTC).isoformat(),
    ]  # fmt: skip
    assert "head: unverified" in CliRunner().invoke(program, asked).stdout


# -- the log key too ----------------------------------------------------------------------------


@pytest.mark.parametrize("longer_by", [0, 200])
def test_a_rewritten_log_is_found_by_the_heads_that_permits_took_away(
    site, desk, core_banking, longer_by
):
    permit, genuine = approved(site, desk)
    assert core_banking.ask(permit, genuine, DEMO)[0] == 0

    # With both keys the thief writes the history anew, to the size that is known and beyond.
    log = PermitLog(site.log_site.log_key, entries=genuine.log_size - 2)
    whole = log.permit(facts_of(changed(genuine, jti="cd" * 16)))
    if longer_by:
        log.add(longer_by)
        whole = log.permit(facts_of(changed(genuine, jti="ab" * 16)))
    code, said = core_banking.ask(issue(whole, site.services.permit_key), whole, DEMO)
    assert (code, "permit_refused: fork" in said) == (1, True)
    # From then on nothing of this station is executed, until head office has looked.
    assert "permit_refused: fork" in core_banking.ask(*approved(site, desk), DEMO)[1]


def test_a_rewritten_log_that_hides_what_was_before_is_found(site, desk, core_banking):
    permit, genuine = approved(site, desk)
    assert core_banking.ask(permit, genuine, DEMO)[0] == 0

    log = PermitLog(site.log_site.log_key, entries=genuine.log_size + 100)
    whole = log.permit(facts_of(changed(genuine, jti="ab" * 16)))
    code, said = core_banking.ask(issue(whole, site.services.permit_key), whole, DEMO)
    assert (code, "permit_refused: growth" in said) == (1, True)


def test_a_log_that_goes_on_from_an_older_copy_is_found(site, desk, core_banking):
    permits = [approved(site, desk) for _ in range(3)]
    for permit, claims in permits:
        assert core_banking.ask(permit, claims, DEMO)[0] == 0

    # Cut back to the first permit, and written on by whoever has both keys.
    log = PermitLog(site.log_site.log_key, entries=permits[0][1].log_size)
    whole = log.permit(facts_of(changed(permits[0][1], jti="ab" * 16)))
    code, said = core_banking.ask(issue(whole, site.services.permit_key), whole, DEMO)
    assert (code, "permit_refused: rolled_back" in said) == (1, True)
    # What was not known to be another history costs the honest station nothing.
    assert core_banking.ask(*approved(site, desk), DEMO)[0] == 0


def test_nothing_of_version_one_is_accepted(site, desk):
    _, genuine = approved(site, desk)
    permit, _ = forged(site, genuine)
    members = msgspec.to_builtins(genuine)
    del members["v"]
    key = site.services.permit_key
    kid = key_id(key.public_key())
    old = sign_jws(canonical_json(members), key, kid=kid, typ="verification-permit+jwt")
    for text, why in ((old, "version"), (permit, "log")):
        with pytest.raises(PermitRefused, match=why):
            verify(
                text,
                key.public_key(),
                audience="core-banking",
                operation_sha256=None,
                moment=datetime.fromtimestamp(genuine.nbf + 1, UTC),
                accept=Acceptance.DEMO_TOO,
            )
