"""Components that rooms share: errors stand beside their field, times are the clinic's, text stays text."""

from datetime import UTC, datetime

import pytest
from django import forms
from django.template import Context, Engine

from chairside.ui.graphs import Chart, Mark

AT = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
ENGINE = Engine(
    app_dirs=True,
    libraries={"house": "chairside.ui.templatetags.house"},
    builtins=["chairside.ui.templatetags.house"],
)


def rendered(template: str, **context) -> str:
    return ENGINE.from_string(template).render(Context(context))


class Weight(forms.Form):
    weight_kg = forms.DecimalField(label="Weight", help_text="Measured today.")
    note = forms.CharField(required=False)
    sober = forms.BooleanField(label="Sober", required=False)


def test_a_field_has_its_label_its_help_and_its_unit():
    said = rendered('{% field form.weight_kg unit="kg" %}', form=Weight())
    assert '<label for="id_weight_kg">Weight</label>' in said
    assert 'aria-describedby="id_weight_kg_help"' in said and 'id="id_weight_kg_help">Measured today.' in said
    assert "<span>kg</span>" in said


def test_a_refused_field_says_why_beside_itself_and_to_a_screen_reader():
    form = Weight({"weight_kg": "heavy"})
    said = rendered("{% field form.weight_kg %}", form=form)
    assert 'aria-invalid="true"' in said
    assert 'aria-describedby="id_weight_kg_help id_weight_kg_error"' in said
    assert 'id="id_weight_kg_error">Enter a number.' in said


def test_only_a_field_that_may_stay_empty_says_optional():
    assert "(optional)" in rendered("{% field form.note %}", form=Weight())
    assert "(optional)" not in rendered("{% field form.weight_kg %}", form=Weight())


def test_a_tick_is_pressed_by_its_words_too():
    said = rendered("{% field form.sober %}", form=Weight())
    assert '<label class="tick" for="id_sober">' in said


@pytest.mark.parametrize(
    ("shown", "expect"),
    [("hhmm", "21:30"), ("day", "Mon 23 Nov 2026"), ("moment", "23 Nov 2026, 21:30")],
)
def test_times_are_of_the_clinics_wall_and_day(shown, expect):
    assert rendered(f"{{{{ at|{shown}:'America/Los_Angeles' }}}}", at=AT) == expect


@pytest.mark.parametrize("shown", ["hhmm", "day", "moment"])
def test_a_time_that_is_not_known_is_left_empty(shown):
    assert rendered(f"{{{{ at|{shown}:'Europe/Paris' }}}}", at=None) == ""


def test_a_graph_is_drawn_in_the_page_and_what_it_is_told_stays_text():
    chart = Chart(start_s=0, end_s=600, marks=(Mark(60, "<b>nausea</b>"),))
    said = rendered("{% graph chart %}", chart=chart)
    assert said.startswith("<svg ") and "&lt;b&gt;nausea&lt;/b&gt;" in said


@pytest.mark.parametrize(
    ("told", "said", "not_said"),
    [
        ({"demo": True}, ["demo, not for care"], ["NOT FOR CARE"]),
        ({"not_for_care": True}, ["NOT FOR CARE"], ["clock runs"]),
        (
            {"not_for_care": True, "demo": True, "clock_not_for_care": True, "clock_rate": 60.0},
            ["NOT FOR CARE: the clock runs at 60×", "demo, not for care"],
            [],
        ),
        ({}, [], ["care"]),
    ],
)
def test_the_sash_says_what_a_page_is_not_for(told, said, not_said):
    page = rendered('{% include "ui/sash.html" %}', **told)
    assert all(words in page for words in said)
    assert not [words for words in not_said if words in page]


def test_a_stop_is_told_by_a_shape_and_a_word_and_not_by_colour_alone():
    stops = [{"kind": "stop", "title": "Weight of today", "why": "none"}, {"kind": "met", "title": "Consent"}]
    said = rendered('{% include "ui/stops.html" %}', stops=stops)
    assert "■" in said and "✓" in said and "Weight of today" in said


def test_signing_in_place_never_fills_in_a_second_person():
    said = rendered('{% include "ui/reauth.html" %}')
    assert 'name="second_username" autocomplete="off"' in said
    assert "value=" not in said
