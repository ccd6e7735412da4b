"""The live page: what it shows, and who may look."""

from tests.web.live.running import Running


def page(infusing: Running, who: str = "nurse") -> str:
    """The page in that person's browser."""
    answer = infusing.six.browser(who).get(f"/sessions/{infusing.session}/live")
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_shows_who_sits_there_and_what_runs(infusing):
    text = page(infusing)
    for each in ("Rivera, Ana", "14 Mar 1979", "none known", "70.2 kg today", "infusion 1 of 6", "52.5 mL/h"):
        assert each in text
    assert "The monitor at the chair is the primary alarm" in text
