"""Texts of the NCALayer protocol: what is asked, and every shape of answer."""

import base64
import contextlib
import json
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crypto.carrier.carrier import INDIVIDUAL_SIGNING_USAGES, SignatureRequest
from crypto.carrier.errors import (
    CarrierCancelled,
    CarrierError,
    CarrierForeign,
    CarrierProtocol,
    CarrierRefused,
    RequestRefused,
    stable_word,
)
from crypto.carrier.ncalayer_messages import (
    read_greeting,
    read_signature,
    read_tokens,
    write_old_sign_request,
    write_sign_request,
    write_tokens_request,
)

CMS = bytes.fromhex("3082") + bytes(range(200))
BASE64 = base64.b64encode(CMS).decode()
PEM = f"-----BEGIN CMS-----\n{BASE64}\n-----END CMS-----\n"
REQUEST = SignatureRequest(b"document", "920314400005", "kk", INDIVIDUAL_SIGNING_USAGES)


def asked(*, timestamp=False, **options):
    given_options = {
        "storages": (),
        "any_chain": False,
        "uuid": "u-1",
    } | options
    return json.loads(write_sign_request(replace(REQUEST, timestamp=timestamp), **given_options))


def test_the_request_asks_for_one_attached_signature_by_this_persons_signing_key():
    message = asked()
    assert (message["module"], message["method"]) == ("kz.gov.pki.knca.basics", "sign")
    args = message["args"]
    assert args["format"] == "cms"
    assert args["allowedStorages"] is None
    assert base64.b64decode(args["data"]) == b"document"
    assert args["signingParams"] == {"decode": True, "encapsulate": True, "digested": False}
    assert args["signerParams"] == {
        "extKeyUsageOids": ["1.3.6.1.5.5.7.3.4", "1.2.398.3.3.4.1.1"],
        "iin": "920314400005",
    }
    assert args["locale"] == "kk"
    assert message["uuid"] == "u-1"


def test_only_the_test_hierarchy_switches_the_filter_by_issuer_off():
    assert "chain" not in asked()["args"]["signerParams"]
    assert asked(any_chain=True)["args"]["signerParams"]["chain"] == []


def test_a_timestamp_and_storages_are_asked_for_when_wanted():
    args = asked(timestamp=True, storages=("AKKaztokenStore",))["args"]
    assert args["signingParams"]["tsaProfile"] == {}
    assert args["allowedStorages"] == ["AKKaztokenStore"]


@pytest.mark.parametrize(
    "version",
    [
        "1.4",
        "1",
        "2.10.3",
        "1.4.0-beta",
        "1.4b",
        "v2.0",
        "V2",
        "v. 2.1",
        "1.4.0.7.12.1",
        "20261129",
        "1.4+build.7",
        "2.0 (rc 1)",
    ],
)
def test_a_greeting_with_a_number_is_ncalayer_whatever_a_release_appends(version):
    read = read_greeting(json.dumps({"result": {"version": version}}))
    assert read == stable_word(version)


@pytest.mark.parametrize(
    "version", ["", "v", "beta", "version 2", "1" + "." * 99, "1.4\n2", "1\x00"]
)
def test_a_greeting_without_a_number_or_without_an_end_is_foreign(version):
    with pytest.raises(CarrierForeign):
        read_greeting(json.dumps({"result": {"version": version}}))


def test_a_greeting_with_a_name_says_who_answers():
    with pytest.raises(CarrierForeign) as foreign:
        read_greeting('{"result":{"version":"ncalayer-mocker"}}')
    assert foreign.value.who == "ncalayer-mocker"


@pytest.mark.parametrize(
    "text", ["", "hello", "[]", "{}", '{"result":{"version":1.4}}', "[" * 5000]
)
def test_any_other_greeting_is_foreign(text):
    with pytest.raises(CarrierForeign) as foreign:
        read_greeting(text)
    assert foreign.value.code == "carrier_foreign"


@pytest.mark.parametrize(
    "reply",
    [
        {"status": True, "body": {"result": [PEM]}},
        {"status": True, "body": {"result": PEM}, "uuid": "1"},
        {"status": True, "body": {"result": BASE64}},
        {"code": "200", "responseObject": BASE64},
        {"code": "200", "responseObject": PEM, "message": None},
    ],
)
def test_every_generation_of_replies_yields_the_same_binary(reply):
    assert read_signature(json.dumps(reply)) == CMS


@pytest.mark.parametrize("echoed", [{}, {"uuid": "u-1"}, {"uuid": None}])
def test_a_reply_that_repeats_the_requests_name_or_none_is_its_reply(echoed):
    reply = json.dumps({"code": "200", "responseObject": BASE64} | echoed)
    assert read_signature(reply, uuid="u-1") == CMS


@pytest.mark.parametrize("echoed", ["u-2", "", 1, [], {"u-1": 1}])
def test_a_reply_that_repeats_another_name_answers_somebody_else(echoed):
    reply = json.dumps({"code": "200", "responseObject": BASE64, "uuid": echoed})
    for read in (read_signature, read_tokens):
        with pytest.raises(CarrierProtocol) as refused:
            read(reply, uuid="u-1")
        assert refused.value.detail == "uuid"


@pytest.mark.parametrize(
    ("timestamp", "method"),
    [(False, "createCAdESFromBase64"), (True, "createCMSSignatureFromBase64")],
)
def test_the_older_module_is_asked_with_positional_arguments(timestamp, method):
    wanted = replace(REQUEST, timestamp=timestamp)
    text = write_old_sign_request(wanted, storage="PKCS12", uuid="u-1")
    assert json.loads(text) == {
        "module": "kz.gov.pki.knca.commonUtils",
        "method": method,
        "args": ["PKCS12", "SIGNATURE", base64.b64encode(b"document").decode(), True],
        "uuid": "u-1",
    }
    assert json.loads(write_tokens_request(uuid="u-2"))["args"] == []


@pytest.mark.parametrize(
    "reply",
    [
        {"code": "200", "responseObject": []},
        {"code": "200", "responseObject": "AKKaztokenStore"},
        {"code": "200", "responseObject": ["FLOPPY", 5, None, []]},
        {"code": "500", "message": "x", "responseObject": ["AKKaztokenStore"]},
        {"code": []},
        {},
    ],
)
def test_tokens_that_are_not_named_are_not_there(reply):
    assert read_tokens(json.dumps(reply)) == ()


def test_tokens_are_named_by_what_ncalayer_calls_them():
    named = ["AKKaztokenStore", "PKCS12", "other"]
    reply = json.dumps({"code": "200", "responseObject": named})
    assert read_tokens(reply) == ("AKKaztokenStore", "PKCS12")


def test_a_program_without_the_older_module_refuses_to_name_tokens():
    with pytest.raises(CarrierRefused) as refused:
        read_tokens('{"success":false,"errorCode":"MODULE_NOT_FOUND"}')
    assert refused.value.reply_code == "MODULE_NOT_FOUND"


@pytest.mark.parametrize(
    "reply",
    [
        {"status": True, "body": {}},
        {"code": "500", "message": "action.canceled"},
        {"status": False, "code": "500", "message": "action.canceled"},
    ],
)
def test_the_customer_closing_the_dialog_is_a_cancellation(reply):
    with pytest.raises(CarrierCancelled) as cancelled:
        read_signature(json.dumps(reply))
    assert cancelled.value.detail == "customer"


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        ({"status": False, "code": "SIGNING_FAILURE", "message": "C:\\Users"}, "SIGNING_FAILURE"),
        ({"status": False}, "unnamed"),
        ({"success": False, "errorCode": "MODULE_NOT_FOUND"}, "MODULE_NOT_FOUND"),
        ({"code": "500", "message": "signer.not.found"}, "500"),
        ({"status": False, "code": "<b>\n" + "x" * 100}, "?b??" + "x" * 60),
    ],
)
def test_an_error_keeps_its_code_and_drops_its_prose(reply, code):
    with pytest.raises(CarrierRefused) as refused:
        read_signature(json.dumps(reply))
    assert refused.value.reply_code == code
    assert "Users" not in str(refused.value)


@pytest.mark.parametrize(
    "reply",
    [
        "text",
        "[]",
        "null",
        "{}",
        '{"status":1,"body":{"result":"AAAA"}}',
        '{"status":true}',
        '{"status":true,"body":[]}',
        '{"status":true,"body":{"other":1}}',
        '{"status":true,"body":{"result":[]}}',
        '{"status":true,"body":{"result":["AAAA","AAAA"]}}',
        '{"status":true,"body":{"result":[["AAAA"]]}}',
        '{"status":true,"body":{"result":"Ә"}}',
        '{"status":true,"body":{"result":"not base64"}}',
        '{"code":200,"responseObject":"AAAA"}',
        '{"code":"200"}',
        '{"a":' * 3000,
    ],
)
def test_anything_else_is_no_reply(reply):
    with pytest.raises(CarrierProtocol):
        read_signature(reply)


@example('{"status":false,"code":[]}')
@given(
    st.text()
    | st.recursive(
        st.none() | st.booleans() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["status", "body", "result", "code", "message"]), inner
            )
        ),
    ).map(json.dumps)
)
def test_any_text_is_a_signature_or_an_error_of_this_room(untrusted):
    for read in (read_greeting, read_signature, read_tokens):
        with contextlib.suppress(CarrierError):
            assert read(untrusted) is not None


@given(st.text())
def test_foreign_words_are_short_and_plain(untrusted):
    word = stable_word(untrusted)
    assert 0 < len(word) <= 64
    assert word.isascii()
    assert word.isprintable()


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("document", {"document": b""}),
        ("document", {"document": b"a" * ((1 << 20) + 1)}),
        ("iin", {"iin": "12"}),
        ("language", {"language": "de"}),
        ("extended_key_usages", {"extended_key_usages": ("1.3.6", "email")}),
        ("extended_key_usages", {"extended_key_usages": ("1.3.6",) * 9}),
    ],
)
def test_a_malformed_request_names_its_field(field, values):
    fields = {
        "document": b"d",
        "iin": "920314400005",
        "language": "ru",
        "extended_key_usages": (),
    } | values
    with pytest.raises(RequestRefused) as refused:
        SignatureRequest(**fields)
    assert refused.value.detail == field


def test_the_repr_of_a_request_shows_neither_person_nor_document():
    assert "9203" not in repr(REQUEST)
    assert "document'" not in repr(REQUEST)
