"""Failures of the vision room itself. Findings about a face are values, never exceptions.

VisionError
├── CameraError
│   ├── CameraUnavailable   camera_unavailable
│   │   ├── PhotographsMissing   demo_photographs_missing
│   │   └── RecordingRefused     recording_refused
│   └── CameraLost          camera_lost
├── ModelError
│   ├── ModelMissing        model_missing
│   ├── ModelTampered       model_tampered
│   ├── ModelUnusable       model_unusable
│   └── ManifestRefused     manifest_refused
├── AnalysisLost            analysis_lost
├── AnalysisBusy            analysis_busy
├── ImageRefused            image_refused
│   ├── ImageHeic           image_heic
│   ├── ImageTooLarge       image_too_large
│   └── ImageTruncated      image_truncated
├── DocumentRulesRefused    document_rules_refused
├── MrzRefused              mrz_lines, mrz_characters, mrz_visa …
└── SettingsRefused         settings_refused
"""

__all__ = [
    "AnalysisBusy",
    "AnalysisLost",
    "CameraError",
    "CameraLost",
    "CameraUnavailable",
    "DocumentRulesRefused",
    "ImageHeic",
    "ImageRefused",
    "ImageTooLarge",
    "ImageTruncated",
    "ManifestRefused",
    "ModelError",
    "ModelMissing",
    "ModelTampered",
    "ModelUnusable",
    "MrzRefused",
    "PhotographsMissing",
    "RecordingRefused",
    "VisionError",
    "VisionSettingsRefused",
]


class VisionError(Exception):
    """Root of the room's exceptions; `code` is stable and travels into records and texts."""

    code = "vision"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or self.code)
        self.detail = detail


class CameraError(VisionError):
    """Something is wrong with the capture device."""

    code = "camera"


class CameraUnavailable(CameraError):
    """The device could not be opened: absent, busy or forbidden."""

    code = "camera_unavailable"


class PhotographsMissing(CameraUnavailable):
    """The photographs that the simulated customer is made from are not installed."""

    code = "demo_photographs_missing"


class RecordingRefused(CameraUnavailable):
    """A file offered as a recorded clip is absent, of no known kind, too large or undecodable."""

    code = "recording_refused"


class CameraLost(CameraError):
    """The device answered before and does not any more."""

    code = "camera_lost"


class ModelError(VisionError):
    """A model file cannot be used."""

    code = "model"


class ModelMissing(ModelError):
    """A model file is not where the dependency should have put it."""

    code = "model_missing"


class ModelTampered(ModelError):
    """A model file's SHA-256 is not the pinned one."""

    code = "model_tampered"


class ModelUnusable(ModelError):
    """A model file is the pinned one, and no network that its row describes."""

    code = "model_unusable"


class ManifestRefused(ModelError):
    """The manifest of models is absent or malformed; the detail names the place."""

    code = "manifest_refused"


class AnalysisLost(VisionError):
    """The analysis process died or hung; a new one is started for the next attempt."""

    code = "analysis_lost"


class AnalysisBusy(VisionError):
    """A frame was submitted while another is in flight."""

    code = "analysis_busy"


class ImageRefused(VisionError):
    """Bytes offered as an image are too large, of no known format, or broken."""

    code = "image_refused"


class ImageHeic(ImageRefused):
    """The image is a telephone's HEIC or AVIF, which is not decoded here."""

    code = "image_heic"


class ImageTooLarge(ImageRefused):
    """The file or its picture is beyond the bound."""

    code = "image_too_large"


class ImageTruncated(ImageRefused):
    """The file was cut short: a part of the picture is missing."""

    code = "image_truncated"


class DocumentRulesRefused(VisionError):
    """The table of what issuers print where is malformed; the detail names the place."""

    code = "document_rules_refused"


class MrzRefused(VisionError):
    """Lines are no machine-readable zone that is read here; the code is the rule that failed."""

    code = "mrz_refused"

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class VisionSettingsRefused(VisionError):
    """A threshold or time in the settings would switch a check off; the detail names it."""

    code = "settings_refused"
