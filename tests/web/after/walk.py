"""Posts to the pages after the infusion as one of the six, with the hidden fields as the page drew them."""

import re
from html import unescape

from tests.charts.endings import Told
from tests.people import PASSWORD

WITNESS = {"second_username": "prescriber", "second_password": PASSWORD}


def page(story: Told, name: str, who: str = "nurse"):
    """A page of the session."""
    return story.afternoon.six.browser(who).get(f"/sessions/{story.session}/{name}")


def post(story: Told, where: str, who: str = "nurse", **fields: str):
    """A form of a page; `where` is page/verb. The press is drawn from the page, unless given."""
    browser = story.afternoon.six.browser(who)
    url = f"/sessions/{story.session}/{where}"
    if "press" not in fields:
        html = browser.get(url.rpartition("/")[0]).content.decode()
        fields["press"] = re.findall(r'name="press" value="([^"]+)"', html)[-1]
    return browser.post(url, fields)


def sentences(answer) -> str:
    """What a refused page says."""
    found = re.findall(r'role="alert">(.*?)</div>', answer.content.decode(), re.DOTALL)
    return unescape(re.sub(r"<[^>]+>", "", " ".join(found)))


def count(story: Told, account: str, amount: str, **fields: str):
    """States one account of the first syringe in mL."""
    said = {
        "substance": "ketamine",
        "container": "syringe 1",
        "account": account,
        "amount": amount,
        "unit": "mL",
        "how_known": "read on the syringe",
        "place": "here",
    }
    return post(story, "closing/count", **(said | fields))
