"""Every number a liveness attempt is judged by.

Nothing has a default: thresholds belong to signed configuration and are written into the record.
The sources of the recommended values are in docs/liveness.md.
"""

from dataclasses import dataclass, fields

from vision.errors import VisionSettingsRefused

__all__ = ["FEWEST_COMMANDS", "MOST_COMMANDS", "SAFE_SYMBOL_MS", "LivenessSettings"]

FEWEST_COMMANDS = 3
"""ARDFM rules of biometric authentication: at least three commands."""

MOST_COMMANDS = 4
"""Left, right, one of up and down, mouth: no more can be asked for without repeating."""

MILLION = 1_000_000

SAFE_SYMBOL_MS = 500
"""At most two changes of colour a second: WCAG 2.2 (2.3.1) allows three flashes of two changes."""


@dataclass(frozen=True, slots=True)
class LivenessSettings:
    """Thresholds in parts per million, times in milliseconds of the camera's clock.

    commands              distinct commands of one attempt, 3 or 4
    pause_least_ms        shortest random pause at rest before a command
    pause_most_ms         longest random pause at rest before a command
    reaction_ms           a command fulfilled sooner than this was foreseen, not obeyed
    baseline_ms           the neutral second all movements are measured from
    smoothing_ms          oldest observation that the 5-observation median may use
    turn_ppm              |change of the nose ratio| that is a turn
    nod_ppm               |change of the nose height ratio| that is a nod
    mouth_ppm             growth of the lip ratio that is an open mouth
    closer_ppm            growth of the face (natural logarithm) that is a coming closer
    back_ppm              shrinking of the face (natural logarithm) that is a leaning back
    hold_ms               how long a movement must last to count
    wrong_ppm             another movement counts as wrong at this multiple of its threshold
    neutral_ppm           back to neutral: movement below this share of its threshold
    neutral_hold_ms       how long the customer stays neutral before the next command
    position_deadline_ms  to get into good capture conditions
    command_deadline_ms   to perform one command
    neutral_deadline_ms   to return to neutral, beyond the pause
    session_deadline_ms   for the whole attempt
    more_time_ppm         of these four, and of the wait for a blink, where more time is granted
    stall_ms              longest silence of the camera or the analysis
    track_gap_ms          longest loss of the face
    turn_gap_ms           longest loss of the face during a requested head movement: turned too far
    second_face_ms        longest company of a second face
    blinks                confirmed blinks an attempt must show
    blink_window_ms       history the open-eye baseline is taken from
    blink_baseline_ppm    quantile of that history that is the baseline
    blink_start_ppm       share of the baseline below which the eye is closing
    blink_confirm_ppm     share of the baseline the minimum must fall below
    blink_end_ppm         share of the baseline above which the eye is open again
    blink_least_ms        shortest confirmed blink
    blink_most_ms         longest confirmed blink
    blink_turn_ppm        largest head turn during a blink
    blink_extra_ms        how long to wait for a blink after the last command
    parallax_ppm          least shift of the nose against the face plane in a turn (eye distances)
    parallax_flat_ppm     a turn held with less than this is that of a picture
    perspective_ppm       distance of a face that came closer from a plane's image (eye distances)
    planar_turn_ppm       turn from which on a frame is compared with a plane
    planar_spacing_ms     least time between two comparisons
    planar_comparisons    comparisons needed to call a face flat
    planar_distance_ppm   median distance from a plane's image (eye distances) below which it is
    loop_ratio_ppm        self-similarity below which a stream repeats itself
    loop_lag_ms           shortest period looked for
    near_identical_ppm    share of near-identical successive frames that is a still stream
    freeze_window_ms      the window this share is taken over
    identical_level_ppm   mean difference of thumbnails (levels * 10^6) that is near-identical
    identity_ppm          cosine distance to the neutral mean up to which a face is the customer's
    identity_changed_ppm  cosine distance of a command from which on it is another person's
    identity_frames       frames described inside one unbroken hold of a command
    identity_spacing_ms   least time between two of them
    identity_turn_ppm     farthest turn from neutral that can be described
    identity_score_ppm    least detector score of a described frame
    cut_background_ppm    jump of the background (levels * 10^6) in one frame that is a cut
    cut_light_ppm         jump of the mean luma (levels * 10^6) in one frame that is a cut
    cut_correlation_ppm   background this unlike that of the neutral second is another scene
    cut_hold_ms           how long it has to be
    cut_pixels            thumbnail pixels of background needed to judge it
    cut_still_level_ppm   jump of the background in the neutral second up to which a camera is fixed
    cut_still_correlation_ppm  likeness of its first and last background from which on it is
    light_symbols         colours of one screen-light code
    light_symbol_ms       how long each is shown; 500 or more, two changes a second
    light_correlation_ppm likeness of the face's colour to the code that proves the light
    light_gain_ppm        change of the face's colour per change of the screen's that proves it
    template_spacing_ms   least time between templates of one pause
    templates_first       templates taken before the first command
    templates_between     templates taken after every other command
    templates_last        templates taken after the last command
    """

    commands: int
    pause_least_ms: int
    pause_most_ms: int
    reaction_ms: int
    baseline_ms: int
    smoothing_ms: int
    turn_ppm: int
    nod_ppm: int
    mouth_ppm: int
    closer_ppm: int
    back_ppm: int
    hold_ms: int
    wrong_ppm: int
    neutral_ppm: int
    neutral_hold_ms: int
    position_deadline_ms: int
    command_deadline_ms: int
    neutral_deadline_ms: int
    session_deadline_ms: int
    more_time_ppm: int
    stall_ms: int
    track_gap_ms: int
    turn_gap_ms: int
    second_face_ms: int
    blinks: int
    blink_window_ms: int
    blink_baseline_ppm: int
    blink_start_ppm: int
    blink_confirm_ppm: int
    blink_end_ppm: int
    blink_least_ms: int
    blink_most_ms: int
    blink_turn_ppm: int
    blink_extra_ms: int
    parallax_ppm: int
    parallax_flat_ppm: int
    perspective_ppm: int
    planar_turn_ppm: int
    planar_spacing_ms: int
    planar_comparisons: int
    planar_distance_ppm: int
    loop_ratio_ppm: int
    loop_lag_ms: int
    near_identical_ppm: int
    freeze_window_ms: int
    identical_level_ppm: int
    identity_ppm: int
    identity_changed_ppm: int
    identity_frames: int
    identity_spacing_ms: int
    identity_turn_ppm: int
    identity_score_ppm: int
    cut_background_ppm: int
    cut_light_ppm: int
    cut_correlation_ppm: int
    cut_hold_ms: int
    cut_pixels: int
    cut_still_level_ppm: int
    cut_still_correlation_ppm: int
    light_symbols: int
    light_symbol_ms: int
    light_correlation_ppm: int
    light_gain_ppm: int
    template_spacing_ms: int
    templates_first: int
    templates_between: int
    templates_last: int

    def __post_init__(self) -> None:
        """Refuse numbers that would switch a check off. Raises SettingsRefused."""
        for each in fields(self):
            if getattr(self, each.name) <= 0:
                raise VisionSettingsRefused(f"liveness.{each.name}")
        if not FEWEST_COMMANDS <= self.commands <= MOST_COMMANDS:
            raise VisionSettingsRefused("liveness.commands")
        if self.pause_most_ms <= self.pause_least_ms:
            raise VisionSettingsRefused("liveness.pause_most_ms")
        if not self.blink_confirm_ppm < self.blink_start_ppm < self.blink_end_ppm:
            raise VisionSettingsRefused("liveness.blink_start_ppm")
        if self.more_time_ppm <= MILLION:
            raise VisionSettingsRefused("liveness.more_time_ppm")
        if self.light_symbol_ms < SAFE_SYMBOL_MS:
            raise VisionSettingsRefused("liveness.light_symbol_ms")
        if self.identity_changed_ppm < self.identity_ppm:
            raise VisionSettingsRefused("liveness.identity_changed_ppm")
        if self.parallax_flat_ppm >= self.parallax_ppm:
            raise VisionSettingsRefused("liveness.parallax_flat_ppm")
