"""Serve the desk's own styles, scripts and pictures: small files, answered whole."""

from __future__ import annotations

from typing import cast

from django.http import FileResponse, HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware  # type: ignore[import-untyped]
from whitenoise.responders import StaticFile  # type: ignore[import-untyped]


class StaticFilesMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]  # the library has no types
    """Answers without streaming: under ASGI a stream read from a file costs a thread hop a chunk, and a warning."""

    @staticmethod
    def serve(static_file: StaticFile, request: HttpRequest) -> HttpResponse:
        """Return the file as one body, with the headers the library gives it."""
        streamed: FileResponse = WhiteNoiseMiddleware.serve(static_file, request)
        body = b"".join(cast("list[bytes]", streamed.streaming_content))
        streamed.close()
        return HttpResponse(body, status=streamed.status_code, headers=dict(streamed.items()))
