"""How something stands, in the words that the style sheet colours."""

from enum import StrEnum

__all__ = ["Tone"]


class Tone(StrEnum):
    """A value of the style sheet's property `tone`."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"
    NOW = "now"
    WAIT = "wait"
    NONE = "none"
