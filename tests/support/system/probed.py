"""Results of probes as a branch may show them: good, worth a look and bad, of every area."""

from dataclasses import replace

from tests.support.desktop.snapshots import NOW_MS
from workstation.diagnosis.probe import (
    ProbeFact,
    ProbeFinding,
    ProbeKind,
    ProbeResult,
    ProbeState,
    conclude,
)

__all__ = ["probed"]

_CAMERA = (
    (ProbeFact.NAME, "HD Pro Webcam C920"),
    (ProbeFact.HARDWARE_ID, "046d:0825 1-2"),
    (ProbeFact.PATH, "/dev/video0"),
    (ProbeFact.BACKEND, "V4L2"),
)


def probed() -> tuple[ProbeResult, ...]:
    """Return the results, each with its time."""
    found = (
        conclude(ProbeKind.CAMERA, "0", ProbeFinding.IN_USE, *_CAMERA),
        ProbeResult(
            ProbeKind.CAMERA,
            "2",
            "camera_unknown_device",
            ProbeState.BAD,
            ((ProbeFact.NAME, "USB Camera <b>"), (ProbeFact.HARDWARE_ID, "1bcf:2c99 1-4")),
            "probe_next.not_allowed",
        ),
        conclude(ProbeKind.NCALAYER, "", ProbeFinding.ANSWERS, (ProbeFact.VERSION, "1.4")),
        conclude(ProbeKind.EGOV, "", ProbeFinding.FOREIGN, (ProbeFact.ADDRESS, "egov.bank.kz")),
        conclude(ProbeKind.CARD_READER, "", ProbeFinding.NOT_CONFIGURED),
        conclude(
            *(ProbeKind.ANCHOR, "НУЦ РК (ГОСТ) 2022 3f9a01bc", ProbeFinding.FRESH),
            *((ProbeFact.FINGERPRINT, "3f9a01bc77d0e2aa"), (ProbeFact.ENDS, "2032-06-01")),
        ),
        conclude(
            *(ProbeKind.LIST, "ҰЛТТЫҚ КУӘЛАНДЫРУШЫ ОРТАЛЫҚ (GOST) 2022", ProbeFinding.FRESH),
            *((ProbeFact.AGE, "7"), (ProbeFact.ENTRIES, "422065")),
        ),
        conclude(
            *(ProbeKind.LIST, "http://crl.pki.gov.kz/nca_rsa_2022.crl", ProbeFinding.STALE),
            (ProbeFact.LAST_OUTCOME, "unreachable"),
            state=ProbeState.WARN,
        ),
        conclude(ProbeKind.REGISTRY, "phone_owner", ProbeFinding.ANSWERS),
        conclude(
            *(ProbeKind.REGISTRY, "antifraud", ProbeFinding.OTHER_WORD),
            (ProbeFact.EXPECTED, "alert: clear | hit | victim"),
        ),
        conclude(ProbeKind.REGISTRY, "person", ProbeFinding.HANGS, (ProbeFact.WAITED, "25")),
        conclude(ProbeKind.TIMESTAMPS, "", ProbeFinding.ANSWERS, (ProbeFact.AHEAD, "+1")),
        conclude(ProbeKind.PROGRAM, "", ProbeFinding.THERE, (ProbeFact.VERSION, "workstation 0.1")),
        conclude(ProbeKind.DISK, "", ProbeFinding.LOW, (ProbeFact.FREE, "0.4")),
        conclude(ProbeKind.MEMORY, "", ProbeFinding.THERE, (ProbeFact.MEGABYTES, "318.0")),
    )
    return tuple(replace(each, took_ms=140, at_ms=NOW_MS) for each in found)
