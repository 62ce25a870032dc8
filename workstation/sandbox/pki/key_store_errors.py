"""Why a key store could not be opened: the three reasons a person can do something about.

KeyStoreRefused              key_store
├── KeyStorePassword         key_store_password      the password is another
├── KeyStoreDamaged          key_store_damaged       the file is not whole
└── KeyStoreUnsupported      key_store_unsupported   whole, but made in a way not read here
"""

from crypto.errors import CryptoError

__all__ = ["KeyStoreDamaged", "KeyStorePassword", "KeyStoreRefused", "KeyStoreUnsupported"]


class KeyStoreRefused(CryptoError):
    """A PKCS#12 file was not opened."""

    code = "key_store"


class KeyStorePassword(KeyStoreRefused):
    """The file is whole and the password opens nothing in it."""

    code = "key_store_password"


class KeyStoreDamaged(KeyStoreRefused):
    """The file does not follow its format, or does not fit its own check sum; see detail."""

    code = "key_store_damaged"


class KeyStoreUnsupported(KeyStoreRefused):
    """The file uses what is not read here; detail names the identifier or the limit."""

    code = "key_store_unsupported"
