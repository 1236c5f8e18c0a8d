"""A stub of an OpenAI-compatible upstream on a real socket: it answers as it is told, and keeps what it was asked."""

from __future__ import annotations

import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Asked:
    """A request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Stub:
    """What is answered: a status, headers, and the body in pieces; `cut` breaks the connection off after them."""

    pieces: Sequence[bytes] = (b"{}",)
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"content-type": "application/json"})
    cut: bool = False
    wait: threading.Event | None = None
    """Waited for before the last piece, or, `late`, before anything is answered."""
    late: bool = False
    asked: list[Asked] = field(default_factory=list[Asked])
    url: str = ""

    @property
    def body(self) -> bytes:
        """The body of the last request."""
        return self.asked[-1].body


@contextmanager
def upstream(**answer: Any) -> Generator[Stub]:
    """A running stub."""
    stub = Stub(**answer)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers.get("content-length", 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            stub.asked.append(Asked(self.command, self.path, headers, self.rfile.read(length)))
            if stub.late and stub.wait is not None:
                stub.wait.wait(30)
            self.send_response(stub.status)
            for name, value in stub.headers.items():
                self.send_header(name, value)
            self.send_header("transfer-encoding", "chunked")
            self.end_headers()
            for number, piece in enumerate(stub.pieces, start=1):
                if stub.wait is not None and number == len(stub.pieces):
                    stub.wait.wait(30)
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                self.wfile.flush()
            if stub.cut:
                self.close_connection = True
                self.connection.close()
                return
            self.wfile.write(b"0\r\n\r\n")

        do_GET = do_POST  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:
            del format, args

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            del request, client_address

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    stub.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield stub
    finally:
        if stub.wait is not None:
            stub.wait.set()
        server.shutdown()
        server.server_close()
        thread.join()
