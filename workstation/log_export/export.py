"""One export from what is asked to a draft beside its place: `finish` gives it its name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from crypto.log.audit.reader import LogReader
from crypto.log.export.places import create_folder, create_zip
from crypto.log.export.write import write_export
from crypto.log.format.note import NoteVerifier
from workstation.charter.archive import CharterArchive
from workstation.court.pack import PackSources, build_pack
from workstation.documents.texts import Texts
from workstation.errors import CaseNotFound, OperationRefused, PackTooLarge
from workstation.log_export.draft import (
    ExportDraft,
    Progress,
    digest_file,
    drafting,
    refusing_disk,
)
from workstation.log_export.kind import ExportKind
from workstation.log_export.pages import write_pages
from workstation.log_export.row_words import RowWords
from workstation.log_export.selection import select_entries
from workstation.log_export.table import write_table
from workstation.log_index.query import LogQuery, read_number
from workstation.log_index.search import LogSearch

__all__ = ["ExportSources", "draft_export", "draft_report"]


@dataclass(frozen=True, slots=True)
class ExportSources:
    """Where the entries are, and the words for them.

    search       makes a search of its own, for the thread that exports
    trusted      keys that may have cosigned the genesis entry
    charters     what goes with tiles; None where there is no station's folder, as of `court`
    court        where a case's things lie
    """

    log: Path
    vkey: str
    trusted: tuple[NoteVerifier, ...]
    search: Callable[[], LogSearch]
    texts: Texts
    names: Mapping[str, str]
    charters: CharterArchive | None
    court: PackSources | None


def draft_export(
    kind: ExportKind, path: Path, query: LogQuery, sources: ExportSources, progress: Progress
) -> ExportDraft:
    """Write a table, pages, tiles or a case to a draft; `query` chooses, or names the case.

    Raises OperationRefused for what the disk refuses, a case that is not there or too large, and
    for what `progress` raises to end it; LogError, CharterRefused. Nothing is left then.
    """
    if kind is ExportKind.COURT:
        return _draft_court(path, query.case, sources)
    with LogReader(sources.log, sources.vkey) as reader, drafting(path) as draft:
        if kind is ExportKind.TILES:
            return _draft_tiles(path, draft, reader, sources, progress)
        selection = select_entries(reader, sources.search(), query, progress)
        words = RowWords(sources.texts, sources.names)
        with refusing_disk():
            if kind is ExportKind.CSV:
                rows = write_table(draft, selection, words, progress)
            else:
                title = sources.texts.tr("log_export.title")
                rows = write_pages(draft, selection, words, title, progress)
            return ExportDraft(path, draft, rows, digest_file(draft), selection.head.size)


def draft_report(path: Path, octets: bytes, size: int) -> ExportDraft:
    """Write a report of a log of this size to a draft; raises OperationRefused."""
    with drafting(path) as draft:
        draft.write_bytes(octets)
        return ExportDraft(path, draft, 0, digest_file(draft), size)


def _draft_tiles(
    path: Path, draft: Path, reader: LogReader, sources: ExportSources, progress: Progress
) -> ExportDraft:
    create = create_zip if path.suffix.lower() == ".zip" else create_folder
    with refusing_disk(), create(draft) as write:
        done = write_export(
            reader,
            write,
            trusted=sources.trusted,
            attachments={} if sources.charters is None else sources.charters.attachments(),
            progress=progress,
        )
    return ExportDraft(path, draft, done.head.size, done.head.root.hex(), done.head.size)


def _draft_court(path: Path, case: str, sources: ExportSources) -> ExportDraft:
    if sources.court is None or not case:
        raise OperationRefused("case", "export_no_case")
    try:
        pack = build_pack(sources.court, read_number(case), case)
    except CaseNotFound:
        raise OperationRefused("case", "export_no_case") from None
    except PackTooLarge:
        raise OperationRefused("case", "pack_too_large") from None
    with drafting(path) as draft:
        draft.write_bytes(pack.octets)
        with LogReader(sources.log, sources.vkey) as reader:
            return ExportDraft(path, draft, pack.parts, digest_file(draft), reader.size)
