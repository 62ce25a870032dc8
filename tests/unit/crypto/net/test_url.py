"""Addresses of services: one host that no two readers see differently, or none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.net.url import HttpUrl, UrlRefused


@pytest.mark.parametrize(
    ("text", "origin", "target"),
    [
        ("https://gw.test", ("https", "gw.test", 443), "/"),
        ("http://GW.test:8080/a/b?c=d", ("http", "gw.test", 8080), "/a/b?c=d"),
        ("http://[2001:db8::1]/", ("http", "2001:db8::1", 80), "/"),
    ],
)
def test_an_address_names_an_origin_and_a_target(text, origin, target):
    url = HttpUrl.parse(text)
    assert (url.origin, url.target, str(url)) == (origin, target, text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "gw.test",
        "*.crl",
        "ftp://gw.test/",
        "file:///etc/passwd",
        "https://",
        "https://user@gw.test/",
        "https://gw.test@evil.test/",
        "https://gw.test:0/",
        "https://gw.test:99999/",
        "https://[broken/",
        "https://gw.test/#a",
        "https://gw.test/a b",
        "https://gw.test\\@evil.test/",
        "https://gw.test/\r\nX: y",
        "https://gw.test/\u04d9",
        "https://gw.test/" + "a" * 2048,
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(text):
    with pytest.raises(UrlRefused):
        HttpUrl.parse(text)


@given(st.text(max_size=60))
def test_any_text_is_an_address_with_a_host_or_none(text):
    try:
        url = HttpUrl.parse(text)
    except UrlRefused:
        return
    assert url.host
    assert 0 < url.port < 65536


@pytest.mark.parametrize(
    ("text", "in_clear"),
    [
        ("https://gw.test", False),
        ("http://127.0.0.1:9", False),
        ("http://localhost", False),
        ("http://[::1]/", False),
        ("http://gw.test", True),
        ("http://127.0.0.1.evil.test", True),
    ],
)
def test_plain_http_to_another_machine_is_said_to_be_in_clear(text, in_clear):
    assert HttpUrl.parse(text).leaves_in_clear is in_clear


@pytest.mark.parametrize("base", ["https://gw.test/base", "https://gw.test/base/"])
def test_a_path_is_joined_below_the_address(base):
    assert str(HttpUrl.parse(base).join("/question")) == "https://gw.test/base/question"
