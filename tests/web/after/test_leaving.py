"""Recovery and leaving, through the pages."""

from datetime import timedelta

from tests.actions.afternoon import T0
from tests.charts.endings import ASSESSED
from tests.people import PASSWORD
from tests.web.after.walk import page, post, sentences

SET = {"sbp_mmhg": "124", "dbp_mmhg": "78", "hr_per_min": "72", "spo2_percent": "98"}
PRESCRIBER = {"prescriber_username": "prescriber", "prescriber_password": PASSWORD}
SAID = {True: "yes", False: "no"}


def recover(story, clock, *, leave_out=()):
    """Everything a nurse answers until the patient is ready."""
    clock.at = T0 + timedelta(minutes=60)
    assert post(story, "recovery/set", **SET).status_code == 302
    clock.move(minutes=12)
    assert post(story, "recovery/set", **SET).status_code == 302
    for act, score in (("sedation", "5"), ("dissociation", "0")):
        assert post(story, "recovery/act", act=act, score=score).status_code == 302
    for criterion, answers in ASSESSED.items():
        if criterion not in leave_out:
            said = {f"{criterion}.{name}": SAID[value] for name, value in answers.items()}
            assert post(story, "recovery/answer", criterion=criterion, **said).status_code == 302


def test_a_patient_recovers_is_ready_and_goes_home_with_the_escort(story, clock):
    recover(story, clock)
    assert post(story, "recovery/ready").status_code == 302
    home = {"disposition": "home with escort"}
    refused = post(story, "recovery/release", place="release", **home)
    assert refused.status_code == 422
    assert "seen in person" in sentences(refused)
    assert post(story, "recovery/release", escort_seen="yes", **home).status_code == 302
    assert story.folded.state.release.body.escort == "seen in person"


def test_another_escort_is_kept_in_the_record_and_not_in_the_log(story, clock):
    recover(story, clock)
    post(story, "recovery/ready")
    escort = {"escort_name": "Sam Ode", "escort_phone": "+1 555 0100", "escort_seen": "yes"}
    assert post(story, "recovery/release", disposition="home with escort", **escort).status_code == 302
    story.afternoon.visit.refresh_from_db()
    assert story.afternoon.visit.escort_name == "Sam Ode"
    assert "Sam Ode" not in str(story.folded.events)


def test_it_says_what_is_missing_and_refuses_ready(story):
    refused = post(story, "recovery/ready", place="ready")
    assert refused.status_code == 422
    assert "walks steadily" in sentences(refused).lower()
    assert story.folded.state.phase == "recovering"


def test_a_criterion_lost_takes_ready_back(story, clock):
    recover(story, clock)
    post(story, "recovery/ready")
    post(story, "recovery/answer", criterion="gait", **{"gait.steady": "no"})
    assert story.folded.state.phase == "recovering"


def test_home_without_an_escort_is_the_prescribers_exception_and_decision(story, clock):
    recover(story, clock, leave_out={"escort"})
    assert post(story, "recovery/ready").status_code == 422
    excuse = {"criterion": "escort", "reason": "lives next door, called twice"}
    assert post(story, "recovery/excuse", **excuse).status_code == 422
    assert post(story, "recovery/excuse", **excuse, **PRESCRIBER).status_code == 302
    assert story.folded.state.excused["escort"].stamp.by == story.afternoon.six.prescriber.pk
    assert post(story, "recovery/ready").status_code == 302
    alone = {"disposition": "home without escort"}
    assert post(story, "recovery/release", **alone).status_code == 422
    assert post(story, "recovery/release", **alone, **PRESCRIBER).status_code == 302
    assert story.folded.state.release.stamp.authorised_by == story.afternoon.six.prescriber.pk


def test_an_ambulance_is_never_blocked_not_even_from_a_running_pump(afternoon, clock):
    from tests.charts.endings import Told

    afternoon.until("infusing")
    clock.at = T0 + timedelta(minutes=10)
    story = Told(afternoon)
    gone = {"disposition": "transfer by ambulance", "note": "chest pain"}
    assert post(story, "recovery/release", **gone).status_code == 302
    assert story.folded.state.phase == "released"
    assert "pump was said to run" in page(story, "closing").content.decode()


def test_against_advice_needs_no_criterion(story):
    assert post(story, "recovery/release", disposition="against advice").status_code == 302


def test_the_same_press_twice_is_one_event(story):
    for _ in range(2):
        post(story, "recovery/act", act="sedation", score="5", press="one-press")
    assert len([each for each in story.folded.events if each.id == "one-press"]) == 1


def test_bad_input_is_a_sentence_and_keeps_what_was_typed(story):
    refused = post(story, "recovery/set", place="set", **(SET | {"sbp_mmhg": "12a4"}))
    assert refused.status_code == 422
    assert "expected a number in mmHg" in sentences(refused)
    assert 'value="12a4"' in refused.content.decode()
    assert post(story, "recovery/answer", criterion="no-such").status_code == 422
    assert post(story, "recovery/act", act="sedation", score="9").status_code == 422
    assert post(story, "recovery/release", disposition="vanished").status_code == 422
    assert post(story, "recovery/no-such-verb").status_code == 404


def test_a_value_that_can_hardly_be_true_is_asked_about_once(story):
    odd = SET | {"spo2_percent": "9"}
    before = story.folded.length
    assert post(story, "recovery/set", place="set", **odd).status_code == 422
    assert story.folded.length == before
    assert post(story, "recovery/set", anyway="yes", **odd).status_code == 302


def test_the_page_says_who_saw_what_and_when(story):
    post(story, "recovery/answer", criterion="gait", **{"gait.steady": "yes"})
    html = page(story, "recovery").content.decode()
    assert "The nurse" in html
    assert "just now" in html
