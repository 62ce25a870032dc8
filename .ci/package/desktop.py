"""The desktop as a frozen program; first of all it may be a child of itself."""

import multiprocessing
import sys

if __name__ == "__main__":
    multiprocessing.freeze_support()
    from crypto.crl_store.import_child import serve_frozen

    if not serve_frozen(sys.argv):
        from ui.app import main

        sys.exit(main())
