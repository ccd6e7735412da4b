"""The case files of `tests/spec/pharmacology`."""

import re
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from chairside.core.pharmacology import Bolus, PredictionRefused, Profile, Segment, predict_band

SPEC = Path(__file__).parents[2] / "spec" / "pharmacology"


def cases(topic):
    parsed = tomllib.loads((SPEC / f"{topic}.toml").read_text("utf-8"))["case"]
    return [pytest.param(case, id=case["title"]) for case in parsed]


def profile_of(case):
    return Profile(
        enantiomer=case.get("enantiomer", "racemic"),
        segments=tuple(Segment(**segment) for segment in case.get("segments", [])),
        boluses=tuple(Bolus(**bolus) for bolus in case.get("boluses", [])),
    )


@pytest.mark.parametrize("case", cases("concentrations"))
def test_the_typical_patient(case, typical_course):
    times_s = [expected["at_s"] for expected in case["expect"]]
    course = typical_course(profile_of(case), times_s, weight_kg=case["weight_kg"])
    for expected, (ketamine, norketamine) in zip(case["expect"], course.T, strict=True):
        assert ketamine == pytest.approx(expected["ketamine_ng_per_ml"], abs=5e-3)
        if "norketamine_ng_per_ml" in expected:
            assert norketamine == pytest.approx(expected["norketamine_ng_per_ml"], abs=5e-3)


@pytest.mark.parametrize("case", cases("refusals"))
def test_it_predicts_or_says_why_not(case, kamp_otto):
    def predict():
        return predict_band(
            kamp_otto,
            profile_of(case),
            weight_kg=case.get("weight_kg", 70),
            times_s=case.get("times_s", [0, 600]),
            n=case.get("n", 500),
            generator=np.random.default_rng(1),
        )

    if "refused" not in case:
        assert predict().n == case.get("n", 500)
        return
    with pytest.raises(PredictionRefused, match="^" + re.escape(case["refused"])):
        predict()


@pytest.mark.parametrize("case", cases("published"))
@pytest.mark.parametrize("substance", ["ketamine", "norketamine"])
def test_a_published_curve_is_reproduced(case, substance, kamp_otto, typical_course):
    model = replace(kamp_otto, enantiomer=case["enantiomer"])
    times_s = [3600 * at_h for at_h in case["at_h"]]
    course = typical_course(profile_of(case), times_s, weight_kg=case["weight_kg"], model=model)
    predicted = course[["ketamine", "norketamine"].index(substance)]
    published = case[f"{substance}_ng_per_ml"]
    last_digit = 0.06 if any(value % 1 for value in published["predicted"]) else 0.6
    assert predicted == pytest.approx(np.array(published["predicted"]), abs=last_digit)
    error = np.array(published["observed"]) / predicted - 1
    assert abs(np.median(error)) <= 0.10
    assert np.median(abs(error)) <= 0.20
