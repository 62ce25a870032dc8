"""Exports of the log on an operator's order: one at a time, beside the session, and in the log.

A file gets its name when the log says who took what: the draft's digest stands in the entry.
"""

from collections.abc import Mapping
from dataclasses import replace

from crypto.canonical_json import JsonValue
from crypto.errors import CryptoError
from crypto.log.audit.reader import LogReader
from workstation.accounts.operators import Permission, require
from workstation.charter.archive import CharterArchive
from workstation.documents.texts import Texts
from workstation.errors import OperationRefused, WorkstationError
from workstation.log_export.draft import CANCELLED, ExportDraft
from workstation.log_export.export import ExportSources, draft_export, draft_report
from workstation.log_export.kind import ExportKind
from workstation.log_export.report import IntegrityFacts, compose_report
from workstation.log_index.index_file import index_path
from workstation.log_index.query import LogQuery
from workstation.log_index.search import LogSearch
from workstation.log_index.words import TermWords
from workstation.records.journal import SignedIn
from workstation.station import commands as c
from workstation.station.log_view import LogExport
from workstation.station.publisher import Publisher
from workstation.station.sign_in import OperatorSession
from workstation.station.task import Task
from workstation.station.watched_run import WatchedRun
from workstation.verification.services import Services

__all__ = ["WHAT", "LogExports"]

WHAT = "export"


class LogExports:
    """Starts, watches and ends exports; belongs to the station's thread."""

    def __init__(
        self, services: Services, publisher: Publisher, operators: OperatorSession
    ) -> None:
        self._services, self._publisher, self._operators = services, publisher, operators
        self._run: WatchedRun | None = None

    def perform(self, command: c.ExportLog | c.StopExport) -> Task | None:
        """Begin an export or end the running one; return the work, None when there is none.

        Raises OperationRefused: nobody is signed in, one runs, nothing was verified that could be
        reported; RoleMissing for a role that may not.
        """
        who = self._operators.who
        if who is None:
            raise OperationRefused("operator")
        require(who.operator, Permission.EXPORT_LOG)
        if isinstance(command, c.StopExport):
            self.stop()
            return None
        if self._run is not None:
            raise OperationRefused("export", "export_runs")
        self._operators.require_in_force()
        return self._begin(command, who)

    def stop(self) -> None:
        """End the running export soon."""
        if self._run is not None:
            self._run.cancelled.set()

    def look(self) -> bool:
        """Show how far a running export is; whether anything has changed."""
        shown = self._publisher.status.export
        if self._run is None or shown is None or (shown.done, shown.total) == self._run.far:
            return False
        done, total = self._run.far
        self._publisher.change(export=replace(shown, done=done, total=total))
        return True

    def _begin(self, command: c.ExportLog, who: SignedIn) -> Task:
        run, kind, language = WatchedRun(), command.kind, self._publisher.status.language
        if kind is ExportKind.REPORT:
            facts = self._gather_facts(who)

            def write() -> ExportDraft:
                return draft_report(command.path, compose_report(facts, language), facts.size)
        else:
            sources = self._sources(language)

            def tell(done: int, total: int) -> None:
                run.tell(done, total)
                if run.cancelled.is_set():
                    raise OperationRefused("export", CANCELLED)

            def write() -> ExportDraft:
                return draft_export(kind, command.path, command.query, sources, tell)

        self._run = run
        shown = LogExport(kind=kind.value, name=command.path.name, running=True)
        self._publisher.change(export=shown)

        def done(draft: ExportDraft) -> None:
            self._finish(draft, command, who)

        return Task(what=WHAT, run=write, done=done, failed=self._fail)

    def _finish(self, draft: ExportDraft, command: c.ExportLog, who: SignedIn) -> None:
        """Write who took what, then give the file its name."""
        if self._run is None or self._run.cancelled.is_set() or self._operators.who is not who:
            draft.discard()
            self._end(CANCELLED)
            return
        facts: dict[str, JsonValue] = {
            "export": command.kind.value,
            "query": describe_query(command.query),
            "rows": draft.rows,
            "sha256": draft.sha256,
            "size": draft.size,
        }
        try:
            self._services.journal.record_export(who, facts)
            draft.finish()
        except (WorkstationError, CryptoError) as error:
            draft.discard()
            self._end(error.code)
            return
        self._end("", draft)

    def _fail(self, error: Exception) -> None:
        self._end(error.code if isinstance(error, WorkstationError | CryptoError) else "internal")

    def _end(self, code: str, draft: ExportDraft | None = None) -> None:
        self._run = None
        shown = self._publisher.status.export
        if shown is not None:
            ended = replace(shown, running=False, code=code)
            if draft is not None:
                ended = replace(ended, rows=draft.rows, sha256=draft.sha256)
            self._publisher.change(export=ended)

    def _sources(self, language: str) -> ExportSources:
        services, office = self._services, self._services.administration
        words, names = services.policy.words(), services.authenticator.read_names()

        def search() -> LogSearch:
            known = TermWords(lambda: names, lambda: words)
            return LogSearch(known, index_path(services.log_path))

        return ExportSources(
            log=services.log_path,
            vkey=services.log_key.vkey,
            trusted=services.log_trusted,
            search=search,
            texts=Texts(language, words),
            names=names,
            charters=None if office is None else CharterArchive(office.loaded.folder),
            court=None if services.court is None else services.court(),
        )

    def _gather_facts(self, who: SignedIn) -> IntegrityFacts:
        """Return what the report of the last verification states; OperationRefused without one."""
        services, status = self._services, self._publisher.status
        found = status.verification
        if found is None or found.running:
            raise OperationRefused("export", "export_unverified")
        with LogReader(services.log_path, services.log_key.vkey) as reader:
            head = reader.checkpoint()
        return IntegrityFacts(
            bank=services.facts.bank,
            branch=services.facts.branch,
            station=services.facts.station,
            operator=f"{who.operator.id} {who.operator.name}",
            ok=found.ok,
            size=found.size,
            first_bad=found.first_bad,
            reason=found.reason,
            verified_ms=found.finished_ms,
            notices=tuple((each.code, each.count, each.first) for each in found.notices),
            anchored=(status.anchored_size, status.anchored_ms),
            head=head,
            simulated=services.simulated,
        )


def describe_query(query: LogQuery) -> Mapping[str, JsonValue]:
    """Return what chose the entries; typed words are not repeated, for they may name a customer."""
    stated: dict[str, JsonValue] = {
        name: value
        for name in ("since_ms", "until_ms", "operator", "operation", "outcome", "case")
        if (value := getattr(query, name)) not in {None, ""}
    }
    if query.kinds:
        stated["kinds"] = list(query.kinds)
    if query.text.strip():
        stated["words"] = True
    return stated
