"""The people of the clinic, for its manager."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chairside.accounts.access import require
from chairside.accounts.models import Person
from chairside.actions.fields import BadFields
from chairside.actions.people import add_person, set_active
from chairside.desk.clinic import found, now, person_of
from chairside.desk.forms import PersonForm


@require("manager")
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Everyone who may sign in here, and those who no longer may."""
    clinic = person_of(request).clinic
    everyone = Person.objects.of(clinic).order_by("-is_active", "display_name")
    return render(request, "desk/people.html", {"people": everyone})


@require("manager")
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Lets one more person in."""
    by = person_of(request)
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            add_person(form.person(), clinic=by.clinic, by=by, at=now())
            return HttpResponseRedirect(reverse("people"))
        except BadFields as bad:
            form.take(bad)
    return render(request, "desk/person_add.html", {"form": form}, status=422 if form.errors else 200)


@require("manager")
@require_POST
def active(request: HttpRequest, person: str) -> HttpResponse:
    """Closes or opens someone's account; their past acts keep their name."""
    by = person_of(request)
    someone = found(Person.objects.of(by.clinic), pk=person)
    wanted = request.POST.get("active", "")
    try:
        if wanted not in ("yes", "no"):
            raise BadFields({"active": "account: expected yes to open it or no to close it"})
        set_active(someone, active=wanted == "yes", by=by, at=now())
    except BadFields as bad:
        sentence = " ".join(bad.sentences.values())
        everyone = Person.objects.of(by.clinic).order_by("-is_active", "display_name")
        return render(request, "desk/people.html", {"people": everyone, "sentence": sentence}, status=422)
    return HttpResponseRedirect(reverse("people"))
