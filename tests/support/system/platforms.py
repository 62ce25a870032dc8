"""On what the tests run, where it matters: Windows itself, or Wine, which lacks some of it."""

import sys

import pytest

__all__ = ["WINE", "by_mode", "make_link", "not_under_wine", "on_windows"]


def _is_wine():
    if sys.platform != "win32":
        return False
    import ctypes

    return hasattr(ctypes.WinDLL("ntdll"), "wine_get_version")


WINE = _is_wine()
"""Whether this Python for Windows runs under Wine; docs/windows.md lists what is left out there."""

by_mode = pytest.mark.skipif(
    sys.platform == "win32",
    reason="inherited from the folder's access list, see test_access_lists.py",
)
on_windows = pytest.mark.skipif(sys.platform != "win32", reason="what only Windows does")


def not_under_wine(why):
    """Leave a test to Windows itself; `why` is what Wine was seen to do instead."""
    return pytest.mark.skipif(WINE, reason=f"Wine: {why}")


def make_link(path, target):
    """Make a symbolic link, or leave the test where none is made."""
    try:
        path.symlink_to(target)
    except OSError:
        pytest.skip("this account may make no symbolic links")
    if not path.is_symlink():
        pytest.skip("Wine: CreateSymbolicLinkW reports success and makes nothing")
