"""Failures of the crypto package. Findings about a signature or a log are values (reports).

Those with a module, and what hangs below them, stand beside what raises them.

CryptoError                  crypto
├── LogError                 log
│   ├── LogMissing           log_missing
│   ├── LogExists            log_exists
│   ├── LogLocked            log_locked
│   ├── LogOutdated          log_outdated
│   ├── LogUnwritable        log_unwritable
│   ├── LogTampered          log_tampered     (index, reason)
│   ├── LogRolledBack        log_rolled_back
│   ├── NoteMalformed        note_malformed
│   ├── EntryMissing         entry_missing
│   ├── EntryMalformed       entry_malformed
│   └── KeyRefused           key_refused
├── VaultError               vault
│   ├── KeyExists            key_exists
│   ├── KeyMissing           key_missing
│   ├── KeyExposed           key_exposed
│   ├── KeyUnreadable        key_unreadable
│   ├── KeyLocked            key_locked
│   ├── PayloadMissing       payload_missing
│   ├── PayloadRefused       payload_refused
│   ├── PayloadTampered      payload_tampered
│   └── VaultUnwritable      vault_unwritable
├── CarrierError             carrier                     crypto.carrier.errors
│   ├── RequestRefused       carrier_request
│   ├── CarrierUnreachable   carrier_unreachable
│   ├── CarrierCancelled     carrier_cancelled
│   ├── CarrierRefused       carrier_refused             (reply_code)
│   ├── CarrierBusy          carrier_busy
│   ├── CarrierForeign       carrier_foreign             (who)
│   ├── CarrierUntrusted     carrier_untrusted           (reason, who)
│   ├── CarrierProtocol      carrier_protocol
│   ├── CarrierExpired       carrier_expired
│   ├── CarrierNotInstalled  carrier_not_installed
│   ├── CarrierPinRefused    carrier_pin_refused
│   └── CarrierKeyMissing    carrier_key_missing
├── ChipError                chip                        crypto.chip.errors
│   ├── ReaderMissing        chip_reader_missing
│   ├── ReaderBusy           chip_reader_busy
│   ├── CardMissing          chip_no_card
│   ├── CardRemoved          chip_card_removed
│   ├── OtherCard            chip_other_card
│   ├── AccessKeyRefused     chip_access_key
│   ├── AccessRefused        chip_access_refused
│   ├── ChipTimeout          chip_timeout
│   ├── ChipFileTooLarge     chip_too_large
│   ├── ChipMalformed        chip_malformed
│   ├── ChipNotAuthentic     chip_not_authentic
│   └── ChipReadCancelled    chip_cancelled
├── GostError                gost                        crypto.gost.errors
│   ├── GostKeyRefused       gost_key_refused
│   └── SignatureNotMade     gost_signature_not_made     crypto.gost.signature
├── DerError                 der_malformed               crypto.asn1.der
│   ├── RequestRejected      timestamp_rejected          crypto.cms.timestamp
│   └── ResponseMismatch     timestamp_mismatch          crypto.cms.timestamp
├── PublicKeyRefused         public_key_refused          crypto.algorithms.algorithm
├── AlgorithmUnknown         algorithm_not_supported     crypto.algorithms.registry
├── IinRefused               iin_malformed               crypto.x509.iin
├── BinRefused               bin_malformed               crypto.x509.iin
├── CatalogueRefused         trust_catalogue_refused     crypto.path.known_authorities
├── ConstraintUnsupported    name_constraint_unsupported crypto.path.name_constraints
├── TrustRefused             trust_refused               crypto.path.trust
├── FetchFailed              fetch_failed                crypto.revocation.sources
├── EvidenceMissing          evidence_missing            crypto.revocation.recording
├── CrlRefused               list_refused                crypto.crl_store.errors
├── CrlStoreUnusable         evidence_unusable           crypto.crl_store.errors
├── CrlImportFailed          list_import_failed          crypto.crl_store.import_process
├── ExtensionRefused         signature_extension_refused crypto.archive.errors (report)
├── ArchiveTimestampRefused archive_timestamp_refused crypto.cms.archive_timestamp
├── WrongFileKind            wrong_file_kind             crypto.cms.signature_file (kind)
├── SignatureFileMalformed   signature_file_malformed    crypto.cms.signature_file
├── PackRefused              evidence_pack_refused       crypto.cms.evidence_pack
├── TimestampFailed          timestamp_failed            crypto.tsp.client (fault)
├── MasterListRefused        master_list_refused         crypto.lds.issuers.master_list
├── MalformedData            chip_data_malformed         crypto.lds.format.tlv
├── ContainerMalformed       container_malformed         crypto.containers.errors
├── ContainerUnsupported     container_not_supported     crypto.containers.errors
├── XmlNotInstalled          xml_not_installed           crypto.xmldsig.errors
├── XmlSignatureMalformed    xml_signature_malformed     crypto.xmldsig.errors
└── XmlFormUnsupported       xml_form_not_supported      crypto.xmldsig.errors
"""

__all__ = [
    "CryptoError",
    "EntryMalformed",
    "EntryMissing",
    "KeyExists",
    "KeyExposed",
    "KeyLocked",
    "KeyMissing",
    "KeyRefused",
    "KeyUnreadable",
    "LogError",
    "LogExists",
    "LogLocked",
    "LogMissing",
    "LogOutdated",
    "LogRolledBack",
    "LogTampered",
    "LogUnwritable",
    "NoteMalformed",
    "PayloadMissing",
    "PayloadRefused",
    "PayloadTampered",
    "VaultError",
    "VaultUnwritable",
]


class CryptoError(Exception):
    """Root of the tree above; `code` is stable and travels into records and texts."""

    code = "crypto"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or self.code)
        self.detail = detail


class LogError(CryptoError):
    """The signed log cannot be used as asked."""

    code = "log"


class LogMissing(LogError):
    """There is no log at the path: it is never created by opening it."""

    code = "log_missing"


class LogExists(LogError):
    """Something is already at the path: a log is never created over it."""

    code = "log_exists"


class LogLocked(LogError):
    """Another process owns the log."""

    code = "log_locked"


class LogOutdated(LogError):
    """The log is of an edition that is read and audited but no longer written: begin another."""

    code = "log_outdated"


class LogUnwritable(LogError):
    """Disk full, read-only, or an input/output error: nothing was recorded."""

    code = "log_unwritable"


class LogTampered(LogError):
    """The stored log contradicts itself or its signatures.

    `index` is the first bad entry, or None when the fault cannot be laid on one entry; `line` is
    the first bad line of a file of released heads; `reason` is a code of
    `crypto.log.file.faults.LogFault`.
    """

    code = "log_tampered"

    def __init__(self, reason: str, index: int | None = None, *, line: int | None = None) -> None:
        where = "" if line is None else f" in line {line}"
        super().__init__(f"{reason}{where}" if index is None else f"{reason} at {index}")
        self.reason = reason
        self.index = index
        self.line = line


class LogRolledBack(LogError):
    """The log is shorter than, or different from, a tree head released earlier."""

    code = "log_rolled_back"


class NoteMalformed(LogError):
    """Bytes offered as a signed note, key or proof do not follow the format."""

    code = "note_malformed"


class EntryMissing(LogError):
    """The log has no entry, or no tree head, of that number."""

    code = "entry_missing"


class EntryMalformed(LogError):
    """An entry's text or members do not follow the profile."""

    code = "entry_malformed"


class KeyRefused(LogError):
    """A key may not sign here: unknown, not opened, closed, or of the wrong role."""

    code = "key_refused"


class VaultError(CryptoError):
    """Keys or sealed personal data cannot be used as asked."""

    code = "vault"


class KeyExists(VaultError):
    """A key of that name exists: it is never overwritten."""

    code = "key_exists"


class KeyMissing(VaultError):
    """There is no key of that name."""

    code = "key_missing"


class KeyExposed(VaultError):
    """Someone else can read the key's file or its folder."""

    code = "key_exposed"


class KeyUnreadable(VaultError):
    """The stored key does not open: damaged, of another store, or another user's."""

    code = "key_unreadable"


class KeyLocked(VaultError):
    """Nobody opened the key store: `passphrase_missing`, `passphrase_wrong`, `pin_wrong`."""

    code = "key_locked"


class PayloadMissing(VaultError):
    """The sealed personal data, or its wrapped key, is erased or was never there."""

    code = "payload_missing"


class PayloadRefused(VaultError):
    """The personal data cannot be sealed as asked: too large, no recipient, bad name."""

    code = "payload_refused"


class PayloadTampered(VaultError):
    """The sealed file is not what the log entry committed to."""

    code = "payload_tampered"


class VaultUnwritable(VaultError):
    """Disk full, read-only, busy, or an input/output error: nothing was kept or erased."""

    code = "vault_unwritable"
