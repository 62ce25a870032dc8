"""Known answers: the reference's, by which a faster implementation is accepted at start.

They stand here so that comparing costs milliseconds; tests hold them equal to the reference.
"""

from dataclasses import dataclass

from crypto.gost.curves import CRYPTOPRO_A, TC26_512_A, Curve, Point

__all__ = ["HASHED", "SIGNED", "Hashed"]


@dataclass(frozen=True, slots=True)
class Hashed:
    """A message and its three digests."""

    message: bytes
    streebog_256: bytes
    streebog_512: bytes
    gost94: bytes


SIGNED: tuple[tuple[Curve, Point, bytes, bytes], ...] = (
    (
        TC26_512_A,
        (
            0x28C9F1FFDF601800C890CC078F948FB9AF056935C1D1BF8A844CBA3719EC953BC4D14951E405671AF34E72F2027A391238B13AB048088480FCF95989F12A92FA,
            0x45E5B51E170A01CBE33A5F0ABCC9D9099429650BF9DD5101D9C706A85E5707C6A67B10BA114D4BC7F887E21FDEA0C2CA615784AC1303711592EA6808AD321204,
        ),
        bytes.fromhex(
            "7d2b8e1c32c116aba0e4c14a021d459206b6174d201cddfed0b256da91729cf1"
            "69199a9ff12d6026c29e6acabe19c4d191954823f54fb7b2661b3b4b5cfe2179"
        ),
        bytes.fromhex(
            "8d6c6a698664478e092159fb3570b0e93641b8eeb52e1735581099c8221c0d14"
            "4415b08e27ebc77579ee65f70bd53f7932a7e9b885debd71e6be0e8018600364"
            "d47013472a66eebceeb1efc9d2309981b4fc1f5d45d7d8b0ab1490574cee5e38"
            "b975491336c312db35b6cf666e695f6bba90806d1dda19726218554cad2f1666"
        ),
    ),
    (
        CRYPTOPRO_A,
        (
            0x035BD01FF05024CE68D46812A881EEDF363BA22DA79EBCDED3BFFA172A062EEE,
            0x0DA6C7547B01B38B9A98402A1B66548B4328118E0AB96B816C13CBF28F101835,
        ),
        bytes.fromhex("743d4c546091b1a6f38a5c3bc690e66bda387544bafdf5b71a19d5dcafbac8ff"),
        bytes.fromhex(
            "dc300828ab547114c8294620b2eda1c792011b14621babd1f74c4555b16d318b"
            "ad2ed882cd1c38823dc242926fbed9889a0d0ac7aafa19b464315a18e388441f"
        ),
    ),
)
"""Curve, key, digest and signature: made by Kalkan, and by an authority of НУЦ РК."""

HASHED = (
    Hashed(
        b"",
        bytes.fromhex("3f539a213e97c802cc229d474c6aa32a825a360b2a933a949fd925208d9ce1bb"),
        bytes.fromhex(
            "8e945da209aa869f0455928529bcae4679e9873ab707b55315f56ceb98bef0a7"
            "362f715528356ee83cda5f2aac4c6ad2ba3a715c1bcd81cb8e9f90bf4c1c1a8a"
        ),
        bytes.fromhex("ce85b99cc46752fffee35cab9a7b0278abb4c2d2055cff685af4912c49490f8d"),
    ),
    Hashed(
        bytes(range(63)),
        bytes.fromhex("937c66cf8c151d92d5acac335d951073c69711727172443c93aba97071b8f48b"),
        bytes.fromhex(
            "60eabc4fff6e8ae0bac4f5ab478f3830463c0186fa58e1e436d3108691a1cd75"
            "0419a6053ecbae5c4d0d0b5371457fc5f134e1f8e250e991759c8093c0747ebd"
        ),
        bytes.fromhex("74b2d46dcc608004fac629bb03f62263295c53e14d910d74ca8d91efd1e8bbbd"),
    ),
    Hashed(
        bytes(range(64)),
        bytes.fromhex("1bce2366e4aecd63c75f972bfc6a514e03e2125920bea5b59cbd8ce0be56b8f3"),
        bytes.fromhex(
            "2ae581f18ae85e3596c936acbef910f2ed70dcf91ed5d24b39a5af657bf8232a"
            "303d686056c8c00bf30d42e16ce255426fa8a155dcb3eb822d925808f7c7e345"
        ),
        bytes.fromhex("a2b53aed9a0fd0d2a618315976b152fe02c6c7506862d1dab69aeefae56969bc"),
    ),
    Hashed(
        bytes(range(150)),
        bytes.fromhex("42932e5e48487484c508fa9d53affc08c256f556e51d045ee58fc0c608e70401"),
        bytes.fromhex(
            "e7794d9110fc0e6558b8e12470a0ed98dfa4277a39660f6b392caf360f2802a6"
            "b8ccf7f0f01ee4bd32d4d21fbb6ffb02a07e341aae7ccb7767bf5a2f757f954c"
        ),
        bytes.fromhex("60cef520e05acb5d096ebb0a5d3b8834293365d87e763d09e2e5888285c4e1d2"),
    ),
    # The block sum carries all the way: where libraries were wrong before.
    Hashed(
        b"\xff" * 160,
        bytes.fromhex("c7956a23857d5c8e35130174e3d424c951d298a4efa9229c1d4911626b35c82c"),
        bytes.fromhex(
            "4cfa5f6adb0a16643825cdef6f891bfb5b5f858a949adcae82b1f8191a063626"
            "2484fc27a97b065f7de4f06cb8b4ec374fd3c6380b175b01df5f4d708426f954"
        ),
        bytes.fromhex("6b2982c6deb2eb374e90d952e545c3238689e8cb907ad23622e83cd2236cd2c2"),
    ),
)
