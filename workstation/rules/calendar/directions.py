"""Which direction of every number of a policy is the stricter one.

What bounds a window, or weighs one fault against another, has none: a change of it is told, and a
person judges it with docs/liveness.md and docs/biometrics.md at hand.
"""

from enum import IntEnum
from typing import Final

__all__ = ["DIRECTIONS", "Direction"]


class Direction(IntEnum):
    """What a larger number does."""

    LOOSER = -1
    NEITHER = 0
    STRICTER = 1


def _table(place: str, direction: Direction, names: str) -> dict[str, Direction]:
    return {f"{place}{name}": direction for name in names.split()}


DIRECTIONS: Final[dict[str, Direction]] = {
    **_table(
        "limits.",
        Direction.STRICTER,
        "commands_min minimum_age key_age_hours cool_down_ms minimum_rsa_bits",
    ),
    **_table(
        "limits.",
        Direction.LOOSER,
        "attempts_max maximum_age session_deadline_ms statement_ttl_ms permit_ttl_s"
        " delayed_permit_ttl_s clients_per_number cool_down_attempts ocsp_max_age_s crl_max_age_s"
        " ca_crl_max_age_s clock_tolerance_s breaks_max parked_hours",
    ),
    **_table("authority.", Direction.STRICTER, "idec_match_percent"),
    # 0 offers it to nobody, which is the strictest of all: compared apart.
    "vision.exception_officers": Direction.STRICTER,
    **_table("faces.", Direction.STRICTER, "live_person_ppm same_person_ppm remembered_days"),
    "faces.document_share_ppm": Direction.LOOSER,
    **_table(
        "vision.liveness.",
        Direction.STRICTER,
        "commands reaction_ms turn_ppm nod_ppm mouth_ppm closer_ppm back_ppm hold_ms"
        " neutral_hold_ms blinks blink_least_ms parallax_ppm parallax_flat_ppm perspective_ppm"
        " planar_distance_ppm loop_ratio_ppm identity_frames identity_score_ppm"
        " cut_correlation_ppm light_symbols light_correlation_ppm light_gain_ppm"
        " templates_first templates_between templates_last identical_level_ppm blink_end_ppm",
    ),
    **_table(
        "vision.liveness.",
        Direction.LOOSER,
        "wrong_ppm neutral_ppm position_deadline_ms command_deadline_ms neutral_deadline_ms"
        " session_deadline_ms more_time_ppm stall_ms track_gap_ms turn_gap_ms second_face_ms"
        " blink_start_ppm blink_confirm_ppm blink_most_ms blink_turn_ppm blink_extra_ms"
        " planar_turn_ppm planar_comparisons near_identical_ppm identity_ppm"
        " identity_changed_ppm cut_background_ppm cut_light_ppm cut_hold_ms cut_pixels",
    ),
    **_table(
        "vision.liveness.",
        Direction.NEITHER,
        "pause_least_ms pause_most_ms baseline_ms smoothing_ms blink_window_ms blink_baseline_ppm"
        " planar_spacing_ms loop_lag_ms freeze_window_ms identity_spacing_ms identity_turn_ppm"
        " cut_still_level_ppm cut_still_correlation_ppm light_symbol_ms template_spacing_ms",
    ),
    **_table("vision.match.", Direction.LOOSER, "match_ppm review_ppm"),
    "vision.match.frames": Direction.STRICTER,
    **{
        f"vision.{table}.{name}": direction
        for table in ("reference_quality", "live_quality")
        for name, direction in (
            *_table(
                "",
                Direction.STRICTER,
                "jaw_width_px margin_ppm brightness_min contrast_ppm relief_ppm eye_opening_ppm"
                " sharpness_ppm score_ppm",
            ).items(),
            *_table(
                "",
                Direction.LOOSER,
                "turn_ppm roll_degrees brightness_max glare_ppm back_light_ppm",
            ).items(),
        )
    },
}
"""By place: `limits.NAME`, `faces.NAME`, `authority.NAME`, `vision.NAME`, `vision.TABLE.NAME`."""
