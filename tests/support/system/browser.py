"""A real browser without a window, driven over its DevTools protocol."""

import base64
import http.client
import json
import os
import shutil
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from websockets.sync.client import ClientConnection, connect

__all__ = ["CHROMIUM", "Browser"]

CHROMIUM = next((p for p in map(shutil.which, ("chromium", "chromium-browser")) if p), None)
"""Debian's and Ubuntu's browser, None where it is not installed."""

_PATIENCE_S = 60.0


class Browser:
    """One page of one process; `folder` is its profile, new and thrown away with the test's."""

    def __init__(self, folder: Path, page: Path, *features: str) -> None:
        assert CHROMIUM is not None
        # The sandbox of the browser wants rights that root in a container lacks.
        options = ["--no-sandbox"] if os.geteuid() == 0 else []
        options += [f"--user-data-dir={folder}", "--remote-debugging-port=0", "--headless=new"]
        options += ["--disable-gpu", "--no-first-run", "--no-proxy-server", "--lang=en", *features]
        self._process = subprocess.Popen(
            [CHROMIUM, *options, page.as_uri()],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._number = 0
        self._open = ExitStack()
        try:
            self._socket = self._connect(folder / "DevToolsActivePort")
            # A new page is an empty document for a moment.
            loaded = f"location.href === '{page.as_uri()}' && document.readyState === 'complete'"
            self.wait(loaded)
        except BaseException:
            self._end()
            raise

    def _connect(self, port_file: Path) -> ClientConnection:
        until = time.monotonic() + _PATIENCE_S
        while time.monotonic() < until:
            lines = port_file.read_text().splitlines() if port_file.is_file() else []
            pages = self._pages(int(lines[0])) if lines else []
            if pages:
                return self._open.enter_context(connect(pages[0], max_size=None, proxy=None))
            time.sleep(0.1)
        raise TimeoutError("the browser did not start")

    @staticmethod
    def _pages(port: int) -> list[str]:
        asked = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            asked.request("GET", "/json/list")
            targets = json.loads(asked.getresponse().read())
        finally:
            asked.close()
        return [each["webSocketDebuggerUrl"] for each in targets if each["type"] == "page"]

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a method of the protocol and return its result."""
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self._socket.recv(timeout=_PATIENCE_S))
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                result: dict[str, Any] = answer["result"]
                return result

    def evaluate(self, expression: str) -> Any:
        """Return the value of an expression, a promise's when it is kept."""
        result = self.call(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def wait(self, expression: str) -> None:
        """Wait until an expression is true."""
        until = time.monotonic() + _PATIENCE_S
        while not self.evaluate(expression):
            assert time.monotonic() < until, expression
            time.sleep(0.02)

    def choose(self, selector: str, file: Path) -> None:
        """Choose a file in an input, as a person would."""
        root = self.call("DOM.getDocument")["root"]["nodeId"]
        node = self.call("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self.call("DOM.setFileInputFiles", nodeId=node, files=[str(file)])

    def screenshot(self, path: Path) -> None:
        """Take a picture of the whole page."""
        taken = self.call("Page.captureScreenshot", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(taken["data"]))

    def print_pdf(self) -> bytes:
        """Return the page as it is printed."""
        return base64.b64decode(self.call("Page.printToPDF")["data"])

    def _end(self) -> None:
        self._open.close()
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()
