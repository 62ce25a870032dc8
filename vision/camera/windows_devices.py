"""Windows' capture devices, in the two orders in which OpenCV counts them.

COM through ctypes, by the slots of the interfaces' tables in the Windows SDK (mfobjects.h, mfapi.h,
strmif.h, objidl.h, oaidl.h). Elsewhere both lists are empty.
"""

import sys
from dataclasses import dataclass

__all__ = ["ListedDevice", "directshow_devices", "media_foundation_devices"]


@dataclass(frozen=True, slots=True)
class ListedDevice:
    r"""A device's name and its path, such as `\\?\usb#vid_046d&pid_0825&mi_00#7&1a2b…#{…}\global`.

    path  empty for a filter that only a program registered
    """

    name: str
    path: str


if sys.platform == "win32":  # pragma: no cover - runs on Windows only
    import contextlib
    import ctypes
    import uuid
    from collections.abc import Iterator

    _MOST_DEVICES = 64
    _LONGEST_TEXT = 2_000
    _RELEASE = 2
    _SET_GUID = 24  # IMFAttributes
    _ALLOCATED_STRING = 13  # IMFAttributes, which IMFActivate inherits
    _CREATE_CLASS_ENUMERATOR = 3  # ICreateDevEnum
    _NEXT = 3  # IEnumMoniker
    _BIND_TO_STORAGE = 9  # IMoniker
    _READ = 3  # IPropertyBag
    _MF_VERSION = 0x0002_0070
    _MF_LITE = 1
    _MULTITHREADED = 0
    _IN_PROCESS = 1
    _BSTR = 8

    _Guid = ctypes.c_byte * 16

    def _guid(text: str) -> ctypes.Array[ctypes.c_byte]:
        return _Guid.from_buffer_copy(uuid.UUID(text).bytes_le)

    _SOURCE_TYPE = _guid("c60ac5fe-252a-478f-a0ef-bc8fa5f7cad3")
    _VIDEO_CAPTURE = _guid("8ac3587a-4ae7-42d8-99e0-0a6013eef90f")
    _FRIENDLY_NAME = _guid("60d0e559-52f8-4fa2-bbce-acdb34a8ec01")
    _SYMBOLIC_LINK = _guid("58f0aad8-22bf-4f8a-bb3d-d2c4978c6e2f")
    _SYSTEM_DEVICE_ENUM = _guid("62be5d10-60eb-11d0-bd3b-00a0c911ce86")
    _CREATE_DEV_ENUM = _guid("29840822-5b84-11d0-bd3b-00a0c911ce86")
    _VIDEO_INPUT_CATEGORY = _guid("860bb310-5d01-11d0-bd3b-00a0c911ce86")
    _PROPERTY_BAG = _guid("55272a00-42cb-11ce-8135-00aa004bb851")

    class _Variant(ctypes.Structure):
        """VARIANT of oaidl.h, as far as a text in it is read."""

        _fields_ = (
            ("kind", ctypes.c_ushort),
            ("reserved", ctypes.c_ushort * 3),
            ("text", ctypes.c_void_p),
            ("more", ctypes.c_void_p),
        )

    def _call(pointer: ctypes.c_void_p, slot: int, *arguments: int | None) -> int:
        """Call one method of a COM object; addresses and numbers both fill one register."""
        table = ctypes.cast(pointer, ctypes.POINTER(ctypes.POINTER(ctypes.c_void_p))).contents
        prototype = ctypes.WINFUNCTYPE(
            ctypes.c_long, ctypes.c_void_p, *[ctypes.c_void_p for _ in arguments]
        )
        return int(prototype(table[slot])(pointer, *arguments))

    @contextlib.contextmanager
    def _released(pointer: ctypes.c_void_p) -> Iterator[ctypes.c_void_p]:
        try:
            yield pointer
        finally:
            if pointer:
                _call(pointer, _RELEASE)

    @contextlib.contextmanager
    def _com() -> Iterator[None]:
        ole32 = ctypes.OleDLL("ole32")
        begun = True
        try:
            ole32.CoInitializeEx(None, _MULTITHREADED)
        except OSError:
            # The thread works with COM in the other way already, which serves as well.
            begun = False
        try:
            yield
        finally:
            if begun:
                ctypes.WinDLL("ole32").CoUninitialize()

    def media_foundation_devices() -> tuple[ListedDevice, ...]:
        """Return the devices as Media Foundation counts them; empty where it is not installed."""
        try:
            platform, devices = ctypes.OleDLL("mfplat"), ctypes.OleDLL("mf")
            with _com():
                platform.MFStartup(_MF_VERSION, _MF_LITE)
                try:
                    return _media_foundation(platform, devices)
                finally:
                    platform.MFShutdown()
        except (OSError, AttributeError):
            return ()

    def _media_foundation(
        platform: ctypes.OleDLL, devices: ctypes.OleDLL
    ) -> tuple[ListedDevice, ...]:
        attributes, found, count = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_uint32()
        platform.MFCreateAttributes(ctypes.byref(attributes), 1)
        with _released(attributes):
            source, kind = ctypes.addressof(_SOURCE_TYPE), ctypes.addressof(_VIDEO_CAPTURE)
            _call(attributes, _SET_GUID, source, kind)
            devices.MFEnumDeviceSources(attributes, ctypes.byref(found), ctypes.byref(count))
        pointers = ctypes.cast(found, ctypes.POINTER(ctypes.c_void_p))
        listed = []
        try:
            for index in range(count.value):
                with _released(ctypes.c_void_p(pointers[index])) as activate:
                    name = _attribute(activate, _FRIENDLY_NAME)
                    listed.append(ListedDevice(name, _attribute(activate, _SYMBOLIC_LINK)))
        finally:
            _free(found)
        return tuple(listed)

    def _attribute(activate: ctypes.c_void_p, key: ctypes.Array[ctypes.c_byte]) -> str:
        text, length = ctypes.c_void_p(), ctypes.c_uint32()
        places = (ctypes.addressof(key), ctypes.addressof(text), ctypes.addressof(length))
        if _call(activate, _ALLOCATED_STRING, *places) < 0 or not text.value:
            return ""
        try:
            return ctypes.wstring_at(text.value, min(length.value, _LONGEST_TEXT))
        finally:
            _free(text)

    def _free(memory: ctypes.c_void_p) -> None:
        free = ctypes.WinDLL("ole32").CoTaskMemFree
        free.argtypes, free.restype = (ctypes.c_void_p,), None
        free(memory)

    def directshow_devices() -> tuple[ListedDevice, ...]:
        """Return the devices as DirectShow counts them."""
        try:
            with _com():
                return tuple(_directshow())
        except (OSError, AttributeError):
            return ()

    def _directshow() -> Iterator[ListedDevice]:
        makes, monikers = ctypes.c_void_p(), ctypes.c_void_p()
        ctypes.OleDLL("ole32").CoCreateInstance(
            ctypes.byref(_SYSTEM_DEVICE_ENUM),
            None,
            _IN_PROCESS,
            ctypes.byref(_CREATE_DEV_ENUM),
            ctypes.byref(makes),
        )
        with _released(makes):
            category = ctypes.addressof(_VIDEO_INPUT_CATEGORY)
            # S_FALSE, with no enumerator, when there is no device.
            _call(makes, _CREATE_CLASS_ENUMERATOR, category, ctypes.addressof(monikers), 0)
        if not monikers:
            return
        with _released(monikers):
            for _ in range(_MOST_DEVICES):
                moniker = ctypes.c_void_p()
                if _call(monikers, _NEXT, 1, ctypes.addressof(moniker), None) != 0:
                    return
                with _released(moniker):
                    yield _described(moniker)

    def _described(moniker: ctypes.c_void_p) -> ListedDevice:
        bag = ctypes.c_void_p()
        places = (ctypes.addressof(_PROPERTY_BAG), ctypes.addressof(bag))
        if _call(moniker, _BIND_TO_STORAGE, None, None, *places) < 0:
            return ListedDevice("", "")
        with _released(bag):
            return ListedDevice(_property(bag, "FriendlyName"), _property(bag, "DevicePath"))

    def _property(bag: ctypes.c_void_p, name: str) -> str:
        value, wanted = _Variant(), ctypes.create_unicode_buffer(name)
        if _call(bag, _READ, ctypes.addressof(wanted), ctypes.addressof(value), None) < 0:
            return ""
        try:
            text = value.text if value.kind == _BSTR else None
            return ctypes.wstring_at(text)[:_LONGEST_TEXT] if text else ""
        finally:
            ctypes.WinDLL("oleaut32").VariantClear(ctypes.byref(value))

else:

    def media_foundation_devices() -> tuple[ListedDevice, ...]:
        """Return nothing: Media Foundation is Windows'."""
        return ()

    def directshow_devices() -> tuple[ListedDevice, ...]:
        """Return nothing: DirectShow is Windows'."""
        return ()
