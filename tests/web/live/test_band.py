"""The predicted band: of the course as it stands, the same while it stands, and none without its facts."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chairside.charts import forecast as forecasting
from chairside.charts.forecast import PATIENTS, forecast
from chairside.charts.picture import picture


def test_it_is_the_same_band_until_the_pump_changes(infusing):
    first = forecast(infusing.folded, infusing.at(8))
    assert first.band is not None
    assert first.band.n == PATIENTS >= 500
    infusing.tick(9, hr_per_min=80.0)
    assert forecast(infusing.folded, infusing.at(10)) is first
    infusing.tell(10, "pump.lowered", {"rate_ul_per_h": 26_250})
    later = forecast(infusing.folded, infusing.at(11))
    assert later is not first
    assert later.band.ketamine_ng_per_ml.q50[:10] == pytest.approx(first.band.ketamine_ng_per_ml.q50[:10])
    assert later.band.ketamine_ng_per_ml.q50[30] < first.band.ketamine_ng_per_ml.q50[30]


def test_it_reaches_to_the_planned_end_and_past_it_when_the_pump_runs_on(infusing):
    planned = forecast(infusing.folded, infusing.at(8)).band
    curve = planned.ketamine_ng_per_ml.q50
    assert max(range(len(curve)), key=curve.__getitem__) == 40  # minutes: 35 mL at 52.5 mL/h
    overrun = forecast(infusing.folded, infusing.at(47)).band
    assert overrun.times_s[-1] > planned.times_s[-1]
    assert overrun.ketamine_ng_per_ml.q50[47] > curve[47]


def test_both_substances_are_drawn_and_said_to_be_predicted(infusing):
    found = picture(infusing.folded, infusing.at(8), forecast(infusing.folded, infusing.at(8)))
    assert [each.substance for each in found.bands] == ["ketamine", "norketamine"]
    assert found.band_label == "90 % band"
    for band in found.bands:
        assert all(low <= middle <= high for _, low, middle, high in band.points)


def test_without_a_model_it_says_so_and_draws_nothing(infusing, monkeypatch):
    monkeypatch.setattr(forecasting, "model_of", lambda digest: None)
    found = forecast(infusing.folded, infusing.at(8))
    assert found.band is None
    assert "the signed library holds no model" in found.why
    assert not picture(infusing.folded, infusing.at(8), found).bands


def test_outside_the_models_weights_it_says_so_and_draws_nothing(infusing, monkeypatch):
    monkeypatch.setattr(forecasting, "weight_today_g", lambda rules, state: 400_000)
    found = forecast(infusing.folded, infusing.at(8))
    assert found.band is None
    assert "weight" in found.why


def test_before_the_start_there_is_none(infusing):
    early = replace(infusing.folded, state=replace(infusing.folded.state, pump=()))
    found = forecast(early, infusing.at(0) - timedelta(minutes=5))
    assert found.band is None
    assert "begins with the infusion" in found.why
