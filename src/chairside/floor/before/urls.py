"""Addresses of the pages before the start. Identifiers are opaque; no patient is named here."""

from django.urls import path

from chairside.floor.before import (
    baseline,
    checkin,
    order,
    preparation,
    second_check,
    stopping,
    timeout,
    where,
)

urlpatterns = [
    path("sessions/<slug:session>/", where.session, name="session"),
    path("sessions/<slug:session>/check-in", checkin.page, name="check-in"),
    path("sessions/<slug:session>/check-in/answer/<slug:item>", checkin.answer, name="check-in-answer"),
    path("sessions/<slug:session>/check-in/monitor", baseline.monitor, name="check-in-monitor"),
    path("sessions/<slug:session>/check-in/set", baseline.typed_set, name="check-in-set"),
    path("sessions/<slug:session>/check-in/read-back", baseline.read_back, name="check-in-read-back"),
    path("sessions/<slug:session>/check-in/baseline", baseline.fix, name="check-in-baseline"),
    path("sessions/<slug:session>/check-in/stop/<slug:rule>", stopping.override, name="check-in-stop"),
    path("sessions/<slug:session>/check-in/complete", checkin.complete, name="check-in-complete"),
    path("sessions/<slug:session>/go-home", stopping.go_home, name="go-home"),
    path("sessions/<slug:session>/order", order.page, name="order"),
    path("sessions/<slug:session>/order/arithmetic", order.arithmetic, name="order-arithmetic"),
    path("sessions/<slug:session>/preparation", preparation.page, name="preparation"),
    path("sessions/<slug:session>/preparation/begin", preparation.begin, name="preparation-begin"),
    path("sessions/<slug:session>/preparation/continue", preparation.go_on, name="preparation-continue"),
    path("sessions/<slug:session>/preparation/pump", preparation.pump, name="preparation-pump"),
    path("sessions/<slug:session>/preparation/second-check", second_check.page, name="second-check"),
    path("sessions/<slug:session>/time-out", timeout.page, name="time-out"),
]
