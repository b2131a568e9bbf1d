"""How contents leave: as attachments that no browser opens, pictures only as those made here."""

from __future__ import annotations

from django.http import HttpResponse

_POLICY = "default-src 'none'; sandbox"


def as_attachment(body: bytes, file_name: str, sha256: str) -> HttpResponse:
    """Return bytes to be saved, never shown; the hash goes along."""
    response = _closed(HttpResponse(body, content_type="application/octet-stream"))
    response["Content-Disposition"] = f'attachment; filename="{file_name}"'
    response["X-Content-SHA256"] = sha256
    return response


def as_picture(body: bytes) -> HttpResponse:
    """Return a preview that was made here."""
    return _closed(HttpResponse(body, content_type="image/jpeg"))


def _closed(response: HttpResponse) -> HttpResponse:
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = _POLICY
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "no-store"
    return response
