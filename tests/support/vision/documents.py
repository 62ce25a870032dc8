"""Observations of documents without an image."""

from dataclasses import replace

from vision.document.observation import (
    CardOutline,
    CardSize,
    DocumentAdvice,
    DocumentObservation,
    DocumentPortrait,
)
from vision.frame import Frame
from vision.results import QualityFinding, Status

__all__ = ["CARD", "NO_DOCUMENT", "PORTRAIT", "portrait_with", "seen_at"]

NO_DOCUMENT = DocumentObservation(
    sequence=0,
    captured_ns=0,
    frame_size=(1280, 720),
    mrz=None,
    card=None,
    portrait=None,
    faces=(),
    advice=DocumentAdvice.NO_DOCUMENT,
    elapsed_ms=1.0,
)

CARD = CardOutline(
    ((300.0, 150.0), (940.0, 150.0), (940.0, 554.0), (300.0, 554.0)), CardSize.ID_1, 1.8
)

PORTRAIT = DocumentPortrait(
    box=(60, 130, 190, 290),
    score=0.9,
    sharpness=0.1,
    upside_down=False,
    findings=(QualityFinding("portrait_glare", Status.PASSED, 0, 10_000),),
    side=b"side",
)


def portrait_with(*failed: str, sharpness: float = 0.1, side: bytes = b"side") -> DocumentPortrait:
    """Return a portrait of which these conditions failed."""
    findings = tuple(QualityFinding(code, Status.FAILED, 1, 0) for code in failed)
    return replace(
        PORTRAIT,
        findings=PORTRAIT.findings + findings,
        sharpness=sharpness,
        side=b"" if failed else side,
    )


def seen_at(frame: Frame, observation: DocumentObservation = NO_DOCUMENT) -> DocumentObservation:
    """Return an observation as if made of this frame."""
    height, width = frame.pixels.shape[:2]
    return replace(
        observation,
        sequence=frame.sequence,
        captured_ns=frame.captured_ns,
        frame_size=(width, height),
    )
