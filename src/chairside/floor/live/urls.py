"""Addresses of the live page: the page, its stream, and what is told from it."""

from django.urls import path

from chairside.floor.live.page import live
from chairside.floor.live.sheets import drug, row
from chairside.floor.live.stream import stream
from chairside.floor.live.telling import tell

urlpatterns = [
    path("sessions/<str:session>/live", live, name="live"),
    path("sessions/<str:session>/stream", stream, name="stream"),
    path("sessions/<str:session>/live/drug/<str:drug>", drug, name="live-drug"),
    path("sessions/<str:session>/live/row/<str:event>", row, name="live-row"),
    path("sessions/<str:session>/live/<str:verb>", tell, name="live-tell"),
]
