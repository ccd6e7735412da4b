"""The clocks of a page go by the clinic's time and rate, whatever the tablet's own clock says."""

import tomllib
from pathlib import Path

import pytest

CASES = tomllib.loads((Path(__file__).parents[1] / "spec" / "ui" / "clock.toml").read_text("utf-8"))["case"]
NOON = "2026-11-23T20:00:00+00:00"


def in_page(page, script, told=None):
    """Runs a script beside the page's own clock module."""
    return page.evaluate(
        f"async (told) => {{ const clock = await import('/static/ui/clock.js'); {script} }}", told
    )


def at_sign_in(new_tablet):
    page = new_tablet()
    page.goto("/sign-in")
    return page


def test_each_clock_says_what_its_cases_say(new_tablet):
    page = at_sign_in(new_tablet)
    for case in CASES:
        said = in_page(page, "return told.given.map((each) => clock[told.clock](each));", case)
        assert said == case["expect"], case["title"]


def test_a_page_takes_the_clinics_time_and_not_the_tablets(new_tablet):
    page = at_sign_in(new_tablet)
    now = in_page(page, "clock.setServerTime(told); return clock.clinicNow() - Date.parse(told);", NOON)
    assert 0 <= now < 1000


def test_a_clock_at_sixty_times_runs_sixty_times_as_fast(new_tablet):
    page = at_sign_in(new_tablet)
    script = """
      clock.setServerTime(told, 60);
      const began = performance.now();
      await new Promise((done) => setTimeout(done, 200));
      return (clock.clinicNow() - Date.parse(told)) / (performance.now() - began);
    """
    assert in_page(page, script, NOON) == pytest.approx(60, rel=0.05)


@pytest.mark.parametrize(("iso", "rate"), [("yesterday", 1), (NOON, 0), (NOON, -1)])
def test_a_time_or_rate_that_is_none_changes_nothing(new_tablet, iso, rate):
    page = at_sign_in(new_tablet)
    script = """
      const before = clock.clinicNow();
      clock.setServerTime(told.iso, told.rate);
      return clock.clinicNow() - before;
    """
    assert abs(in_page(page, script, {"iso": iso, "rate": rate})) < 1000


def test_the_clocks_on_a_page_are_written_and_a_late_one_is_marked(new_tablet):
    page = at_sign_in(new_tablet)
    script = """
      const make = (kind, at) => {
        const element = document.createElement("time");
        Object.assign(element.dataset, { clock: kind, at });
        return document.body.appendChild(element);
      };
      const made = [
        make("since", "2026-11-23T19:41:28Z"), make("since", "2026-11-23T20:01:30Z"),
        make("age", "2026-11-23T19:59:58Z"), make("due", "2026-11-23T19:58:00Z"), make("age", "never"),
      ];
      clock.setServerTime(told);
      return made.map((each) => [each.textContent, each.classList.contains("late")]);
    """
    assert in_page(page, script, NOON) == [
        ["T+18:32", False],
        ["T−1:30", False],
        ["2 s ago", False],
        ["2 min late", True],
        ["", False],
    ]
