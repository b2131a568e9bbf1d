"""A webhook target on loopback that does what a test tells it."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Reply = Callable[[http.server.BaseHTTPRequestHandler], None]


def status(code: int, **headers: str) -> Reply:
    """Answer with a status and headers (`_` stands for `-`)."""

    def reply(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return reply


@dataclass
class Receiver:
    """What came, and what is answered: one reply for each request in turn, the last for ever."""

    port: int = 0
    replies: list[Reply] = field(default_factory=lambda: [status(200)])
    came: list[tuple[dict[str, str], str]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/hook"


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Serve until the block ends."""
    receiver = Receiver()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            receiver.came.append(({name.lower(): value for name, value in self.headers.items()}, body))
            reply = receiver.replies.pop(0) if len(receiver.replies) > 1 else receiver.replies[0]
            reply(self)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
