"""Retention: sealed evidence by its session's number, its term and its holds; orders of two."""

from datetime import date
from typing import Final

from ui.context import UiContext
from ui.navigation import Route
from ui.screens.office_screen import OfficeScreen
from ui.widgets.buttons import Action, ButtonRole
from ui.widgets.card import Card
from ui.widgets.choice_list import ChoiceList
from ui.widgets.confirm import ask
from ui.widgets.figure_table import FigureTable
from ui.widgets.form import Field
from ui.widgets.key_places import Typing
from ui.widgets.labels import CodeLabel
from ui.widgets.secret_field import SecretField
from ui.wording import count_text, day_text, number_text
from workstation.administration.view import AdministrationView, RetentionRow
from workstation.station.administration_commands import OrderErasure, OrderHold

__all__ = ["RetentionScreen"]

_ORDERS: Final = ("hold", "lift", "term_past", "consent_withdrawn", "court", "regulator")
"""Setting and lifting a hold, then the bases of an erasure."""


class RetentionScreen(OfficeScreen):
    """Numbers and days, never names; what is due stands first."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__(ctx, "section.retention", Route.RETENTION)
        self._rows: tuple[RetentionRow, ...] = ()
        self.counts = CodeLabel(ctx, "", "second", wrap=True)
        self.table = FigureTable(
            ctx,
            "section.retention",
            [f"retention.column.{name}" for name in ("state", "number", "class", "until")],
            words=4,
        )
        card = Card(ctx, "retention.card")
        card.body.addWidget(self.counts)
        card.body.addWidget(self.table)
        self.form = Card(ctx, "retention.order")
        self.act = ChoiceList()
        self.act.addItems(["" for _ in _ORDERS])
        self.act_caption = CodeLabel(ctx, "retention.act", "caption")
        self.act_caption.setBuddy(self.act)
        self.chosen = CodeLabel(ctx, "", "strong", wrap=True)
        self.order = Field(ctx, "retention.paper", longest=200)
        self.own = SecretField(ctx, "changes.own_secret")
        self.second = Field(ctx, "retention.second", longest=32, typing=Typing.LATIN)
        self.second_secret = SecretField(ctx, "retention.second_secret")
        for widget in (
            *(self.chosen, self.act_caption, self.act, self.order, self.own),
            *(self.second, self.second_secret),
        ):
            self.form.body.addWidget(widget)
        self.form.body.addStretch(1)
        for field in (self.order, self.own, self.second, self.second_secret):
            field.edit.textChanged.connect(self.actions_changed)
        self.table.chosen.connect(lambda _row: self._show_chosen())
        self.lay_out((card,), (self.form,), card)

    @property
    def row(self) -> RetentionRow | None:
        """Return what is chosen."""
        at = self.table.currentRow()
        return self._rows[at] if 0 <= at < len(self._rows) else None

    def show_view(self, view: AdministrationView) -> None:
        """Show the evidence, what is due first."""
        tr = self.ctx.tr_code
        self._rows = tuple(sorted(view.retention, key=lambda each: (not each.due, each.number)))
        self.counts.set_code(
            "retention.counts",
            kept=count_text(len(self._rows)),
            due=count_text(sum(each.due for each in self._rows)),
            held=count_text(sum(each.hold is not None for each in self._rows)),
            erased=count_text(view.erased),
        )
        self.table.show_rows(
            [
                (
                    tr(f"retention.state.{_state_of(each)}"),
                    number_text(each.number),
                    self._name_class(each.name),
                    day_text(date.fromisoformat(each.until)) if each.until else "—",
                )
                for each in self._rows
            ]
        )
        for index, name in enumerate(_ORDERS):
            self.act.setItemText(index, tr(f"retention.act.{name}"))
        self.act.setAccessibleName(tr("retention.act"))
        self._show_chosen()

    def _name_class(self, name: str) -> str:
        """Return a class of the shipped rules in words, one of the bank's own by its name."""
        code = f"retention.class.{name}"
        return self.ctx.tr_code(code) if self.ctx.texts.has(code) else name or "—"

    def _show_chosen(self) -> None:
        row = self.row
        if row is None:
            self.chosen.set_code("retention.none_chosen")
        else:
            self.chosen.set_code("retention.chosen", number=number_text(row.number))
        self.actions_changed.emit()

    @property
    def filled(self) -> bool:
        """Whether an order can be given."""
        fields = (self.order, self.own, self.second, self.second_secret)
        return self.row is not None and all(field.text() for field in fields)

    def footer_actions(self) -> tuple[Action, ...]:
        """Return the way back, and the order."""
        order = Action(*("button.order", "F9", self._ask, ButtonRole.PRIMARY), enabled=self.filled)
        return (*super().footer_actions(), order)

    def _ask(self) -> None:
        if not self.filled:
            return
        if self.act.currentIndex() < _ORDERS.index("term_past"):
            self._order()
        else:
            ask(self.ctx, self, "ask.erase", "button.erase", self._order)

    def _order(self) -> None:
        row, act = self.row, _ORDERS[max(0, self.act.currentIndex())]
        if row is None or not self.filled:
            return
        number, order, second = row.number, self.order.text(), self.second.text()
        own, other = self.own.take(), self.second_secret.take()
        if act in {"hold", "lift"}:
            lift = act == "lift"
            self.ctx.post(OrderHold(number, order, lift, own, second, other))
        else:
            self.ctx.post(OrderErasure(number, order, act, own, second, other))

    def leave(self) -> None:
        """Forget what was typed."""
        super().leave()
        for field in (self.order, self.own, self.second, self.second_secret):
            field.edit.clear()


def _state_of(row: RetentionRow) -> str:
    if row.hold is not None:
        return "held"
    return "due" if row.due else "kept"
