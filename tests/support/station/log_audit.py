"""An auditor for test logs, and the forger's tools it is tried with."""

import sqlite3

from crypto.log.audit.audit import Expectations, audit
from crypto.log.file.faults import Tier
from crypto.log.format.checkpoint import Checkpoint
from crypto.log.format.merkle import Frontier, leaf_hash
from tests.support.station.log import (
    vandalise,
)

SIZE = 300
"""Entries of the good log that tests falsify copies of."""


def expectations(site, **changes):
    """Return what an auditor of the site knows."""
    known = {
        "log_key": site.log_key.verifier,
        "trusted": (site.supervisor.verifier,),
        "minimum_size": SIZE,
    }
    return Expectations(**(known | changes))


def verdict(site, tier=Tier.ATTRIBUTION, **changes):
    """Audit the site's log."""
    return audit(site.path, expectations(site, **changes), tier)


def found(report):
    """Return the fault and the first bad entry."""
    return report.fault, report.index


def cut(site, size):
    """Remove the tail, as an attacker who knows of tiles would."""
    vandalise(site.path, f"DELETE FROM entry WHERE seq >= {size}", "DELETE FROM tile")


def resign(site, key, size):
    """Rewrite every stored head with a key, as its owner could."""
    connection = sqlite3.connect(site.path)
    frontier, changes = Frontier(), []
    rows = connection.execute("SELECT seq, body FROM entry ORDER BY seq").fetchall()
    connection.close()
    for seq, body in rows[:size]:
        frontier, _ = frontier.push(leaf_hash(body))
        head = Checkpoint(key.name, frontier.size, frontier.root())
        row = (leaf_hash(body), head.root, key.sign(head.body()), seq)
        changes.append(("UPDATE entry SET leaf = ?, root = ?, sig = ? WHERE seq = ?", row))
    vandalise(site.path, *changes)
