"""Telling: forms into events, once each; refused in sentences that name what was expected."""

import pytest

from tests.web.live.running import Running

HTMX = {"HTTP_HX_REQUEST": "true"}


def tell(infusing: Running, verb: str, who: str = "nurse", **form: str):
    """One form sent as the page sends it."""
    return infusing.six.browser(who).post(f"/sessions/{infusing.session}/live/{verb}", form, **HTMX)


def kinds(infusing: Running) -> list[str]:
    """What was told since the start."""
    events = infusing.folded.events
    start = next(index for index, each in enumerate(events) if each.kind == "pump.started")
    return [each.kind for each in events[start + 1 :] if each.kind != "verdict.recorded"]


PRESS = "018f0000-0000-7000-8000-000000000001"


def test_the_same_press_twice_is_one_event(infusing):
    for _ in range(2):
        assert tell(infusing, "act", act="resting", press=PRESS).status_code == 200
    assert kinds(infusing) == ["act.recorded"]
    assert PRESS in {each.id for each in infusing.folded.events}


@pytest.mark.parametrize(
    ("verb", "form", "kind"),
    [
        ("act", {"act": "nausea", "score": "1"}, "act.recorded"),
        ("paused", {"reason": "the patient asked"}, "pump.paused"),
        ("stopped", {}, "pump.stopped"),
        ("changed", {"rate": "26.25"}, "pump.lowered"),
        ("read", {"rate": "52.5", "volume": "10.5"}, "pump.read"),
        ("missed", {"check": "look", "reason": "the patient declined"}, "check.not_taken"),
        ("vein-lost", {}, "vein.lost"),
        ("new-vein", {"new_site": "left hand"}, "vein.lost"),
        ("note", {"text": "blanket"}, "note.added"),
        ("adverse", {"term": "headache", "severity": "mild"}, "adverse.recorded"),
        ("set", {"sbp_mmhg": "130", "dbp_mmhg": "80"}, "observation.recorded"),
        (
            "given",
            {"drug": "ondansetron", "dose": "4 mg", "route": "intravenous"},
            "drug.given",
        ),
    ],
)
def test_each_press_writes_its_own_kind(infusing, verb, form, kind):
    answer = tell(infusing, verb, **form)
    assert answer.status_code == 200, answer.content.decode()
    assert kinds(infusing) == [kind]
    assert "Undo" in answer.content.decode()


@pytest.mark.parametrize(
    ("verb", "form", "sentence"),
    [
        ("act", {"act": "dancing"}, "act: expected one of the signed list"),
        ("act", {"act": "nausea", "score": "9"}, "expected one of the scores 0, 1, 2, 3"),
        ("changed", {"rate": "52,5"}, "with a point, not a comma"),
        ("changed", {"rate": "52.5"}, "rate: expected another one"),
        ("changed", {"rate": "60"}, "above the ordered 52.5 mL/h"),
        ("changed", {"rate": "0"}, "rate: expected above 0"),
        ("read", {"rate": ""}, "rate: expected a number in mL/h"),
        ("act", {"act": "resting", "minutes_ago": "soon"}, "minutes ago: expected a whole number"),
        ("act", {"act": "resting", "clock": "25:00"}, "clock: expected a time as HH:MM"),
        ("missed", {"check": "look", "reason": ""}, "reason: expected why it was not taken"),
        ("set", {}, "values: expected at least one"),
        ("set", {"spo2_percent": "9,7"}, "SpO2: expected a number"),
        (
            "given",
            {"drug": "ondansetron", "dose": "4", "route": "intravenous"},
            "with its unit, mg",
        ),
        ("given", {"drug": "midazolam", "dose": "1 mg", "route": "intravenous"}, "draw it first"),
        ("started", {"rate": "52.5"}, "this one is infusing"),
        ("adverse", {"term": "headache"}, "severity: expected mild, moderate or severe"),
        ("seen", {"alarm": "no-such"}, "alarm: expected one of this session"),
    ],
)
def test_what_can_not_be_is_refused_in_one_sentence(infusing, verb, form, sentence):
    answer = tell(infusing, verb, **form)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not kinds(infusing)


def test_up_needs_the_prescriber_and_down_needs_nobody(infusing):
    assert tell(infusing, "changed", rate="30").status_code == 200
    assert tell(infusing, "changed", rate="52.5").status_code == 200
    assert kinds(infusing) == ["pump.lowered", "pump.raised"]


def test_a_controlled_drug_is_drawn_first_and_named_by_its_syringe(infusing):
    drawn = {"vial": "M1", "content": "5", "strength": "5", "drawn": "2", "syringe": "S1", "lot": "L"}
    assert tell(infusing, "drawn", drug="midazolam", expiry="2029-01-31", **drawn).status_code == 200
    form = infusing.six.browser("nurse").get(f"/sessions/{infusing.session}/live/drug/midazolam")
    assert "<option>S1</option>" in form.content.decode()
    given = {"drug": "midazolam", "dose": "1 mg", "route": "intravenous", "syringe": "S1"}
    assert tell(infusing, "given", **given).status_code == 200
    assert [each.kind for each in infusing.folded.state.drugs] == ["drug.drawn", "drug.given"]


def test_a_mis_tap_is_struck_by_one_more_and_only_by_who_made_it(infusing):
    tell(infusing, "act", act="vomited", press=PRESS)
    assert tell(infusing, "undo", who="prescriber", event=PRESS).status_code == 422
    assert tell(infusing, "undo", event=PRESS).status_code == 200
    assert not [each for each in infusing.folded.state.acts if each.body.act == "vomited"]
    assert (
        "<s>Vomited</s>"
        in infusing.six.browser("nurse").get(f"/sessions/{infusing.session}/live").content.decode()
    )


def test_an_old_entry_is_not_undone_but_struck_out_with_a_reason(infusing):
    infusing.tell(3, "act.recorded", {"act": "vomited"})
    event = infusing.folded.state.acts[-1].stamp.event
    answer = tell(infusing, "undo", event=event)
    assert answer.status_code == 422
    assert "strike it out in the record" in answer.content.decode()
    assert tell(infusing, "strike", event=event, reason="").status_code == 422
    assert tell(infusing, "strike", event=event, reason="never happened").status_code == 200


def test_every_entry_of_the_record_opens_to_be_mended(infusing):
    infusing.tell(4, "act.recorded", {"act": "nausea", "score": 1})
    infusing.tell(5, "pump.read", {"rate_ul_per_h": 52_500, "volume_ul": 4_400})
    nurse = infusing.six.browser("nurse")
    for each in infusing.folded.events:
        answer = nurse.get(f"/sessions/{infusing.session}/live/row/{each.id}")
        listed = each.kind not in ("verdict.recorded", "session.planned", "checkin.answered")
        assert answer.status_code == (200 if listed else 404), each.kind


def test_a_correction_of_numbers_keeps_the_rest_as_it_was(infusing):
    tell(infusing, "set", sbp_mmhg="173", dbp_mmhg="86", spo2_percent="97", press=PRESS)
    form = {"event": PRESS, "sbp_mmhg": "137", "dbp_mmhg": "86", "spo2_percent": "97", "reason": "misread"}
    assert tell(infusing, "correct", **form).status_code == 200
    last = infusing.folded.state.observations[-1].accepted()
    assert last == {"sbp_mmhg": 137.0, "dbp_mmhg": 86.0, "spo2_percent": 97.0}


def test_a_correction_that_changes_nothing_is_refused(infusing):
    tell(infusing, "note", text="blanket", press=PRESS)
    answer = tell(infusing, "correct", event=PRESS, text="blanket", reason="again")
    assert answer.status_code == 422
    assert "expected something else than what stands" in answer.content.decode()
