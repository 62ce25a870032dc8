"""The sandbox's camera: a simulated customer, marked as such in every record.

The pixels are real enough for the real analysis; nothing tells the analysis what it should see.
"""

import time
from collections.abc import Callable
from typing import Final

import numpy as np

from vision.camera.control import CameraControls, Control
from vision.camera.simulation.documents.held import HeldDocument
from vision.camera.simulation.photographs import SimulatedPerson, reference_photo
from vision.camera.simulation.variants import SimulatedVariant
from vision.errors import CameraLost
from vision.frame import CameraIdentity, CameraKind, Frame, Pixels
from vision.results import Colour, LivenessCommand

__all__ = ["SimulatedCamera", "SimulatedPerson", "SimulatedVariant", "reference_photo"]

USUAL_RATE: Final = 30
SECOND_NS: Final = 1_000_000_000
LOW_RATE: Final = 8
LOST_AFTER: Final = 90
"""Frames the camera of the variant `lost` delivers."""


class DeafControls:
    """A driver that says that every setting is done and does nothing."""

    def offer(self, control: Control) -> tuple[float, float] | None:
        """Offer an exposure."""
        return (0.25, 1.0) if control is Control.EXPOSURE else None

    def request(self, control: Control, value: float) -> bool:
        """Say that it is done."""
        del control, value
        return True

    def restore(self) -> None:
        """Do nothing."""


class SimulatedCamera:
    """Camera and customer in one: `vision.frame.Camera`, `ObeysCommands` and `HoldsDocument`.

    It has no exposure that could be set, and says so.

    variant  what is in front of the lens
    seed     everything random follows from it: same seed, same commands at the same frames, same
             pixels (not paced)
    paced    True: frames come in real time and a late reader misses some; False: at once
    width, height  of the delivered frames; people are rendered at 640x480
    document  gives what the customer holds up when asked; None: nothing

    One thread reads, any may call `show`, `hold_document` and `close`. Raises CameraUnavailable
    when the photographs the customer is made from are not installed.
    """

    def __init__(
        self,
        *,
        variant: SimulatedVariant,
        seed: int,
        paced: bool,
        width: int = 640,
        height: int = 480,
        document: Callable[[], HeldDocument] | None = None,
    ) -> None:
        from vision.camera.simulation.documents.staging import DocumentStage
        from vision.camera.simulation.staging import stage

        self._identity = CameraIdentity(
            kind=CameraKind.SIMULATED,
            name="Simulated customer",
            hardware_id=variant.value,
            backend="simulation",
            width=width,
            height=height,
            frames_per_second=LOW_RATE if variant is SimulatedVariant.LOW_RATE else USUAL_RATE,
        )
        self._rate = self._identity.frames_per_second
        self._controls = DeafControls() if variant is SimulatedVariant.VIRTUAL_DEVICE else None
        self._stage = stage(variant, seed)
        self._frames = LOST_AFTER if variant is SimulatedVariant.LOST else None
        self._started_ns = time.monotonic_ns() if paced else None
        self._sequence = -1
        self._shown: tuple[LivenessCommand | None, Colour | None] = (None, None)
        self._closed = False
        size = width, height
        self._document = None if document is None else DocumentStage(document, seed, size)
        self._advice: str | None = None

    @property
    def identity(self) -> CameraIdentity:
        """Return the identity: kind `simulated`, hardware_id the variant."""
        return self._identity

    @property
    def controls(self) -> CameraControls | None:
        """Return none, but for the device that lies."""
        return self._controls

    def read(self) -> Frame:
        """Return the next image. Raises CameraLost when closed or when the variant says so."""
        sequence = self._due()
        if self._closed or (self._frames is not None and sequence >= self._frames):
            raise CameraLost
        self._sequence = sequence
        at_s = sequence / self._rate
        pixels = self._picture_document(at_s)
        if pixels is None:
            pixels = self._fit(self._stage.picture(at_s, *self._shown))
            pixels.flags.writeable = False
        return Frame(sequence, sequence * SECOND_NS // self._rate, pixels)

    def show(self, command: LivenessCommand | None, light: Colour | None = None) -> None:
        """Show the customer a command; whoever obeys reacts like a human.

        light  the screen's colour, which a face takes on and a recording does not
        """
        self._shown = (command, light)

    def hold_document(self, advice: str | None) -> None:
        """Let the customer hold up the document and read an advice, or put it away for None."""
        self._advice = advice

    def close(self) -> None:
        """Stop delivering frames."""
        self._closed = True

    def _picture_document(self, at_s: float) -> Pixels | None:
        """Return the document before the customer, None while none is held up."""
        if self._document is None:
            return None
        return self._document.picture(at_s, self._advice, lambda: self._stage.picture(at_s, None))

    def _due(self) -> int:
        """Return the number of the next frame, after waiting for it when paced."""
        following = self._sequence + 1
        if self._started_ns is None:
            return following
        elapsed_ns = time.monotonic_ns() - self._started_ns
        early_ns = following * SECOND_NS // self._rate - elapsed_ns
        if early_ns > 0:
            time.sleep(early_ns / SECOND_NS)
            return following
        return elapsed_ns * self._rate // SECOND_NS

    def _fit(self, picture: Pixels) -> Pixels:
        size = (self._identity.width, self._identity.height)
        if picture.shape[1::-1] == size:
            return picture
        import cv2

        return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
