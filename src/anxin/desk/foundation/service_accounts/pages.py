"""Pages about service accounts and their secrets."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.pages import page
from anxin.desk.foundation.edge.refusals import NotFound
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.permissions.authority import require, require_fresh
from anxin.desk.foundation.service_accounts import actions
from anxin.desk.foundation.service_accounts.forms import AccountForm, SecretForm
from anxin.desk.foundation.service_accounts.queries import get_account, list_accounts


@page
def accounts(request: DeskRequest, by: Actor) -> HttpResponse:
    """List the service accounts, and open one."""
    require(by, actions.CONFIGURE)
    form = AccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        account = actions.open_account(name=form.cleaned_data["name"], by=by, at=request.moment)
        return redirect("service_account", account_id=account.id)
    context = {"form": form, "accounts": list_accounts(by=by)}
    return render(request, "service_accounts/accounts.html", context, status=422 if form.is_bound else 200)


@page
def account(request: DeskRequest, by: Actor, account_id: str) -> HttpResponse:
    """Show one account with its keys and tokens."""
    card = get_account(account_id=account_id, by=by, at=request.moment)
    context = {"card": card, "gateway_form": SecretForm(kind="gateway"), "desk_form": SecretForm(kind="desk")}
    return render(request, "service_accounts/account.html", context)


@require_POST
@page
def issue(request: DeskRequest, by: Actor, account_id: str, kind: str) -> HttpResponse:
    """Issue a key or a token, and show it this once."""
    card = get_account(account_id=account_id, by=by, at=request.moment)
    require_fresh(by, at=request.moment)
    form = SecretForm(request.POST, kind=kind)
    if not form.is_valid():
        forms = {f"{each}_form": form if each == kind else SecretForm(kind=each) for each in ("gateway", "desk")}
        return render(request, "service_accounts/account.html", {"card": card, **forms}, status=422)
    do = actions.issue_gateway_key if kind == "gateway" else actions.issue_desk_token
    return _show(request, do(account_id=account_id, limits=form.limits(), by=by, at=request.moment), account_id)


@require_POST
@page
def rotate(request: DeskRequest, by: Actor, account_id: str, key_id: str) -> HttpResponse:
    """Issue a key's successor, and show it this once."""
    require(by, actions.CONFIGURE)
    require_fresh(by, at=request.moment)
    return _show(request, actions.rotate_gateway_key(key_id=key_id, by=by, at=request.moment), account_id)


@require_POST
@page
def revoke(request: DeskRequest, by: Actor, account_id: str, kind: str, key_id: str) -> HttpResponse:
    """Revoke a key or a token."""
    if kind == "gateway":
        actions.revoke_gateway_key(key_id=key_id, by=by, at=request.moment)
    elif kind == "desk":
        actions.revoke_desk_token(token_id=key_id, by=by, at=request.moment)
    else:
        raise NotFound
    return redirect("service_account", account_id=account_id)


@require_POST
@page
def close(request: DeskRequest, by: Actor, account_id: str) -> HttpResponse:
    """Close an account with all its secrets."""
    actions.close_account(account_id=account_id, by=by, at=request.moment)
    return redirect("service_accounts")


def _show(request: DeskRequest, text: str, account_id: str) -> HttpResponse:
    response = render(request, "service_accounts/issued.html", {"text": text, "account_id": account_id})
    response["Cache-Control"] = "no-store"
    return response
