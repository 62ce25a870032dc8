"""What each public sample of НУЦ РК must yield, as the samples' index states it.

Names are paths under the folder `eds` of the samples. Dates are as encoded, YYMMDDhhmmssZ.
"""

from typing import NamedTuple

SDK, OLD = "Qwerty12", "Aa123456"
"""Published passwords of the published test keys."""

GOST_2019, GOST_2023 = "test/nca_gost_test_2019.crt", "test/nca_gost_test_2023.cer"
GOST_2022 = "test/nca_gost2022_test.cer"
RSA_2019, RSA_2023 = "test/nca_rsa_test_2019.crt", "test/nca_rsa_test_2023.cer"

AUTHORITIES = {  # under `ca`: who issued it
    "prod/btsd_gost.cer": "prod/root_gost_2020.cer",
    "prod/nca_gost.pem": "prod/root_gost.pem",
    "prod/nca_gost_2022.pem": "prod/root_gost_2022.pem",
    "prod/nca_rsa.pem": "prod/root_rsa.pem",
    "prod/nca_rsa_2022.cer": "prod/root_rsa_2020.cer",
    "prod/root_gost.pem": "prod/root_gost.pem",
    "prod/root_gost_2020.cer": "prod/root_gost_2020.cer",
    "prod/root_gost_2022.pem": "prod/root_gost_2022.pem",
    "prod/root_rsa.pem": "prod/root_rsa.pem",
    "prod/root_rsa_2020.cer": "prod/root_rsa_2020.cer",
    "prod/tsa_gost2022_2025.cer": "prod/nca_gost_2022.pem",
    "prod/tsa_rsa2022_2025.cer": "prod/nca_rsa_2022.cer",
    "prod/ucgo_gost.cer": "prod/root_gost_2020.cer",
    "test/kuc_gost_test_2020.cer": "test/kuc_gost_test_2020.cer",
    "test/kuc_rsa_test_2020.cer": "test/kuc_rsa_test_2020.cer",
    "test/nca_gost2022_test.cer": "test/root_test_gost_2022.cer",
    "test/nca_gost_test_2019.crt": "test/root_gost_test_2018.crt",
    "test/nca_gost_test_2023.cer": "test/kuc_gost_test_2020.cer",
    "test/nca_rsa_test_2019.crt": "test/root_rsa_test_2018.crt",
    "test/nca_rsa_test_2023.cer": "test/kuc_rsa_test_2020.cer",
    "test/root_gost_test_2018.crt": "test/root_gost_test_2018.crt",
    "test/root_rsa_test_2018.crt": "test/root_rsa_test_2018.crt",
    "test/root_test_gost_2022.cer": "test/root_test_gost_2022.cer",
}
SAME_DER = {
    "prod/pypi_nca_gost_2022.pem": "prod/nca_gost_2022.pem",
    "prod/pypi_root_gost_2022.pem": "prod/root_gost_2022.pem",
}
EXPIRED_AUTHORITIES = {  # on 2026-11-22
    "prod/nca_gost.pem",
    "prod/nca_rsa.pem",
    "prod/root_gost.pem",
    "prod/root_rsa.pem",
    GOST_2019,
    RSA_2019,
}
LEAVES = {  # under `certs`
    "AUTH_RSA256_b2c70a9ff7a5dc59de0ccc3c0ddde3437cc1f12d.cer": RSA_2019,
    "AUTH_RSA256_d682726b55b3e62600ea8fe1c74e75fc96f47790.cer": RSA_2019,
    "GOSTKNCA_13a3741b52d7bf860aab199b56fad1f4652e357b.cer": GOST_2019,
    "RSA256_11c707bd54cbfcccb3815e39c4eb57b1dc7dfea9.cer": RSA_2019,
    "gost1.cer": GOST_2022,
    "gost1_820f1e.cer": GOST_2019,
    "gost2.cer": GOST_2019,
    "individual_signer.cer": GOST_2022,
    "individual_valid_sign_2004_rsa.cer": RSA_2019,
    "individual_valid_sign_2004_rsa_auth.cer": RSA_2019,
    "legal_entity_signer.cer": GOST_2022,
}


class List(NamedTuple):
    """A list: who signed it, its times, how many entries, its number, the base of a delta."""

    issuer: str
    this_update: str
    next_update: str
    entries: int
    number: int
    delta: bool = False


LISTS = {  # under `crl`
    "gost2004_test_20220329": List(GOST_2019, "220329043007Z", "220925043007Z", 31, 7),
    "gost2004_test_20231117": List(GOST_2023, "231117060254Z", "240515060254Z", 6, 1),
    "gost2004_test_delta_20231117": List(GOST_2023, "231117060254Z", "240515060301Z", 0, 1, True),
    "gost2015_test_20220727": List(GOST_2022, "220727112606Z", "230123112606Z", 6, 4),
    "gost2015_test_20231117": List(GOST_2022, "231117060337Z", "240515060337Z", 27, 10),
    "gost2015_test_20250429": List(GOST_2022, "250429044649Z", "251026044649Z", 54, 14),
    "gost2015_test_20260811": List(GOST_2022, "260811034919Z", "270207034919Z", 195, 0xA6),
    "gost2015_test_delta_20231117": List(GOST_2022, "231117060337Z", "240515060342Z", 0, 5, True),
    "gost2015_test_delta_20250429": List(GOST_2022, "250429044649Z", "251026055316Z", 0, 10, True),
    "rsa_test_20220329": List(RSA_2019, "220329041829Z", "220925041829Z", 126, 9),
    "rsa_test_20231117": List(RSA_2023, "231117060230Z", "240515060230Z", 9, 1),
    "rsa_test_delta_20231117": List(RSA_2023, "231117060230Z", "240515060243Z", 0, 1, True),
}
FRESH_LIST = "gost2015_test_20260811"


class Listed(NamedTuple):
    """Where a certificate is revoked, when and why."""

    in_list: str
    at: str
    reason: int | None


class KeyStore(NamedTuple):
    """A key store: the certificate in it and what is known of its status."""

    serial: str
    issuer: str
    listed: Listed | None = None
    password: str = SDK


def _2026(at: str, reason: int) -> Listed:
    return Listed(FRESH_LIST, at, reason)


def _2023(at: str, reason: int | None = None) -> Listed:
    return Listed("gost2015_test_20231117", at, reason)


KEY_STORES = {  # under `p12`; serial numbers by their first eight digits
    "gost2004_ceo_sign_revoked_20200128": KeyStore("6724a08c", GOST_2019),
    "gost2004_ceo_sign_revoked_20220118": KeyStore(
        "12e3e7b9", GOST_2019, Listed("gost2004_test_20220329", "220118044737Z", 4)
    ),
    "gost2004_ceo_sign_revoked_20231116": KeyStore(
        "6d28124d", GOST_2023, Listed("gost2004_test_20231117", "231116041011Z", None)
    ),
    "gost2004_ceo_sign_unspecified_20220118": KeyStore("6cbd4560", GOST_2019),
    "gost2004_ceo_sign_valid_20180823": KeyStore("20f1b57e", "prod/nca_gost.pem"),
    "gost2004_ceo_sign_valid_20200128": KeyStore("10dcd6f1", GOST_2019),
    "gost2004_ceo_sign_valid_20231116": KeyStore("455af122", GOST_2023),
    "gost2004tumarblob_org_sign_valid_20231201": KeyStore("15e12923", GOST_2023),
    "gost2015_ceo_sign_revoked_20220727": KeyStore(
        "3a90343e", GOST_2022, Listed("gost2015_test_20220727", "220727102530Z", 6), OLD
    ),
    "gost2015_ceo_sign_revoked_20230327": KeyStore(
        "304c0120", GOST_2022, _2023("230327040511Z", 1)
    ),
    "gost2015_ceo_sign_revoked_20231110": KeyStore("6ef98aec", GOST_2022, _2023("231110113139Z")),
    "gost2015_ceo_sign_revoked_20251017": KeyStore(
        "247d8799", GOST_2022, _2026("251017124743Z", 6)
    ),
    "gost2015_ceo_sign_revoked_20260508": KeyStore(
        "5bfab685", GOST_2022, _2026("260508145906Z", 6)
    ),
    "gost2015_ceo_sign_unspecified_20241029": KeyStore(
        "1860d966", GOST_2022, Listed("gost2015_test_20250429", "241029114553Z", None)
    ),
    "gost2015_ceo_sign_unspecified_20241029_2": KeyStore("10f5125f", GOST_2022),
    "gost2015_ceo_sign_valid_20230327": KeyStore("2208a45d", GOST_2022),
    "gost2015_ceo_sign_valid_20231109": KeyStore("52ba32bc", GOST_2022),
    "gost2015_ceo_sign_valid_20251017": KeyStore("1f923a40", GOST_2022, _2026("260506163440Z", 3)),
    "gost2015_ceo_sign_valid_20260508": KeyStore("303eebdf", GOST_2022),
    "gost2015_individual_sign_revoked_20230327": KeyStore(
        "7e0fea35", GOST_2022, _2023("230327040231Z", 4)
    ),
    "gost2015_individual_sign_revoked_20231110": KeyStore(
        "12c7a21f", GOST_2022, _2023("231117054143Z")
    ),
    "gost2015_individual_sign_revoked_20251017": KeyStore(
        "36ab7327", GOST_2022, _2026("251017124240Z", 6)
    ),
    "gost2015_individual_sign_revoked_20260508": KeyStore(
        "3acea55c", GOST_2022, _2026("260508145729Z", 6)
    ),
    "gost2015_individual_sign_unspecified_20231109": KeyStore("11472875", GOST_2022),
    "gost2015_individual_sign_unspecified_20241029": KeyStore("1d79679f", GOST_2022),
    "gost2015_individual_sign_unspecified_20241029_2": KeyStore(
        "145fc491", GOST_2022, Listed("gost2015_test_20250429", "241029122516Z", None)
    ),
    "gost2015_individual_sign_valid_20220728": KeyStore("ff06211d", GOST_2022, None, OLD),
    "gost2015_individual_sign_valid_20230327": KeyStore("4f714b1f", GOST_2022),
    "gost2015_individual_sign_valid_20251017": KeyStore(
        "56d1e535", GOST_2022, _2026("260506163440Z", 3)
    ),
    "gost2015_individual_sign_valid_20260508": KeyStore("6c425659", GOST_2022),
    "gost2015_infosys_sign_valid_20260508": KeyStore("689bd2c5", GOST_2022),
    "rsa_individual_auth_revoked_20200128": KeyStore("28e7785d", RSA_2019),
    "rsa_individual_auth_revoked_20220118": KeyStore(
        "1ab11253", RSA_2019, Listed("rsa_test_20220329", "220118044112Z", 4)
    ),
    "rsa_individual_auth_revoked_20231116": KeyStore(
        "44135aa6", RSA_2023, Listed("rsa_test_20231117", "231116031630Z", None)
    ),
    "rsa_individual_auth_valid_20180822": KeyStore("157d5c49", "prod/nca_rsa.pem"),
    "rsa_individual_auth_valid_20200128": KeyStore("391759e5", RSA_2019),
    "rsa_individual_auth_valid_20231116": KeyStore("5f5e58a1", RSA_2023),
    "rsa_individual_sign_revoked_20200128": KeyStore("4bbad346", RSA_2019),
    "rsa_individual_sign_revoked_20220118": KeyStore(
        "46757a21", RSA_2019, Listed("rsa_test_20220329", "220118044024Z", 4)
    ),
    "rsa_individual_sign_revoked_20231116": KeyStore(
        "14cdc046", RSA_2023, Listed("rsa_test_20231117", "231116031712Z", None)
    ),
    "rsa_individual_sign_valid_20180822": KeyStore("744cc327", "prod/nca_rsa.pem"),
    "rsa_individual_sign_valid_20200128": KeyStore("1c1c4adb", RSA_2019),
    "rsa_individual_sign_valid_20210118": KeyStore("4279390a", RSA_2019),
    "rsa_individual_sign_valid_20231116": KeyStore("641e7295", RSA_2023),
}
IN_FORCE = {  # on 2026-09-01: within validity and in no list
    "gost2015_ceo_sign_valid_20260508",
    "gost2015_individual_sign_valid_20260508",
    "gost2015_infosys_sign_valid_20260508",
}
ISSUED_IN_PRODUCTION = {name for name, store in KEY_STORES.items() if "prod/" in store.issuer}


class Answer(NamedTuple):
    """An OCSP answer: about which key store's certificate, and what it establishes."""

    about: str
    reason: str
    nonce: str
    revoked_at: str = ""
    crl_reason: int | None = None


ANSWERS = {  # under `ocsp`
    "good_rsa": Answer("rsa_individual_sign_valid_20210118", "good", "b5e5c9b552cbcac4"),
    "revoked_gost2004": Answer(
        "gost2004_ceo_sign_revoked_20220118", "revoked", "8b6b9f100d6b0005", "220118063055Z", 4
    ),
    "revoked_gost2015": Answer(
        "gost2015_ceo_sign_revoked_20220727", "revoked", "157b28fd1ac7761e", "220727102530Z", 6
    ),
    "extended_revoke_never_issued_gost2015": Answer(
        "gost2015_individual_sign_valid_20220728",
        "never_issued",
        "e408ffb790834af2",
        "700101000000Z",
        6,
    ),
}
