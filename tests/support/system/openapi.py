"""The OpenAPI 3.1 descriptions of docs/api, read as far as the contract tests need them."""

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

__all__ = ["DESCRIPTIONS", "Description", "payload_of"]

_FOLDER = Path(__file__).resolve().parents[3] / "docs" / "api"
DESCRIPTIONS = sorted(path.name for path in _FOLDER.glob("*.yaml"))


@dataclass(frozen=True)
class Description:
    """One file."""

    document: dict[str, Any]

    @classmethod
    def read(cls, name: str) -> "Description":
        return cls(yaml.safe_load((_FOLDER / name).read_text(encoding="utf-8")))

    def operations(self):
        """Iterate over path and operation; every one is a POST."""
        for path, item in self.document["paths"].items():
            assert set(item) == {"post"}, path
            yield path, item["post"]

    def question_schema(self, path):
        return self._content(self.document["paths"][path]["post"]["requestBody"])

    def answer_schema(self, path):
        return self._content(self.document["paths"][path]["post"]["responses"]["200"])

    def require(self, schema: dict[str, Any], value: Any) -> None:
        """Raise ValidationError unless the value is as the schema says (JSON Schema 2020-12)."""
        # `$ref` is resolved against the schema's own root, so the components come along.
        self.validator(schema).validate(value)

    def validator(self, schema):
        whole = {**schema, "components": self.document["components"]}
        return Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER)

    @staticmethod
    def _content(described):
        return described["content"]["application/json"]["schema"]


def payload_of(body: bytes) -> Any:
    """Return the JSON of an answer, signed or not, without a look at the signature."""
    if body.startswith(b"{"):
        return json.loads(body)
    part = body.split(b".")[1]
    return json.loads(base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4)))
