"""The log's list: words where there are any, and what has none as it stands."""

import pytest
from PySide6.QtCore import Qt

from ui.log_model import COLUMNS, LogModel
from workstation.station.log_view import LogRow


class OneRow:
    def __init__(self, row):
        self.row = row

    def size(self):
        return 1

    def rows(self, start, count):
        return [self.row][start : start + count]


def cell(ctx, row, column):
    ctx.log_pages = OneRow(row)
    model = LogModel(ctx)
    return model.data(model.index(0, COLUMNS.index(column)), Qt.ItemDataRole.DisplayRole)


@pytest.mark.parametrize(
    ("outcome", "shown"),
    [("approved", "Разрешено"), ("consent.refused", "consent.refused"), ("", "")],
)
def test_a_step_without_words_is_named_not_bracketed(ctx, outcome, shown):
    row = LogRow(0, 0, "verify.step", "T-1042", "", outcome, "")

    assert cell(ctx, row, "outcome") == shown


def test_a_look_up_is_an_entry_with_a_name(ctx):
    row = LogRow(0, 0, "lookup.person", "T-1042", "", "", "person.found")

    assert cell(ctx, row, "kind") == "Поиск клиента в реестре"
    assert cell(ctx, row, "reason") == "Клиент есть в реестре"


def test_an_entrys_own_words_are_shown_without_their_controls(ctx):
    row = LogRow(0, 0, "review", "S-0031", "", "", "уши\u202eте же")

    assert cell(ctx, row, "reason") == "уши\ufffdте же"


def test_an_operation_or_reason_of_another_policy_shows_its_code(ctx):
    row = LogRow(0, 0, "result", "T-1042", "safe_deposit_box", "rejected", "box_call.refused")

    assert cell(ctx, row, "operation") == "safe_deposit_box"
    assert cell(ctx, row, "reason") == "box_call.refused"
