"""Fuzzing of every parser of foreign octets: the targets, and how to run them without end.

    python -m tests.fuzz.run                     lists the targets
    python -m tests.fuzz.run certificate -max_total_time=600
    python -m tests.fuzz.run message corpus/message -jobs=2

Every target is a parser family: it may return or raise an error of this package, and nothing
else. What follows the target's name goes to libFuzzer, which the `atheris` package brings; its
options `-timeout`, `-rss_limit_mb` and `-max_len` are set here and may be set anew. Instrumented
are our own modules only, so that coverage guides the search through them. A crash is written to
a file `crash-...`; `python -m tests.fuzz.run certificate crash-...` plays it again.

The same targets run in the tests: by hypothesis on damaged real objects, and for a moment by
atheris where it is installed.
"""
