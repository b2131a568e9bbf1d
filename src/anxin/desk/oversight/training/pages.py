"""Certificates on the screen: who holds what, granting, revoking, one's own."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.pages import page
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.ui.shapes import Choice, Filter
from anxin.desk.foundation.ui.vocabulary import Mark
from anxin.desk.foundation.ui.words import Words
from anxin.desk.oversight.training import actions
from anxin.desk.oversight.training.forms import read_end
from anxin.desk.oversight.training.queries import CertificateLine, list_certificates, list_holders, my_certificates
from anxin.desk.oversight.training.scopes import all_scopes

STATES: Mapping[str, Mark] = {
    "valid": Mark(Words("有效", "valid"), "badge-check", "ok"),
    "soon": Mark(Words("即将到期", "ends soon"), "hourglass", "warning"),
    "expired": Mark(Words("已到期", "expired"), "clock-alert", "danger"),
    "revoked": Mark(Words("已撤销", "revoked"), "ban", "neutral"),
}
_SHOWN = (Choice("soon", Words("30 天内到期", "Ending within 30 days")), Choice("all", Words("全部记录", "Every one")))


@require_GET
@page
def training(request: DeskRequest, by: Actor) -> HttpResponse:
    """List certificates, the next to end first."""
    shown = request.GET.get("shown", "")
    found = list_certificates(by=by, at=request.moment, shown=shown, after=request.GET.get("after", "")[:40])
    context = {
        "found": found,
        "lines": [_shown(each) for each in found.lines],
        "filters": (Filter("shown", Words("显示", "Show"), shown, _SHOWN),),
        "can_grant": by.grant(actions.GRANT) is not None,
        "people": list_holders(by=by),
        "scopes": all_scopes().items(),
        "next_href": f"?shown={shown}&after={found.next}" if found.next else "",
    }
    return render(request, "training/list.html", context)


@require_GET
@page
def mine(request: DeskRequest, by: Actor) -> HttpResponse:
    """Show one's own certificates: a part of the page that says what one may do, or a page of its own."""
    found = my_certificates(by=by, at=request.moment)
    context = {"found": found, "lines": [_shown(each) for each in found.lines]}
    is_fragment = request.headers.get("HX-Request") == "true"
    return render(request, "training/mine.html" if is_fragment else "training/mine_page.html", context)


@require_POST
@page
def grant(request: DeskRequest, by: Actor) -> HttpResponse:
    """Certify a colleague."""
    actions.grant_certificate(
        person_id=request.POST.get("person", ""),
        scopes=request.POST.getlist("scopes"),
        passed=actions.Passed(request.POST.get("reason", "")),
        expires_at=read_end(request.POST),
        by=by,
        at=request.moment,
    )
    return redirect("training")


@require_POST
@page
def revoke(request: DeskRequest, by: Actor, certificate_id: str) -> HttpResponse:
    """Take a certificate back."""
    reason = request.POST.get("reason", "")
    actions.revoke_certificate(certificate_id=certificate_id, reason=reason, by=by, at=request.moment)
    return redirect("training")


def _shown(line: CertificateLine) -> dict[str, object]:
    words = [all_scopes().get(each, Words(each, each)) for each in line.scopes]
    return {"line": line, "mark": STATES[line.state], "scopes": words}
