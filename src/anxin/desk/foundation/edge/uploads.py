"""Where large bodies and files lie while a request is read: in the desk's folder, without a name."""

from __future__ import annotations

import tempfile
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestAborted
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.core.handlers.asgi import ASGIHandler

from anxin.desk.foundation.edge.bodies import BoundedReceive


def make_upload_folder() -> Path:
    """Make the folder, readable by the desk's own account only, and return it."""
    folder = Path(settings.FILE_UPLOAD_TEMP_DIR)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


class UnnamedUploadHandler(FileUploadHandler):
    """Writes what is too large for memory into a file that no folder lists; closing it, or a kill, frees it."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file."""
        super().new_file(*args, **kwargs)
        self._file: Any = tempfile.TemporaryFile(dir=make_upload_folder())  # noqa: SIM115  # closed with the request

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write a piece."""
        self._file.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile[Any]:
        """Return the file from its beginning."""
        self._file.seek(0)
        more = (self.content_type, file_size, self.charset, self.content_type_extra)
        return UploadedFile(self._file, self.file_name, *more)

    def upload_interrupted(self) -> None:
        """Free what came so far."""
        if hasattr(self, "_file"):
            self._file.close()


class SpoolingHandler(ASGIHandler):
    """Django's own, except that a body is bounded, and a large one is spooled into the desk's folder."""

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        """Handle a request whose body ends at its limit."""
        await super().handle(scope, BoundedReceive(scope, receive), send)

    async def read_body(self, receive: Callable[[], Awaitable[Mapping[str, Any]]]) -> Any:
        """Return the body as a file from its beginning; raise RequestAborted when the caller is gone."""
        limit, folder = settings.FILE_UPLOAD_MAX_MEMORY_SIZE, str(settings.FILE_UPLOAD_TEMP_DIR)
        body: Any = tempfile.SpooledTemporaryFile(max_size=limit, dir=folder)  # noqa: SIM115  # closed with the request
        is_open = True
        while is_open:
            message = await receive()
            if message["type"] == "http.disconnect":
                body.close()
                raise RequestAborted
            body.write(message.get("body", b""))
            is_open = message.get("more_body", False)
        body.seek(0)
        return body
