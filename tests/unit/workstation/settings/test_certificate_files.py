"""Certificate files that the settings name: what an editor put behind them, and nothing else."""

import pytest

from tests.support.pki.certificates import world
from workstation.errors import SettingsRefused
from workstation.settings.certificate_files import certificate_octets

DER = world().root.der


def read(tmp_path, octets):
    (tmp_path / "root.cer").write_bytes(octets)
    return certificate_octets(tmp_path, "$.trust.anchors[0]", "root.cer")


@pytest.mark.parametrize("last", [b"\n", b"\r", b" ", b"\x00"])
@pytest.mark.parametrize("armour", [b"", b"\n", b"\r\n", b"\r\n\r\n"])
def test_a_line_end_behind_a_certificate_is_not_its_last_octet(tmp_path, last, armour):
    """One signature in 128 ends in an octet that looks like a line's end."""
    certificate = DER[:-1] + last

    assert read(tmp_path, certificate + armour) == certificate


@pytest.mark.parametrize(
    "octets",
    [DER + b"x", DER + b"\r\nx", DER + DER, DER[:-1], DER[:1], DER[:2], b"\r\n", b"", b"\x30\x85"],
)
def test_what_is_not_one_whole_certificate_is_refused_by_its_place(tmp_path, octets):
    with pytest.raises(SettingsRefused, match=r"\$\.trust\.anchors\[0\]: root\.cer"):
        read(tmp_path, octets)
