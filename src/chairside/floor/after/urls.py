"""Addresses of the pages after the infusion. Identifiers are opaque; no patient is named here."""

from django.urls import path

from chairside.floor.after import closing, flowsheet, recovery

urlpatterns = [
    path("sessions/<slug:session>/recovery", recovery.page, name="recovery"),
    path("sessions/<slug:session>/recovery/<slug:verb>", recovery.tell, name="recovery-tell"),
    path("sessions/<slug:session>/closing", closing.page, name="closing"),
    path("sessions/<slug:session>/closing/<slug:verb>", closing.tell, name="closing-tell"),
    path("sessions/<slug:session>/flowsheet", flowsheet.page, name="flowsheet"),
]
