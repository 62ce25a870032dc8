"""Settings of a test station, as the nested tables of its TOML file."""

import copy
from typing import Any

import msgspec

from workstation.settings.settings import Settings
from workstation.settings.template import settings_toml

__all__ = ["changed", "demo_tables", "production_tables", "toml_of"]

_DEMO: dict[str, Any] = {
    "profile": "demo",
    "language": "kk",
    "station": {"id": "ws-07", "bank": "АО «Банк»", "branch": "Алматы-1", "origin": "bank.kz/ws/7"},
    "camera": {"kind": "simulated", "scenario": "genuine"},
    "carrier": {
        "ncalayer_url": "wss://127.0.0.1:13579",
        "tls_anchors": ["trust/ncalayer.pem"],
        "opening_timeout_s": 5,
        "signing_timeout_s": 120,
    },
    "trust": {
        "environment": "test",
        "anchors": [{"path": "trust/root.pem", "sha256": "ab" * 32}],
        "intermediates": ["trust/ca.pem"],
    },
    "revocation": {
        "ocsp_url": "http://127.0.0.1:8801/ocsp",
        "crl_urls": ["http://127.0.0.1:8801/ca.crl"],
        "timeout_s": 5,
    },
    "registries": {
        "phone_owner_url": "http://127.0.0.1:8802/phone",
        "antifraud_url": "http://127.0.0.1:8802/antifraud",
        "loan_refusal_url": "http://127.0.0.1:8802/refusal",
        "tls_anchors": ["trust/gateway.pem"],
        "timeout_s": 5,
    },
    "log": {"path": "log/log.sqlite", "released": "released/heads"},
    "keys": {"kind": "file", "path": "keys"},
    "vault": {"path": "vault", "recipients": [{"name": "retention", "x25519": "12" * 32}]},
    "permit": {"audience": "core-banking", "folder": "permits"},
    "policy": {"path": "policy.toml", "sha256": "cd" * 32},
}

_PRODUCTION: dict[str, Any] = {
    "profile": "production",
    "keys": {"kind": "sealed", "path": "keys"},
    "camera": {
        "kind": "device",
        "index": 0,
        "name": "",
        "width": 1280,
        "height": 720,
        "frames_per_second": 30,
    },
    "trust": {
        "environment": "prod",
        "anchors": [{"path": "trust/root.cer", "sha256": "ef" * 32}],
        "intermediates": [],
    },
    "revocation": {
        "ocsp_url": "http://ocsp.example.kz/",
        "crl_urls": ["http://crl.example.kz/ca.crl"],
        "timeout_s": 10,
    },
    "registries": {
        "phone_owner_url": "https://gw.example.kz/phone",
        "antifraud_url": "https://gw.example.kz/antifraud",
        "loan_refusal_url": "https://gw.example.kz/refusal",
        "tls_anchors": ["trust/gateway.pem"],
        "timeout_s": 10,
    },
}


def demo_tables() -> dict[str, Any]:
    """Return the tables of a demo station that the loader accepts."""
    return copy.deepcopy(_DEMO)


def production_tables() -> dict[str, Any]:
    """Return the tables of a production station that the loader accepts."""
    return copy.deepcopy(_DEMO | _PRODUCTION)


def changed(tables: dict[str, Any], place: str, value: Any) -> dict[str, Any]:
    """Return the tables with the member at `place` (`camera.index`) set."""
    *parents, last = place.split(".")
    target = tables
    for name in parents:
        target = target[name]
    target[last] = value
    return tables


def toml_of(tables: dict[str, Any]) -> bytes:
    """Return the tables as the bytes of a file; only for tables of the right shape."""
    return settings_toml(msgspec.convert(tables, Settings)).encode()
