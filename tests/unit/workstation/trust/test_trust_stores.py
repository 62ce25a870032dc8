"""Whom a station trusts: signers by one store, time-stamping authorities by another if stated."""

import base64
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives import serialization

from crypto.path.known_authorities import (
    AuthorityCatalogue,
    AuthorityRole,
    Issued,
    known_authorities,
)
from crypto.path.trust import TrustRefused
from crypto.report.policy import Environment
from tests.support.pki import certificates as pki
from tests.support.station.charters import sign_folder
from tests.support.station.settings import changed, demo_tables, production_tables, toml_of
from tests.unit.crypto.path.test_trust_import import known
from tests.unit.workstation.test_bootstrap import OVERRIDES, endpoints
from workstation.bootstrap import build, close
from workstation.errors import SettingsRefused
from workstation.sandbox.demo_folder import prepare_demo_folder
from workstation.sandbox.pki.travel_documents import issue_csca
from workstation.settings.settings import (
    SETTINGS_NAME,
    AnchorTable,
    LoadedSettings,
    Settings,
    read_settings,
)
from workstation.trust.stores import station_csca_trust, station_timestamp_trust, station_trust

W = pki.world()
STAMPING_ROOT = pki.issue(pki.ca_name("TSA ROOT"), "tsa-root", None, pki.CA_EXTENSIONS, serial=1)
STAMPING_CA = pki.issue(pki.ca_name("TSA CA"), "tsa-ca", STAMPING_ROOT, pki.CA_EXTENSIONS, serial=2)


def pem(holder):
    return holder.certificate.public_bytes(serialization.Encoding.PEM)


def loaded(folder: Path, tables, *, stamping=True) -> LoadedSettings:
    (folder / "root.cer").write_bytes(W.root.der)
    (folder / "stamping.pem").write_bytes(pem(STAMPING_ROOT))
    (folder / "stamping-ca.cer").write_bytes(base64.encodebytes(STAMPING_CA.der))
    trust = {
        "environment": tables["trust"]["environment"],
        "anchors": [{"path": "root.cer", "sha256": W.root.parsed.sha256}],
        "intermediates": [],
    }
    if stamping:
        pin = STAMPING_ROOT.parsed.sha256
        trust["timestamp_anchors"] = [{"path": "stamping.pem", "sha256": pin}]
        trust["timestamp_intermediates"] = ["stamping-ca.cer"]
    tables["trust"] = trust
    return LoadedSettings(folder, "", msgspec.convert(tables, Settings))


@pytest.mark.parametrize("tables", [demo_tables, production_tables])
def test_without_a_store_of_their_own_time_stamps_chain_to_the_roots_of_signers(tmp_path, tables):
    settings = loaded(tmp_path, tables(), stamping=False)
    assert station_timestamp_trust(settings) == station_trust(settings)


@pytest.mark.parametrize("tables", [demo_tables, production_tables])
def test_a_stated_store_is_for_time_stamps_alone(tmp_path, tables):
    settings = loaded(tmp_path, tables())
    stamping = station_timestamp_trust(settings)
    assert [each.sha256 for each in stamping.anchors] == [STAMPING_ROOT.parsed.sha256]
    assert [each.sha256 for each in stamping.intermediates] == [STAMPING_CA.parsed.sha256]
    assert [each.sha256 for each in station_trust(settings).anchors] == [W.root.parsed.sha256]


def test_an_authority_for_time_stamps_is_pinned_like_any_other(tmp_path):
    settings = loaded(tmp_path, demo_tables())
    (tmp_path / "stamping.pem").write_bytes(pem(W.root))
    with pytest.raises(TrustRefused):
        station_timestamp_trust(settings)


@pytest.mark.parametrize("holder", [STAMPING_ROOT, STAMPING_CA])
def test_a_production_station_refuses_test_authorities_for_time_stamps_too(
    tmp_path, monkeypatch, holder
):
    catalogue = AuthorityCatalogue(
        (known(holder, AuthorityRole.ROOT, Environment.TEST),), (), ("x",)
    )
    monkeypatch.setattr("crypto.path.trust.known_authorities", lambda: catalogue)
    with pytest.raises(TrustRefused):
        station_timestamp_trust(loaded(tmp_path, production_tables()))
    assert station_timestamp_trust(loaded(tmp_path, demo_tables())).anchors


def test_intermediates_for_time_stamps_need_a_root_for_time_stamps():
    tables = changed(demo_tables(), "trust.timestamp_intermediates", ["trust/ca.pem"])
    with pytest.raises(SettingsRefused, match="timestamp_intermediates"):
        read_settings(toml_of(tables))


def test_a_station_judges_time_stamps_by_its_settings_and_keeps_the_crls_of_their_roots(tmp_path):
    folder = tmp_path / "station"
    prepare_demo_folder(folder, endpoints(tmp_path))
    # A file in PEM is as good as one in DER, for every command and for the station itself.
    (tmp_path / "root.cer").write_bytes(pem(W.root))
    (folder / "stamping.pem").write_bytes(pem(STAMPING_ROOT))
    path = folder / SETTINGS_NAME
    stated = f'[{{ path = "stamping.pem", sha256 = "{STAMPING_ROOT.parsed.sha256}" }}]'
    text = path.read_text(encoding="utf-8")
    assert "timestamp_anchors = []" in text
    text = text.replace("timestamp_anchors = []", f"timestamp_anchors = {stated}")
    path.write_text(text, encoding="utf-8")
    sign_folder(folder)

    services = build(folder, OVERRIDES)
    try:
        terms = services.validator.constraints
        assert terms.timestamp_trust.anchors == (STAMPING_ROOT.parsed,)
        assert terms.trust.anchors == (W.root.parsed,)
        assert {*services.revocation.issuers} == {
            W.authority.parsed,
            W.root.parsed,
            STAMPING_ROOT.parsed,
        }
    finally:
        close(services)


def with_csca(folder, tables, *, pin=None, links=(), country="KZ"):
    csca = issue_csca(country)
    settings = loaded(folder, tables)
    (folder / "csca.cer").write_bytes(csca.der)
    trust = msgspec.structs.replace(
        settings.values.trust,
        csca_anchors=[AnchorTable("csca.cer", pin or csca.parsed.sha256)],
        csca_links=list(links),
    )
    values = msgspec.structs.replace(settings.values, trust=trust)
    return LoadedSettings(folder, "", values), csca


def test_a_stated_country_authority_vouches_for_documents_alone(tmp_path):
    settings, csca = with_csca(tmp_path, demo_tables())
    trust = station_csca_trust(settings)

    assert [each.sha256 for each in trust.anchors] == [csca.parsed.sha256]
    assert (trust.environment, trust.countries) == (Environment.TEST, ("KZ",))
    assert not station_trust(settings).is_anchor(csca.parsed)
    assert not trust.sha1


def test_a_bank_may_let_count_what_states_sign_over_sha1(tmp_path):
    settings, _ = with_csca(tmp_path, demo_tables())
    trust = msgspec.structs.replace(settings.values.trust, csca_sha1=True)
    values = msgspec.structs.replace(settings.values, trust=trust)

    assert station_csca_trust(LoadedSettings(tmp_path, "", values)).sha1


def test_without_a_country_authority_the_station_believes_no_document(tmp_path):
    assert station_csca_trust(loaded(tmp_path, demo_tables())).anchors == ()


def test_a_country_authority_that_is_not_the_pinned_one_is_refused(tmp_path):
    settings, _ = with_csca(tmp_path, demo_tables(), pin="ab" * 32)
    with pytest.raises(TrustRefused, match=r"csca_anchors\[0\]"):
        station_csca_trust(settings)


@pytest.mark.parametrize("country", ["KZ", "UT"])
def test_a_production_station_refuses_the_authority_of_the_sandbox(tmp_path, country):
    settings, _ = with_csca(tmp_path, production_tables(), country=country)
    with pytest.raises(TrustRefused, match="test_anchor_in_production"):
        station_csca_trust(settings)


def test_a_signers_authority_vouches_for_no_document(tmp_path):
    settings = loaded(tmp_path, demo_tables())
    trust = msgspec.structs.replace(
        settings.values.trust, csca_anchors=[AnchorTable("root.cer", W.root.parsed.sha256)]
    )
    values = msgspec.structs.replace(settings.values, trust=trust)
    with pytest.raises(TrustRefused, match="stores_overlap"):
        station_csca_trust(LoadedSettings(tmp_path, "", values))


# Who may issue


OTHER_CA = pki.issue(pki.ca_name("OTHER CENTRE"), "other-ca", W.root, pki.CA_EXTENSIONS, serial=3)


def scoped(folder: Path, **stated) -> LoadedSettings:
    """A station that holds a CA of its own, under its own root."""
    tables = demo_tables()
    settings = loaded(folder, tables, stamping=False)
    (folder / "ca.cer").write_bytes(W.authority.der)
    trust = msgspec.structs.replace(settings.values.trust, intermediates=["ca.cer"], **stated)
    return replace(settings, values=msgspec.structs.replace(settings.values, trust=trust))


def test_an_authority_that_the_catalogue_does_not_know_issues_for_nobody_unless_it_is_named(
    tmp_path,
):
    key = W.authority.parsed.key_sha256
    for store in (station_trust, station_timestamp_trust):
        assert key not in store(scoped(tmp_path)).issuers
    named = [W.authority.parsed.sha256]
    signing = scoped(tmp_path, signer_issuers=named)
    assert key in station_trust(signing).issuers
    assert key not in station_timestamp_trust(signing).issuers
    stamping = scoped(tmp_path, timestamp_issuers=named)
    assert key not in station_trust(stamping).issuers
    assert key in station_timestamp_trust(stamping).issuers


def test_who_is_named_and_not_trusted_issues_for_nobody(tmp_path):
    settings = scoped(tmp_path, signer_issuers=[OTHER_CA.parsed.sha256])
    assert OTHER_CA.parsed.key_sha256 not in station_trust(settings).issuers


def test_the_authorities_of_the_catalogue_issue_in_their_own_world(tmp_path):
    catalogue = known_authorities()
    issuers = station_trust(scoped(tmp_path)).issuers
    for each in catalogue.authorities:
        ours = each.environment is Environment.TEST and each.may_issue(Issued.SIGNERS)
        assert (each.key_sha256 in issuers) is ours, each.name
    assert {each.role for each in catalogue.authorities if each.may_issue(Issued.SIGNERS)} == {
        AuthorityRole.ISSUING
    }
    for name in ("ucgo_gost", "btsd_gost"):
        other = next(each for each in catalogue.authorities if each.name == name)
        assert not other.may_issue(Issued.SIGNERS)
        assert not other.may_issue(Issued.TIMESTAMPS)


def test_roots_stated_for_time_stamps_alone_and_what_is_stated_below_them_may_issue(tmp_path):
    issuers = station_timestamp_trust(loaded(tmp_path, demo_tables())).issuers
    assert {STAMPING_ROOT.parsed.key_sha256, STAMPING_CA.parsed.key_sha256} <= issuers
    assert W.root.parsed.key_sha256 not in issuers


@pytest.mark.parametrize("store", [station_trust, station_timestamp_trust])
def test_a_pinned_root_that_must_not_sign_certificates_is_refused_with_its_files_name(
    tmp_path, store
):
    """Imported by an earlier version, or written into the settings by hand."""
    signs_lists = ((pki.usage("crl_sign"), True),)
    odd = pki.issue(pki.ca_name("ODD"), "odd", None, (pki.CA_EXTENSIONS[0], *signs_lists), serial=1)
    (tmp_path / "odd.cer").write_bytes(odd.der)
    settings = scoped(tmp_path, anchors=[AnchorTable("odd.cer", odd.parsed.sha256)])
    with pytest.raises(TrustRefused, match=r"odd\.cer: no_certificate_signing"):
        store(settings)
