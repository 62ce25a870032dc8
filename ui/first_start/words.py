"""The words of a finding; what the core refused says what the commands would say."""

from ui.context import UiContext
from workstation.charter.words import name_setting, say_difference
from workstation.first_start.findings import SetUpFinding

__all__ = ["word_finding"]


def word_finding(ctx: UiContext, finding: SetUpFinding) -> str:
    """Return what was found, and what to do where that is more than one word."""
    if finding.error is None:
        if finding.code.startswith("change_"):
            code, told = finding.code.removeprefix("change_"), dict(finding.values)
            return say_difference(code, told["at"], told["before"], told["after"], ctx.texts)
        words = dict(finding.values)
        if "place" in words:
            words["place"] = name_setting(words["place"], ctx.texts)
        return ctx.tr_code(f"set_up.{finding.code}", **words)
    # Imported here: the command line's words come with all of its commands.
    from workstation.ctl.failures import failure_of

    failure = failure_of(finding.error, ctx.texts.language)
    place = failure.detail.partition(":")[0] if failure.detail.startswith("$.") else ""
    advice = failure.advice[:1].upper() + failure.advice[1:]
    return f"{advice} ({place})" if place else advice
