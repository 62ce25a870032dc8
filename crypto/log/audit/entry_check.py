"""Checks entry after entry, wherever they were read: what each says, who signed it, who may."""

from collections.abc import Callable, Iterable, Sequence

from crypto.log.file.clock import Reading, has_stepped
from crypto.log.file.faults import LogFault
from crypto.log.file.signers import SignerKeys
from crypto.log.format.entry import LogEntry
from crypto.log.format.key_record import Identity, Kind, begin_genesis_keys, read_rules
from crypto.log.format.note import NoteVerifier

__all__ = ["EntryCheck"]


class EntryCheck:
    """The keys and the clock of a log as far as its entries were checked.

    log_key     the log's first key; its name is the origin
    trusted     the keys that may have cosigned the genesis entry
    verify      takes every signature with the number of its entry and says whether it holds, as
                far as that is known by then; None: none is verified
    """

    def __init__(
        self,
        log_key: NoteVerifier,
        trusted: Iterable[NoteVerifier],
        *,
        verify: Callable[[int, NoteVerifier, bytes, bytes], bool] | None,
    ) -> None:
        self._log_key = log_key
        self._trusted = tuple(trusted)
        self._verify = verify
        self._leaf: bytes | None = None
        self._clock: Reading | None = None
        self.keys = SignerKeys([])

    def check(self, entry: LogEntry) -> LogFault | None:
        """Return what is wrong with the next entry; move past it when nothing is."""
        fault = self._check_header(entry) or self._check_signers(entry)
        if fault is None:
            header = entry.header
            self._clock = (header.boot, header.t_ms, header.mono_ms)
            self._leaf = entry.leaf
        return fault

    def follow(self, entry: LogEntry) -> None:
        """Move past an entry that was checked before, when it was read from the same bytes."""
        signers = [(line.name, line.key_id) for line in entry.lines]
        self._begin(entry, signers)
        self.keys.apply(entry.seq, entry.kind, entry.data, signers)
        header = entry.header
        self._clock = (header.boot, header.t_ms, header.mono_ms)
        self._leaf = entry.leaf

    def _begin(self, entry: LogEntry, signers: Sequence[Identity]) -> None:
        """Take the keys that a genesis entry begins with."""
        if entry.seq == 0:
            # The first enrolled keys are those that cosigned genesis, of which the auditor
            # trusts only what he brought.
            self.keys = SignerKeys(
                begin_genesis_keys(entry.data, self._log_key, signers, self._trusted),
                rules=read_rules(entry.data),
            )

    def _check_header(self, entry: LogEntry) -> LogFault | None:
        header = entry.header
        if header.log != self._log_key.name:
            return LogFault.ORIGIN
        if header.prev != self._leaf:
            return LogFault.PREV
        genesis = entry.kind == Kind.GENESIS
        if genesis != (entry.seq == 0) or (
            genesis and entry.data.get("vkey") != self._log_key.vkey
        ):
            return LogFault.GENESIS
        now = (header.boot, header.t_ms, header.mono_ms)
        if has_stepped(self._clock, now) and entry.kind != Kind.CLOCK_STEP:
            return LogFault.CLOCK
        return None

    def _check_signers(self, entry: LogEntry) -> LogFault | None:
        signers = [(line.name, line.key_id) for line in entry.lines]
        self._begin(entry, signers)
        fault = self.keys.check_signers(entry.kind, entry.data, signers)
        if fault is not None:
            return fault
        if self._verify is not None:
            for line in entry.lines:
                key = self.keys.find_verifier((line.name, line.key_id), entry.kind, entry.data)
                if key is None or not self._verify(entry.seq, key, entry.note.text, line.signature):
                    return LogFault.ENTRY_SIGNATURE
        self.keys.apply(entry.seq, entry.kind, entry.data, signers)
        return None
