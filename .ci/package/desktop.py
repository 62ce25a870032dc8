"""The desktop as a frozen program; first of all it may be a child of itself."""

import multiprocessing
import sys

if __name__ == "__main__":
    multiprocessing.freeze_support()
    # Windows gives this program no standard streams: there the other one is the child.
    from crypto.crl_store.import_child import serve_frozen

    if sys.stdin is None or not serve_frozen(sys.argv):
        from ui.app import main

        sys.exit(main())
