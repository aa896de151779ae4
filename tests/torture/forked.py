"""How is a command of the pipeline run a thousand times without starting Python a thousand times?

One process imports everything once, opens nothing, and forks for each command that it is asked for over a socket. What
is forked is a process like any other: it has the memory, the files and the locks of its own, and can be killed.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path

from tests.conftest import ROOT

PATIENCE = 300  # seconds


class Running:
    """A command that was started; `pid` is its process."""

    def __init__(self, link: socket.socket, out: Path):
        self.link, self.out = link, out
        self.pid = int(self._line())

    def _line(self) -> str:
        """The next line that it sends; empty where it is gone."""
        said = b""
        while not said.endswith(b"\n"):
            if not (more := self.link.recv(1)):
                break
            said += more
        return said.decode()

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def over(self) -> bool:
        self.link.setblocking(False)
        try:
            return len(self.link.recv(1, socket.MSG_PEEK)) >= 0
        except BlockingIOError:
            return False
        finally:
            self.link.settimeout(PATIENCE)

    def wait(self) -> subprocess.CompletedProcess:
        """Its exit code, -9 where it was killed, and what it printed."""
        said = self._line()
        self.link.close()
        while not said and _alive(self.pid):
            time.sleep(0.001)
        body = self.out.read_text(encoding="utf-8", errors="replace")
        self.out.unlink()
        return subprocess.CompletedProcess([], int(said) if said else -9, body, body)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


class Commands:
    """The commands of the pipeline over one store; with `warehouse`, over another definition of the warehouse."""

    def __init__(self, store: Path, sources: Path | None = None, warehouse: Path | None = None):
        self.store, self.sources, self.warehouse = store, sources, warehouse

    def __enter__(self) -> Commands:
        self.folder = tempfile.TemporaryDirectory(prefix="forked-")
        self.address = str(Path(self.folder.name) / "socket")
        told = [str(self.store), str(self.sources or ""), str(self.warehouse or "")]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.torture.forked", self.address, *told], cwd=ROOT, stdout=subprocess.PIPE
        )
        self.process.stdout.readline()
        return self

    def __exit__(self, *_) -> None:
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.folder.cleanup()

    def start(self, *arguments: str, env: dict | None = None, most: int | None = None, bound: bool = False) -> Running:
        """Start one. `most`: no file may grow beyond so many bytes; `bound`: file modes bind root too."""
        link = socket.socket(socket.AF_UNIX)
        link.settimeout(PATIENCE)
        link.connect(self.address)
        handle, out = tempfile.mkstemp(dir=self.folder.name)
        os.close(handle)
        asked = {"arguments": arguments, "env": env or {}, "most": most, "bound": bound, "out": out}
        link.sendall(json.dumps(asked).encode() + b"\n")
        return Running(link, Path(out))

    def run(self, *arguments: str, **settings) -> subprocess.CompletedProcess:
        return self.start(*arguments, **settings).wait()


def obey_modes() -> None:
    """Give up root's right to pass over file modes; whoever is not root has no such right."""
    libc = ctypes.CDLL(None, use_errno=True)
    header, data = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    libc.capget(header, data)
    data[0] &= ~0b110  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH; of the first 32 those in effect
    if libc.capset(header, data):
        raise OSError(ctypes.get_errno(), "capset")


def _serve(address: str, store: str, sources: str, warehouse: str) -> None:
    import functools

    from data_pipeline import __main__ as commands
    from data_pipeline import build

    if sources:
        os.environ["RDEC_SOURCES"] = sources
    if warehouse:
        build.build = functools.partial(build.build, warehouse=Path(warehouse))
    server = socket.socket(socket.AF_UNIX)
    server.bind(address)
    server.listen(64)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them here
    print("ready", flush=True)
    parent = os.getppid()
    server.settimeout(5)
    while os.getppid() == parent:
        try:
            link, _ = server.accept()
        except TimeoutError:
            continue
        if os.fork() == 0:
            _child(commands, link, store)
        link.close()


def _child(commands, link: socket.socket, store: str) -> None:
    code = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        asked = json.loads(link.makefile("rb").readline())
        handle = os.open(asked["out"], os.O_WRONLY)
        os.dup2(handle, 1)
        os.dup2(handle, 2)
        os.environ |= asked["env"]
        time.tzset()
        if asked["bound"]:
            obey_modes()
        link.sendall(f"{os.getpid()}\n".encode())
        if asked["most"] is not None:
            import resource

            resource.setrlimit(resource.RLIMIT_FSIZE, (asked["most"], asked["most"]))
        commands.cli(["--store", store, *asked["arguments"]], prog_name="data_pipeline")
        code = 0
    except SystemExit as done:
        code = done.code if isinstance(done.code, int) else 0 if done.code is None else 1
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(OSError):  # what it says may be too long for its bounds
            sys.stdout.flush()
            sys.stderr.flush()
        link.sendall(f"{code}\n".encode())
        os._exit(code)


if __name__ == "__main__":
    _serve(*sys.argv[1:])
