"""`--moment`: the time a judgement is made for."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import click

__all__ = ["ISO_TIME", "moment_option"]

_F = TypeVar("_F", bound=Callable[..., Any])


class _Moment(click.ParamType[datetime]):
    """An ISO 8601 time with its offset; without one it would mean something else elsewhere."""

    name = "ISO time"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Return the moment in UTC."""
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(value)
            if moment.utcoffset() is None:
                self.fail(
                    "a time with its offset is needed, as in 2026-11-22T20:30:15Z", param, ctx
                )
            return moment.astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is no ISO 8601 time", param, ctx)


ISO_TIME: Final = _Moment()


def moment_option(command: _F) -> _F:
    """Add `--moment`; None stands for now."""
    return click.option("--moment", type=ISO_TIME, help="Judge at this time. Default: now.")(
        command
    )
