"""Patients: the list, a patient's page, a plan to sign and a visit to plan."""

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from chairside.accounts.access import NotAllowed, may, require
from chairside.actions.fields import BadFields
from chairside.actions.patients import NewPlan, NewVisit, add_patient, plan_visit, sign_plan
from chairside.actions.sessions import Refused
from chairside.desk.clinic import found, now, person_of
from chairside.desk.forms import PatientForm, PlanForm, VisitForm
from chairside.desk.site import readable_files
from chairside.desk.today import row_of
from chairside.records.models import Patient

STAFF = ("nurse", "prescriber", "manager")
SHOWN_AT_MOST = 100
SEARCHED_AT_MOST = 200


@require(*STAFF)
@require_http_methods(["GET", "POST"])
def patients(request: HttpRequest) -> HttpResponse:
    """Patients by name; a search is posted, so that no name stands in an address."""
    person = person_of(request)
    words = request.POST.get("words", "").strip()
    rows = Patient.objects.of(person.clinic)
    if len(words) > SEARCHED_AT_MOST:
        sentence = f"Search: expected at most {SEARCHED_AT_MOST} characters of a name or record number."
        refused = {"patients": rows.none(), "words": words, "sentence": sentence}
        return render(request, "desk/patients.html", refused, status=422)
    for word in words.split():
        rows = rows.filter(
            Q(family_name__icontains=word) | Q(given_name__icontains=word) | Q(record_number__iexact=word)
        )
    page = {
        "patients": rows.prefetch_related("allergies")[:SHOWN_AT_MOST],
        "count": rows.count(),
        "words": words,
        "shown_at_most": SHOWN_AT_MOST,
        "may_add": may(person, "patients.add"),
    }
    return render(request, "desk/patients.html", page)


@require(*STAFF)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Adds a patient."""
    by = person_of(request)
    form = PatientForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            patient = add_patient(form.patient(), clinic=by.clinic, by=by, at=now())
            return HttpResponseRedirect(reverse("patient", args=[patient.pk]))
        except BadFields as bad:
            form.take(bad)
    return render(request, "desk/patient_add.html", {"form": form}, status=422 if form.errors else 200)


@require(*STAFF)
@require_GET
def patient_page(request: HttpRequest, patient: str) -> HttpResponse:
    """One patient: who, allergies, last measures, plans and visits."""
    person = person_of(request)
    row = found(Patient.objects.of(person.clinic), pk=patient)
    page = {
        "patient": row,
        "age": row.age_on(person.clinic.local(now()).date()),
        "weight": row.last("weight_g"),
        "item9": row.last("phq9_item9"),
        "plans": row.plans.select_related("prescriber"),
        "visits": [row_of(visit) for visit in row.visits.select_related("chair", "plan", "patient")],
        "may_plan": may(person, "plans.add"),
        "may_visit": may(person, "sessions.plan"),
    }
    return render(request, "desk/patient.html", page)


@require("prescriber")
@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest, patient: str) -> HttpResponse:
    """A prescriber signs a plan."""
    by = person_of(request)
    row = found(Patient.objects.of(by.clinic), pk=patient)
    versions = protocols()
    choices = [(file_id, f"{title} ({version})") for file_id, (title, version) in versions.items()]
    form = PlanForm(request.POST or None, protocols=choices)
    if request.method == "POST" and form.is_valid():
        it = form.cleaned_data
        new = NewPlan(it["indication"], it["protocol"], versions[it["protocol"]][1], it["infusions"])
        try:
            sign_plan(new, patient=row, by=by, at=now())
            return HttpResponseRedirect(reverse("patient", args=[row.pk]))
        except BadFields as bad:
            form.take(bad)
    page = {"form": form, "patient": row, "no_protocol": not versions}
    return render(request, "desk/plan_add.html", page, status=422 if form.errors else 200)


@require(*STAFF)
@require_http_methods(["GET", "POST"])
def visit(request: HttpRequest, patient: str) -> HttpResponse:
    """Plans a visit; the session's log begins with it."""
    by = person_of(request)
    row = found(Patient.objects.of(by.clinic), pk=patient)
    form = VisitForm(request.POST or None, patient=row)
    if request.method == "POST" and form.is_valid():
        it = form.cleaned_data
        new = NewVisit(it["plan"], it["chair"], it["infusion_number"], form.scheduled_at(by.clinic))
        try:
            plan_visit(new, clinic=by.clinic, by=by, at=now())
            return HttpResponseRedirect(reverse("today"))
        except BadFields as bad:
            form.take(bad)
        except Refused as refused:
            form.take(BadFields({"form": " ".join(f"{each.reason}." for each in refused.reasons)}))
        except NotAllowed as refusal:
            form.take(BadFields({"form": str(refusal)}))
    page = {"form": form, "patient": row}
    return render(request, "desk/visit_add.html", page, status=422 if form.errors else 200)


def protocols() -> dict[str, tuple[str, str]]:
    """Title and version of every protocol in force at this site, by id."""
    files = [each.in_force for each in readable_files().values() if each.in_force.kind == "protocol"]
    return {file.id: (file.title, file.version) for file in files}
