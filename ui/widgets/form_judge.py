"""What is wrong with a form while it is typed: told at once where no further key can mend it.

What is only too short is told when its field is left, and stays told until it is right. The core
says what a mistake is; here stands when it is said.
"""

from collections.abc import Callable, Mapping
from functools import partial

from ui.widgets.form import Field
from workstation.rules.catalogue.definition import OperationDefinition
from workstation.verification.case import OperationForm, find_mistake, find_mistakes, find_slip

__all__ = ["FormJudge"]


class FormJudge:
    """Holds the mistakes that are shown.

    fields  returns the fields of the form as it is now, by name
    show    is called with the name of a field whose mistake is another now
    """

    def __init__(
        self, fields: Callable[[], Mapping[str, Field]], show: Callable[[str], None]
    ) -> None:
        self._fields = fields
        self._show = show
        self._found: dict[str, str] = {}
        self.definition: OperationDefinition | None = None

    def connect(self, name: str, field: Field) -> None:
        """Judge a field on each key and when it is left."""
        field.edit.textEdited.connect(partial(self._judge_typed, name))
        field.edit.editingFinished.connect(partial(self.judge, name))

    def mistake(self, name: str) -> str:
        """Return the code of the mistake that is shown of a field, empty for none."""
        return self._found.get(name, "")

    def judge(self, name: str) -> None:
        """Judge a field that was left; an empty one is no mistake before the form is sent."""
        text = self._text(name)
        self.note(name, find_mistake(name, text, self.definition) if text else "")

    def judge_whole(self, form: OperationForm) -> dict[str, str]:
        """Show all that is wrong with the form, and return it by field, in the form's order."""
        if self.definition is None:
            return {}
        fields = self._fields()
        filled = {name for name, field in fields.items() if field.fixed}
        found = find_mistakes(form, self.definition, filled)
        for name in fields:
            self.note(name, found.get(name, ""))
        return found

    def note(self, name: str, mistake: str) -> None:
        """Take the code of a field's mistake, empty for none."""
        self._found[name] = mistake
        self._show(name)

    def forget(self) -> None:
        """Forget every mistake."""
        self._found.clear()
        for name in self._fields():
            self._show(name)

    def _judge_typed(self, name: str, _typed: str) -> None:
        text = self._text(name)
        judge = find_mistake if self.mistake(name) and text else find_slip
        found = judge(name, text, self.definition)
        if found != self.mistake(name):
            self.note(name, found)

    def _text(self, name: str) -> str:
        field = self._fields().get(name)
        return "" if field is None or field.fixed else field.text()
