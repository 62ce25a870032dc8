"""Who works here: ИИН of the staff as keyed digests, and faces of those who agreed, sealed.

Nobody may serve himself, and a colleague's face under a customer's ИИН is a finding. Two tables
beside the accounts; a file of accounts without them is one of before, where nobody is known.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlite_utils import Database

from crypto.x509.iin import Iin, IinRefused
from vision.results import FaceTemplate
from vision.templates import cosine_distance
from workstation.accounts.small_database import connect, transaction
from workstation.accounts.template_sealer import TemplateSealer
from workstation.errors import NotInitialised, OperatorRefused
from workstation.rules.parties import person_key

__all__ = ["Staff", "StaffRecord", "forget_staff", "require_iin"]

_PURPOSE: Final = "staff/v1"
_MILLION: Final = 1_000_000
_SCHEMA: Final = (
    "CREATE TABLE IF NOT EXISTS staff_iin (id TEXT PRIMARY KEY, iin BLOB NOT NULL)",
    (
        "CREATE TABLE IF NOT EXISTS staff_face (id TEXT PRIMARY KEY, model TEXT NOT NULL,"
        " sealed BLOB NOT NULL, enrolled_ms INTEGER NOT NULL)"
    ),
)


@dataclass(frozen=True, slots=True)
class StaffRecord:
    """What is kept of one operator, without the thing itself.

    face  whether a face of the station's model is kept
    """

    id: str
    iin: bool
    face: bool


class Staff:
    """ИИН and faces of the operators in the file of accounts; every call opens its own connection.

    Operators whose account is disabled have left and do not count.
    """

    def __init__(self, path: Path, secret: bytes, model: str) -> None:
        """Prepare the tables at `path`; raises NotInitialised, OperatorRefused(`store`).

        secret  32 bytes of the station
        model   SHA-256 of the model whose templates are compared
        """
        if not path.is_file():
            raise NotInitialised(path.name)
        self._path = path
        self._sealer = TemplateSealer(secret, _PURPOSE, model)
        with connect(path, OperatorRefused("store")) as database, transaction(database):
            for statement in _SCHEMA:
                database.execute(statement)

    def require_known(self, operator_id: str) -> None:
        """Raise OperatorRefused(`unknown`) for an id without an account."""
        with connect(self._path, OperatorRefused("store")) as database:
            _require_known(database, operator_id)

    def set_iin(self, operator_id: str, untrusted_iin: str) -> None:
        """Keep the digest of an operator's ИИН; OperatorRefused as `require_own_iin`."""
        digest = self._sealer.digest_iin(require_iin(untrusted_iin))
        with connect(self._path, OperatorRefused("store")) as database, transaction(database):
            known = _require_known(database, operator_id)
            _require_nobody_else(database, known, digest)
            database.execute("INSERT OR REPLACE INTO staff_iin VALUES (?, ?)", (known, digest))

    def require_own_iin(self, operator_id: str, untrusted_iin: str) -> None:
        """Raise OperatorRefused where an ИИН cannot be this operator's.

        `unknown`, `iin` for a typo, `iin_taken` for that of another account: two accounts of one
        person would be four eyes.
        """
        digest = self._sealer.digest_iin(require_iin(untrusted_iin))
        with connect(self._path, OperatorRefused("store")) as database:
            _require_nobody_else(database, _require_known(database, operator_id), digest)

    def enrol_face(self, operator_id: str, template: FaceTemplate, at_ms: int) -> None:
        """Keep an operator's face in place of an earlier one; OperatorRefused: `unknown`."""
        with connect(self._path, OperatorRefused("store")) as database, transaction(database):
            known = _require_known(database, operator_id)
            sealed = self._sealer.seal(template, known.encode())
            database.execute(
                "INSERT OR REPLACE INTO staff_face VALUES (?, ?, ?, ?)",
                (known, self._sealer.model, sealed, at_ms),
            )

    def remove_face(self, operator_id: str) -> None:
        """Forget an operator's face; OperatorRefused: `unknown`, or `no_face` if none is kept."""
        with connect(self._path, OperatorRefused("store")) as database:
            # Overwritten, not only unlinked: the consent was withdrawn.
            database.execute("PRAGMA secure_delete = ON")
            with transaction(database):
                known = _require_known(database, operator_id)
                removed = database.execute("DELETE FROM staff_face WHERE id = ?", (known,))
                if not removed.rowcount:
                    raise OperatorRefused("no_face")

    def is_staff_iin(self, iin: str, operator_id: str = "") -> bool:
        """Whether an enabled operator has this ИИН; with `operator_id` whether that one has."""
        digest = self._sealer.digest_iin(iin)
        with connect(self._path, OperatorRefused("store")) as database:
            found = database.execute(
                "SELECT id FROM staff_iin JOIN operators USING (id)"
                " WHERE iin = ? AND disabled = 0 AND ? IN ('', id)",
                (digest, operator_id),
            )
            return found.fetchone() is not None

    def nearest_staff(self, template: FaceTemplate, operator_id: str = "") -> int | None:
        """Return the cosine distance to the nearest enabled operator's face, in millionths.

        None when no face of this model is kept. With `operator_id` to that operator's face.
        Raises OperatorRefused(`face`) when one does not open: it was changed, or sealed elsewhere.
        """
        with connect(self._path, OperatorRefused("store")) as database:
            rows = database.execute(
                "SELECT id, sealed FROM staff_face JOIN operators USING (id)"
                " WHERE model = ? AND disabled = 0 AND ? IN ('', id)",
                (self._sealer.model, operator_id),
            ).fetchall()
        faces = [self._sealer.open(sealed, id_.encode()) for id_, sealed in rows]
        opened = [face for face in faces if face is not None]
        if len(opened) < len(faces):
            raise OperatorRefused("face")
        return min((_distance_ppm(template, face) for face in opened), default=None)

    def records(self) -> tuple[StaffRecord, ...]:
        """Return what is kept of whom, by id, disabled operators too."""
        with connect(self._path, OperatorRefused("store")) as database:
            rows = database.execute(
                "SELECT operators.id, staff_iin.iin IS NOT NULL, staff_face.model IS ?"
                " FROM operators LEFT JOIN staff_iin USING (id) LEFT JOIN staff_face USING (id)"
                " ORDER BY operators.id",
                (self._sealer.model,),
            ).fetchall()
        return tuple(StaffRecord(id_, bool(iin), bool(face)) for id_, iin, face in rows)


def _distance_ppm(first: FaceTemplate, second: FaceTemplate) -> int:
    return round(max(0.0, cosine_distance(first, second)) * _MILLION)


def forget_staff(database: Database, operator_id: str) -> None:
    """Delete what is kept of an operator who leaves, in the caller's transaction."""
    for name in ("staff_iin", "staff_face"):
        table = database.table(name)
        if table.exists():
            table.delete_where("id = ?", [operator_id])


def require_iin(untrusted: str) -> str:
    """Return the twelve digits of an ИИН that adds up; raises OperatorRefused(`iin`)."""
    try:
        iin = Iin.parse(untrusted.strip())
    except IinRefused:
        raise OperatorRefused("iin") from None
    if not iin.well_formed:
        raise OperatorRefused("iin")
    return iin.digits


def _require_known(database: Database, operator_id: str) -> str:
    """Return the id as its account writes it: rows of another spelling are found by nobody."""
    for each in _list_tables(database):
        for row in database.table(each).rows_where("id = ?", [operator_id], select="id"):
            return str(row["id"])
    raise OperatorRefused("unknown")


def _require_nobody_else(database: Database, operator_id: str, digest: bytes) -> None:
    named = database.execute("SELECT id FROM staff_iin WHERE iin = ?", (digest,)).fetchall()
    others = [id_ for (id_,) in named if person_key(id_) != person_key(operator_id)]
    for table in _list_tables(database):
        for each in others:
            if database.table(table).count_where("id = ? AND disabled = 0", [each]):
                raise OperatorRefused("iin_taken")


def _list_tables(database: Database) -> tuple[str, ...]:
    # An account that still waits for its charter is somebody too.
    return ("operators", "staged") if database.table("staged").exists() else ("operators",)
