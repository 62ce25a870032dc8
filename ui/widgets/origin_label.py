"""Where a reference photo came from, who vouches for it and how old it is."""

from ui.context import UiContext
from ui.widgets.labels import PlainLabel
from ui.wording import photo_age_code
from workstation.rules.reference import ReferenceSource

__all__ = ["OriginLabel"]


class OriginLabel(PlainLabel):
    """One line in words; hidden while there is no photo."""

    def __init__(self, ctx: UiContext, *, wrap: bool = True) -> None:
        super().__init__("caption", wrap=wrap)
        self._ctx = ctx
        self._source: ReferenceSource | None = None
        self._age_days: int | None = None
        ctx.changed.connect(self._show)
        self._show()

    def show_origin(self, source: ReferenceSource | None, age_days: int | None) -> None:
        """Show the source and the age in days, None where it is not known."""
        if (source, age_days) != (self._source, self._age_days):
            self._source, self._age_days = source, age_days
            self._show()

    def _show(self) -> None:
        self.setVisible(self._source is not None)
        if self._source is None:
            return
        tr = self._ctx.tr_code
        code, count = photo_age_code(self._age_days)
        parts = (
            tr(f"reference_source.{self._source.value}"),
            tr(code, count=count) if code else tr("photo_age.unknown"),
            tr("reference.vouched_by", who=tr(f"reference_voucher.{self._source.value}")),
        )
        self.setText(" · ".join(parts))
