"""Run one target under libFuzzer; see the package."""

import sys
import tempfile
from pathlib import Path

import atheris

OPTIONS = {"-timeout": "10", "-rss_limit_mb": "1024", "-max_len": "8192"}
ROOMS = ["crypto", "vision.document", "workstation.sandbox"]


def main(arguments: list[str]) -> None:
    """Instrument our modules while they are imported, write the seeds, hand over to libFuzzer."""
    with atheris.instrument_imports(include=ROOMS):
        from tests.fuzz.targets import TARGETS, attempt, seeds_of

    if not arguments or arguments[0] not in TARGETS:
        raise SystemExit("targets: " + " ".join(sorted(TARGETS)))
    name, rest = arguments[0], arguments[1:]
    target = TARGETS[name]
    given = {each.split("=", 1)[0] for each in rest}
    options = [f"{key}={value}" for key, value in OPTIONS.items() if key not in given]
    with tempfile.TemporaryDirectory() as folder:
        for number, seed in enumerate(seeds_of(name)):
            (Path(folder) / f"seed-{number}").write_bytes(seed)
        places = [] if any(not each.startswith("-") for each in rest) else [folder]

        def once(octets: bytes) -> None:
            attempt(target, octets)

        atheris.Setup([name, *options, *rest, *places], once)
        atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])
