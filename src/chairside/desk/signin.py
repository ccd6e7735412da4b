"""Signing in and out, and the clinic's time for a tablet that has lost count."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME, login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chairside.accounts.access import open_to_anyone
from chairside.accounts.models import Person
from chairside.actions import people

BACKEND = "django.contrib.auth.backends.ModelBackend"


@open_to_anyone
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Asks for username and password; goes where the person was going."""
    onward = request.POST.get(REDIRECT_FIELD_NAME, request.GET.get(REDIRECT_FIELD_NAME, ""))
    page = {"next": onward, "username": request.POST.get("username", "")}
    if request.method == "GET":
        return render(request, "desk/sign_in.html", page)
    attempt = people.sign_in(
        username=page["username"],
        password=request.POST.get("password", ""),
        at=settings.CHAIRSIDE_CLOCK.now(),
    )
    if attempt.person is None:
        return render(request, "desk/sign_in.html", {**page, "sentence": attempt.sentence}, status=403)
    login(request, attempt.person, backend=BACKEND)
    safe = url_has_allowed_host_and_scheme(
        onward, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return HttpResponseRedirect(onward if safe else reverse("today"))


@open_to_anyone
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the sign-in on this browser."""
    if isinstance(request.user, Person):
        people.sign_out(by=request.user, at=settings.CHAIRSIDE_CLOCK.now())
    logout(request)
    return HttpResponseRedirect(f"{reverse('sign-in')}?{urlencode({'out': 1})}")


@open_to_anyone
@require_GET
def now(request: HttpRequest) -> JsonResponse:
    """The clinic's time and the rate of its clock; asked for again by a tablet that slept."""
    clock = settings.CHAIRSIDE_CLOCK
    answer = JsonResponse({"now": clock.now().isoformat(), "rate": clock.rate})
    answer["Cache-Control"] = "no-store"
    return answer
