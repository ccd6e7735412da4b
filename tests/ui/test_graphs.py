"""The graphs: gaps stay gaps, peaks stay peaks, what is predicted says so, and text stays text."""

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from chairside.ui.graphs import Band, Chart, Due, Gap, Limit, Mark, Pressure, RateStep, Series, draw
from chairside.ui.graphs.scales import Scale, room_for, runs, thinned, tick_words, time_ticks, value_ticks

MINUTE = 60
SVG = "{http://www.w3.org/2000/svg}"


def chart(**parts) -> Chart:
    return Chart(**{"start_s": -15 * MINUTE, "end_s": 60 * MINUTE, **parts})


def picture(**parts) -> ElementTree.Element:
    return ElementTree.fromstring(draw(chart(**parts)))


def all_with(tree: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [each for each in tree.iter() if name in each.get("class", "").split()]


def texts(tree: ElementTree.Element) -> list[str]:
    return [each.text or "" for each in tree.iter(f"{SVG}text")]


def hr(*points, gap_s=30):
    return Series("hr", points, gap_s)


def lines(tree):
    return [
        each for each in all_with(tree, "g-hr") if each.get("d", "").count("L") and "h14" not in each.get("d")
    ]


def test_a_line_breaks_where_two_values_are_further_apart_than_the_gap():
    assert len(lines(picture(series=(hr((0, 70), (30, 71), (60, 72)),)))) == 1
    assert len(lines(picture(series=(hr((0, 70), (30, 71), (61, 72), (90, 73)),)))) == 2


def test_a_line_breaks_at_a_value_that_was_not_measured():
    assert len(lines(picture(series=(hr((0, 70), (10, 71), (20, None), (30, 72), (40, 73)),)))) == 2


def test_what_is_not_a_number_is_a_gap_and_never_a_place():
    drawn = draw(chart(series=(hr((0, 70), (10, float("nan")), (20, float("inf")), (30, 72)),)))
    assert not re.search(r"\b(nan|inf)\b", drawn)


def test_a_value_that_stands_alone_is_a_dot():
    tree = picture(series=(hr((0, 70), (10, None), (20, 71), (30, 72)),))
    assert len(all_with(tree, "g-dot")) == 1


def test_values_that_arrive_out_of_order_are_drawn_in_order():
    assert draw(chart(series=(hr((20, 72), (0, 70), (10, 71)),))) == draw(
        chart(series=(hr((0, 70), (10, 71), (20, 72)),))
    )


def test_thinning_keeps_the_highest_and_the_lowest_of_every_column():
    points = [(x / 100, 50.0) for x in range(1000)]
    points[123], points[456] = (1.23, 5.0), (4.56, 95.0)
    kept = thinned(points)
    assert len(kept) <= 40
    assert {(1.23, 5.0), (4.56, 95.0)} <= set(kept)


def test_two_hours_of_a_reading_each_second_stay_a_small_picture():
    series = Series("hr", tuple((t, 70 + t % 7) for t in range(7200)), 30)
    assert len(draw(Chart(start_s=0, end_s=7200, series=(series,)))) < 60_000


def test_a_scale_grows_so_that_nothing_is_cut_off():
    assert room_for([182, 104], low=50, high=160, grain=10) == (50, 190)
    assert room_for([160, 50], low=50, high=160, grain=10) == (50, 160)
    assert room_for([160.1, 49.9], low=50, high=160, grain=10) == (40, 170)


def test_a_limit_beyond_the_values_is_on_the_picture():
    tree = picture(limits=(Limit("bp", 200, "stop 200", "high"),))
    [line] = all_with(tree, "g-limit")
    assert float(line.get("y1")) >= 36
    assert "stop 200" in texts(tree)


def test_words_of_limits_that_lie_close_stand_apart():
    tree = picture(limits=tuple(Limit("bp", 160 - n, f"limit {n}", "med") for n in range(3)))
    rows = sorted(
        float(each.get("y")) for each in tree.iter(f"{SVG}text") if (each.text or "").startswith("limit")
    )
    assert all(later - earlier >= 11.9 for earlier, later in pairwise(rows))


def test_a_prediction_is_hatched_and_dashed_and_says_it_was_not_measured():
    band = Band("ketamine", ((0, 0, 0, 0), (600, 60, 100, 140)))
    tree = picture(bands=(band,), band_label="90 % band")
    [area] = all_with(tree, "g-band")
    assert area.get("fill") == "url(#g-ketamine)"
    assert "predicted, not measured · 90 % band" in texts(tree)
    assert "predicted, not measured" in " ".join(
        each.text or "" for each in ElementTree.fromstring(draw(chart(bands=(band,)), width=360)).iter()
    )


def test_without_a_prediction_no_scale_of_concentration_is_drawn():
    said = texts(picture())
    assert "ng/mL" not in said
    assert "no prediction: it begins with the infusion" in said


def test_an_empty_panel_says_that_it_is_empty():
    assert texts(picture()).count("no values yet") == 2
    assert texts(picture(pressures=(Pressure(0, 120, 80),))).count("no values yet") == 1


def test_every_pressure_is_one_bar_from_systolic_to_diastolic():
    tree = picture(pressures=(Pressure(0, 120, 80), Pressure(300, 140, 90)))
    bars = [each for each in all_with(tree, "g-bp") if each.find(f"{SVG}title") is not None]
    assert [each.find(f"{SVG}title").text for each in bars] == ["120/80 mmHg", "140/90 mmHg"]


def test_a_gap_is_hatched_over_its_own_time_and_named():
    tree = picture(gaps=(Gap("spo2", 450, 600, "no signal 2:30"),))
    [area] = [each for each in tree.iter(f"{SVG}rect") if each.get("fill") == "url(#g-gap)"]
    x = Scale(-15 * MINUTE, 60 * MINUTE, 36, 690)
    assert float(area.get("x")) == pytest.approx(x(450), abs=0.1)
    assert float(area.get("width")) == pytest.approx(x(600) - x(450), abs=0.1)
    assert "no signal 2:30" in texts(tree)


def test_what_lies_outside_the_axis_is_not_drawn():
    tree = picture(
        pressures=(Pressure(-16 * MINUTE, 120, 80),),
        marks=(Mark(61 * MINUTE, "late note"),),
        dues=(Due(61 * MINUTE, "vitals"),),
        gaps=(Gap("spo2", 3700, 3800, "later"),),
        steps=(RateStep(3700, 3800, 50, "later too"),),
    )
    assert not {"late note", "later", "later too"} & set(texts(tree))
    assert not all_with(tree, "g-due") and not all_with(tree, "g-rate")


def test_every_mark_keeps_its_shape_when_its_words_find_no_room():
    marks = tuple(Mark(600, f"act number {n}") for n in range(40))
    tree = picture(marks=marks)
    assert len(all_with(tree, "g-mark")) == 40
    assert len(all_with(tree, "g-act-word")) < 40


def test_an_alarm_keeps_its_words_before_an_act_does():
    marks = (*(Mark(600, f"act number {n}") for n in range(40)), Mark(600, "BP 168", "alarm-high"))
    assert "BP 168" in texts(picture(marks=marks))


def test_words_of_marks_never_lie_on_each_other():
    tree = picture(marks=tuple(Mark(60 * n, f"thing {n}", "act") for n in range(30)))
    spans = {}
    for each in all_with(tree, "g-act-word"):
        x, wide = float(each.get("x")), 6.4 * len(each.text)
        left = x - wide if each.get("text-anchor") == "end" else x
        spans.setdefault(each.get("y"), []).append((left, left + wide))
    for row in spans.values():
        row.sort()
        assert all(before[1] <= after[0] for before, after in pairwise(row))


def test_a_late_check_says_so_and_one_that_is_due_is_an_open_circle():
    tree = picture(dues=(Due(300, "look", late=True), Due(1800, "vitals")))
    assert len(all_with(tree, "g-due")) == 2
    assert len(all_with(tree, "g-late")) == 1
    assert {"look late", "vitals due"} <= set(texts(tree))


def test_a_pause_is_drawn_and_a_planned_rate_is_told_from_one_that_ran():
    tree = picture(
        steps=(
            RateStep(0, 600, 52.5, "52.5 mL/h"),
            RateStep(600, 720, 0, "paused"),
            RateStep(720, 2400, 40, "40 mL/h", planned=True),
        )
    )
    assert [each.get("class") for each in all_with(tree, "g-rate")] == [
        "g-rate",
        "g-rate g-paused",
        "g-rate g-planned",
    ]


def test_whatever_it_is_told_stays_text():
    evil = '<script>alert("x")</script>&'
    tree = picture(
        title=evil,
        limits=(Limit("bp", 150, evil, "high"),),
        gaps=(Gap("spo2", 0, 60, evil),),
        marks=(Mark(0, evil),),
        dues=(Due(0, evil),),
        steps=(RateStep(0, 600, 5, evil),),
        zero_clock=evil,
        band_label=evil,
        bands=(Band("ketamine", ((0, 0, 1, 2), (60, 1, 2, 3))),),
    )
    assert not [each for each in tree.iter() if "script" in each.tag]
    assert evil in texts(tree)


def test_nothing_is_styled_in_place():
    assert "style=" not in draw(chart(series=(hr((0, 70), (30, 71)),), now_s=300))


def test_two_pictures_on_one_page_do_not_share_a_pattern():
    assert 'id="a-gap"' in draw(chart(), key="a") and 'id="a-gap"' not in draw(chart(), key="b")


@pytest.mark.parametrize(("width", "key"), [(319, "g"), (720, "g'"), (720, "")])
def test_it_refuses_a_width_or_a_key_that_would_break_the_page(width, key):
    with pytest.raises(ValueError, match="graph: expected"):
        draw(chart(), width=width, key=key)


def test_it_refuses_an_axis_that_does_not_run():
    with pytest.raises(ValueError, match="expected an axis"):
        Chart(start_s=60, end_s=60)


@pytest.mark.parametrize("seconds", [60, 600, 3600, 4 * 3600, 24 * 3600])
def test_ticks_of_time_lie_on_whole_minutes_and_can_be_read(seconds):
    ticks = time_ticks(-900, seconds, 650)
    assert all(tick % 60 == 0 for tick in ticks)
    assert 2 <= len(ticks) <= 14


def test_ticks_say_minutes_since_the_start():
    assert [tick_words(t) for t in (-900, 0, 900)] == ["−15", "T0", "+15"]


def test_ticks_of_values_are_round_and_inside():
    assert value_ticks(50, 160, 4) == [80, 120, 160]
    assert value_ticks(88, 100, 3) == [88, 92, 96, 100]
    assert value_ticks(0, 350, 4) == [0, 100, 200, 300]


def test_runs_end_at_the_edge_of_the_axis():
    assert runs([(-1, 70), (0, 71), (1, 72), (2, 73)], gap_s=5, start_s=0, end_s=1) == [[(0, 71), (1, 72)]]
