"""Face analysis in a child process, with the questions and answers of `vision.analysis`.

Some of the models hold the GIL, and a fault in a native library must not end the desktop: there
they work in a process of their own. One question is in flight at a time; frames travel through
shared memory, everything else through a pipe. A child that dies or hangs raises AnalysisLost and is
replaced for the next call: a question and its answer belong to one child, so no stale answer can be
taken for a fresh one.
"""

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path
from typing import Final

import numpy as np

from vision.analysis import Analyser, FaceAnalysis, InlineAnalysis, load_analyser
from vision.document.observation import DocumentObservation
from vision.errors import AnalysisBusy, AnalysisLost, VisionError
from vision.frame import Frame, Pixels
from vision.models.manifest import load_manifest
from vision.results import FaceObservation, FaceTemplate, ModelReference

__all__ = ["FaceAnalysis", "InlineAnalysis", "ProcessAnalysis"]

_LIVE_DEADLINE_S: Final = 5.0
_DOCUMENT_DEADLINE_S: Final = 15.0
_STILL_DEADLINE_S: Final = 60.0
_START_DEADLINE_S: Final = 120.0
_STOP_S: Final = 2.0
_PIECE_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class _Shared:
    """A frame in the named block of shared memory."""

    memory: str
    shape: tuple[int, int, int]
    sequence: int
    captured_ns: int


@dataclass(frozen=True, slots=True)
class _Live:
    """A frame whose face is asked about."""

    frame: _Shared
    embed: bool


@dataclass(frozen=True, slots=True)
class _Document:
    """A frame whose document is asked about."""

    frame: _Shared


@dataclass(frozen=True, slots=True)
class _Still:
    """A photo, whose octets follow; `second`: to be described by the second model only.

    Apart from the question, so that they are not in memory twice: a photo has up to 90 MB.
    """

    shape: tuple[int, ...]
    dtype: str
    second: bool


@dataclass(frozen=True, slots=True)
class _Second:
    """What the second model says; None without a face."""

    template: FaceTemplate | None


@dataclass(frozen=True, slots=True)
class _Refused:
    code: str
    detail: str


class _Ready:
    """The child's first word: its models are loaded."""


class _Stop:
    """The parent's last word."""


class ProcessAnalysis:
    """The analysis in a child process; used by one thread at a time, started by any.

    folder  of a station that may have a manifest and model files of its own
    load    makes the analyser in the child instead; must be importable there
    prepare  called in the child before anything else; likewise
    live_deadline_s, document_deadline_s  a frame that takes longer means a hung child

    Raises ManifestRefused.
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        load: Callable[[], Analyser] | None = None,
        prepare: Callable[[], object] | None = None,
        live_deadline_s: float = _LIVE_DEADLINE_S,
        document_deadline_s: float = _DOCUMENT_DEADLINE_S,
    ) -> None:
        self._manifest = load_manifest(folder)
        self._load = load or partial(load_analyser, self._manifest, folder)
        self._prepare = prepare
        self._live_deadline_s = live_deadline_s
        self._document_deadline_s = document_deadline_s
        self._starting = threading.Lock()
        self._asking = threading.Lock()
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None
        self._memory: SharedMemory | None = None

    @property
    def models(self) -> tuple[ModelReference, ...]:
        """Return the pinned references; the child refuses to start with other files."""
        return self._manifest.references

    @property
    def child(self) -> int | None:
        """Return the child's process id while it lives."""
        return None if self._process is None else self._process.pid

    @property
    def alive(self) -> bool:
        """Whether a child lives; a stopped one is found out by its next question."""
        process = self._process
        return process is not None and process.is_alive()

    def start(self) -> None:
        """Start the child and wait until its models are loaded."""
        with self._starting:
            if self._process is not None and self._process.is_alive():
                return
            self._abandon()
            # Threads of the child's OpenBLAS wait for each other longer than they save.
            os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
            context = multiprocessing.get_context("spawn")
            ours, theirs = context.Pipe()
            process = context.Process(
                target=_serve,
                args=(theirs, self._load, self._prepare),
                name="face-analysis",
                daemon=True,
            )
            with _without_main():
                process.start()
            theirs.close()
            self._process, self._pipe = process, ours
            self._answer(_START_DEADLINE_S)

    def analyse(self, frame: Frame, *, embed: bool) -> FaceObservation:
        """Measure a live frame in the child."""
        with self._one_at_a_time():
            if self._process is not None and not self._process.is_alive():
                # Killed since the last image: the attempt that was under way is to know.
                self._abandon()
                raise AnalysisLost("died")
            self.start()
            question = _Live(self._share(frame), embed)
            return self._observation(self._ask(question, self._live_deadline_s))

    def observe_document(self, frame: Frame) -> DocumentObservation:
        """Measure the document of a frame in the child."""
        with self._one_at_a_time():
            self.start()
            answer = self._ask(_Document(self._share(frame)), self._document_deadline_s)
            if not isinstance(answer, DocumentObservation):
                raise self._unexpected()
            return answer

    def describe(self, image: Pixels) -> FaceObservation:
        """Measure a still photo in the child."""
        with self._one_at_a_time():
            self.start()
            return self._observation(self._ask_still(image, second=False))

    def describe_second(self, image: Pixels) -> FaceTemplate | None:
        """Describe a still photo by the second model in the child."""
        with self._one_at_a_time():
            self.start()
            answer = self._ask_still(image, second=True)
            if not isinstance(answer, _Second):
                raise self._unexpected()
            return answer.template

    def close(self) -> None:
        """Stop the child and free the shared memory."""
        with self._starting:
            if self._pipe is not None:
                with contextlib.suppress(OSError, ValueError):
                    self._pipe.send(_Stop())
            if self._process is not None:
                self._process.join(_STOP_S)
            self._abandon()
            if self._memory is not None:
                self._memory.close()
                self._memory.unlink()
                self._memory = None

    @contextlib.contextmanager
    def _one_at_a_time(self) -> Iterator[None]:
        if not self._asking.acquire(blocking=False):
            raise AnalysisBusy
        try:
            yield
        finally:
            self._asking.release()

    def _room_for(self, size: int) -> SharedMemory:
        if self._memory is None or self._memory.size < size:
            if self._memory is not None:
                self._memory.close()
                self._memory.unlink()
            self._memory = SharedMemory(create=True, size=size)
        return self._memory

    def _share(self, frame: Frame) -> _Shared:
        """Lay a frame where the child can read it."""
        memory = self._room_for(frame.pixels.nbytes)
        view = np.ndarray(frame.pixels.shape, np.uint8, buffer=memory.buf)
        view[:] = frame.pixels
        del view  # a view keeps the block from being closed
        return _Shared(memory.name, frame.pixels.shape, frame.sequence, frame.captured_ns)

    def _observation(self, answer: object) -> FaceObservation:
        if isinstance(answer, FaceObservation):
            return answer
        raise self._unexpected()

    def _unexpected(self) -> AnalysisLost:
        self._abandon()
        return AnalysisLost("unexpected answer")

    def _ask_still(self, image: Pixels, *, second: bool) -> object:
        whole = np.ascontiguousarray(image)
        question = _Still(whole.shape, whole.dtype.str, second)
        try:
            return self._ask(question, _STILL_DEADLINE_S, whole)
        except AnalysisLost:
            self.start()  # nobody has to look into the camera anew: it is asked the same, once
            return self._ask(question, _STILL_DEADLINE_S, whole)

    def _ask(
        self, question: _Live | _Document | _Still, deadline_s: float, photo: Pixels | None = None
    ) -> object:
        process, pipe = self._process, self._pipe
        if process is None or pipe is None:
            raise AnalysisLost("not started")
        # A stopped child takes no photo: sending would wait for as long as it is stopped.
        stopped = threading.Timer(deadline_s, process.kill)
        try:
            pipe.send(question)
            if photo is not None:
                stopped.start()
                for piece in _pieces(photo):
                    pipe.send_bytes(piece)
        except OSError as error:
            self._abandon()
            raise AnalysisLost("died") from error
        finally:
            stopped.cancel()
        return self._answer(deadline_s)

    def _answer(self, deadline_s: float) -> object:
        pipe = self._pipe
        if pipe is None:
            raise AnalysisLost("not started")
        try:
            if not pipe.poll(deadline_s):
                self._abandon()
                raise AnalysisLost("hung")
            answer = pipe.recv()
        except (OSError, EOFError) as error:
            self._abandon()
            raise AnalysisLost("died") from error
        if isinstance(answer, _Refused):
            raise _error(answer)
        return answer

    def _abandon(self) -> None:
        """Kill whatever child is left; the next question starts a new one."""
        process, pipe = self._process, self._pipe
        self._process = self._pipe = None
        if pipe is not None:
            pipe.close()
        if process is not None:
            process.kill()
            process.join(_STOP_S)


@contextlib.contextmanager
def _without_main() -> Iterator[None]:
    """Hide the program's main module while a child starts.

    Spawn makes the child run the parent's main module first; ours imports Qt, which the child
    must not have, and an unguarded start script would even start the program again.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _error(refused: _Refused) -> VisionError:
    kinds = [VisionError]
    for kind in kinds:
        kinds += kind.__subclasses__()
        if kind.code == refused.code:
            return kind(refused.detail)
    return AnalysisLost(refused.detail)


def _serve(
    pipe: Connection, load: Callable[[], Analyser], prepare: Callable[[], object] | None
) -> None:
    """Answer questions until told to stop or the parent is gone."""
    if prepare is not None:
        prepare()
    # Ctrl+C is the parent's affair: it ends the child after the session is in the log.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        analyser = load()
    except VisionError as error:
        pipe.send(_Refused(error.code, error.detail))
        return
    pipe.send(_Ready())
    blocks: dict[str, SharedMemory] = {}
    with contextlib.suppress(EOFError, OSError):  # the parent is gone
        while not isinstance(question := pipe.recv(), _Stop):
            pipe.send(_answer_question(analyser, question, pipe, blocks))
    for block in blocks.values():
        block.close()


def _receive_photo(pipe: Connection, question: _Still) -> Pixels:
    photo = np.empty(question.shape, question.dtype)
    for piece in _pieces(photo):
        pipe.recv_bytes_into(piece)
    return photo


def _pieces(photo: Pixels) -> Iterator[memoryview]:
    """Yield the octets of a photo in pieces: a pipe collects a whole message before it gives it."""
    octets = photo.data.cast("B") if photo.size else memoryview(b"")
    for start in range(0, len(octets), _PIECE_BYTES):
        yield octets[start : start + _PIECE_BYTES]


def _receive_frame(shared: _Shared, blocks: dict[str, SharedMemory]) -> Frame:
    block = blocks.get(shared.memory)
    if block is None:
        for old in blocks.values():
            old.close()
        blocks.clear()
        block = blocks[shared.memory] = SharedMemory(name=shared.memory)
    pixels = np.ndarray(shared.shape, np.uint8, buffer=block.buf).copy()
    return Frame(shared.sequence, shared.captured_ns, pixels)


def _answer_question(
    analyser: Analyser,
    question: _Live | _Document | _Still,
    pipe: Connection,
    blocks: dict[str, SharedMemory],
) -> FaceObservation | DocumentObservation | _Second | _Refused:
    try:
        match question:
            case _Still(second=True):
                return _Second(analyser.describe_second(_receive_photo(pipe, question)))
            case _Still():
                return analyser.describe(_receive_photo(pipe, question))
            case _Live(frame=shared, embed=embed):
                return analyser.analyse(_receive_frame(shared, blocks), embed=embed)
            case _Document(frame=shared):
                return analyser.observe_document(_receive_frame(shared, blocks))
    except VisionError as error:
        return _Refused(error.code, error.detail)
