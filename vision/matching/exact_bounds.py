"""Exact bounds of an error rate from counts (Clopper and Pearson, Biometrika 26, 1934)."""

from math import exp, fsum, lgamma, log, log1p

__all__ = ["exact_bounds"]

_HALVINGS = 60


def exact_bounds(errors: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return the two-sided bounds of a rate, 0..1, of which `errors` were seen in `trials`.

    Without trials nothing is known: 0 and 1. Raises ValueError for more errors than trials.
    """
    if not 0 <= errors <= trials:
        raise ValueError("more errors than trials")
    if not trials:
        return 0.0, 1.0
    tail = (1 - confidence) / 2
    low = 0.0 if errors == 0 else _rate_where(errors - 1, trials, 1 - tail)
    high = 1.0 if errors == trials else _rate_where(errors, trials, tail)
    return low, high


def _rate_where(errors: int, trials: int, probability: float) -> float:
    """Return the rate at which at most `errors` of `trials` are as probable as given."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _at_most(errors, trials, middle) > probability:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _at_most(errors: int, trials: int, rate: float) -> float:
    """Return the binomial distribution function, summed over the shorter tail."""
    if 2 * errors > trials:
        return 1 - _at_most(trials - errors - 1, trials, 1 - rate) if errors < trials else 1.0
    if rate <= 0 or rate >= 1:
        return float(rate <= 0)
    ways = lgamma(trials + 1)
    seen, missed = log(rate), log1p(-rate)
    return fsum(
        exp(
            ways
            - lgamma(each + 1)
            - lgamma(trials - each + 1)
            + each * seen
            + (trials - each) * missed
        )
        for each in range(errors + 1)
    )
