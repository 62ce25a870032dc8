"""What may be in front of the simulated camera."""

from enum import StrEnum

__all__ = ["SimulatedVariant"]


class SimulatedVariant(StrEnum):
    """Customers, attacks and defects.

    genuine        the customer of the reference photo, obeying
    printed_photo  a print of that photo, tilted and swung at every command
    screen_replay  a recording of all five movements, played on a screen
    prepared_clips recordings of the customer, the fitting one played at every command
    looped_video   two and a half quiet seconds, repeated
    frozen         one image
    other_person   somebody else, obeying
    no_blink       the customer, who never blinks
    no_face        an empty room
    two_faces      the customer and somebody beside
    too_dark       the customer in the dark
    lost           the customer, until the camera stops after three seconds
    black          the shutter is closed
    virtual_device a program in the camera's place: takes every setting, and the image stays
    low_rate       the customer before a camera of eight images a second
    swap           the customer, replaced by somebody else after the first command
    helper         a recording of the customer in the pauses, somebody else at the commands
    helper_still   a print of the customer in the pauses, somebody else at the commands
    cut            recordings of the customer, spliced: another room at the commands
    too_far        the customer, a metre and a half away
    back_light     the customer before a bright window
    blur           the customer before a lens out of focus
    spectacles     the customer of the reference photo, with spectacles on
    bent_print     the print, bent round a cylinder
    lookalike      somebody so like the customer that a comparison leaves it open
    """

    GENUINE = "genuine"
    PRINTED_PHOTO = "printed_photo"
    SCREEN_REPLAY = "screen_replay"
    PREPARED_CLIPS = "prepared_clips"
    LOOPED_VIDEO = "looped_video"
    FROZEN = "frozen"
    OTHER_PERSON = "other_person"
    NO_BLINK = "no_blink"
    NO_FACE = "no_face"
    TWO_FACES = "two_faces"
    TOO_DARK = "too_dark"
    LOST = "lost"
    BLACK = "black"
    VIRTUAL_DEVICE = "virtual_device"
    LOW_RATE = "low_rate"
    SWAP = "swap"
    HELPER = "helper"
    HELPER_STILL = "helper_still"
    CUT = "cut"
    TOO_FAR = "too_far"
    BACK_LIGHT = "back_light"
    BLUR = "blur"
    SPECTACLES = "spectacles"
    BENT_PRINT = "bent_print"
    LOOKALIKE = "lookalike"
