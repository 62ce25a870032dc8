"""A signed log that somebody changed behind the program's back, as SQLite lets them."""

import sqlite3
from contextlib import closing
from pathlib import Path

__all__ = ["change_entry"]


def change_entry(log_file: Path, index: int) -> None:
    """Change one letter of an entry's body; the triggers that would refuse it are put back."""
    with closing(sqlite3.connect(log_file, isolation_level=None)) as database:
        guards = database.execute(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'"
        ).fetchall()
        for name, _ in guards:
            database.execute(f"DROP TRIGGER {name}")
        (body,) = database.execute("SELECT body FROM entry WHERE seq = ?", (index,)).fetchone()
        changed = body[:-2] + bytes([body[-2] ^ 1]) + body[-1:]
        database.execute("UPDATE entry SET body = ? WHERE seq = ?", (changed, index))
        for _, sql in guards:
            database.execute(sql)
