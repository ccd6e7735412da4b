"""Addresses of the desk. Identifiers are opaque; no name or record number stands in them."""

from django.urls import path

from chairside.desk import patients, people, signin, site, today

urlpatterns = [
    path("", today.today, name="today"),
    path("sign-in", signin.sign_in, name="sign-in"),
    path("sign-out", signin.sign_out, name="sign-out"),
    path("now", signin.now, name="now"),
    path("patients/", patients.patients, name="patients"),
    path("patients/add", patients.add, name="patient-add"),
    path("patients/<slug:patient>", patients.patient_page, name="patient"),
    path("patients/<slug:patient>/plan", patients.plan, name="plan-add"),
    path("patients/<slug:patient>/visit", patients.visit, name="visit-add"),
    path("site/", site.site, name="site"),
    path("site/<str:kind>/<str:file_id>", site.file_page, name="site-file"),
    path("people/", people.people, name="people"),
    path("people/add", people.add, name="person-add"),
    path("people/<slug:person>/active", people.active, name="person-active"),
]
