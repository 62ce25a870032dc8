"""`make mutants`: what pyproject.toml names is there, however files move."""

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MUTMUT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mutmut"]


@pytest.mark.parametrize("path", MUTMUT["source_paths"] + MUTMUT["also_copy"])
def test_what_is_changed_and_copied_exists(path):
    assert (ROOT / path).exists()


@pytest.mark.parametrize("test", MUTMUT["pytest_add_cli_args_test_selection"])
def test_the_tests_that_are_to_notice_exist(test):
    file, _, name = test.partition("::")
    assert (ROOT / file).exists()
    assert not name or f"def {name}(" in (ROOT / file).read_text(encoding="utf-8")


def test_every_file_that_is_changed_stands_in_the_list_of_what_is_known():
    known = (ROOT / "docs" / "conformance.md").read_text(encoding="utf-8")
    assert [path for path in MUTMUT["source_paths"] if f"`{path}`" not in known] == []
