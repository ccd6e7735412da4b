"""Static files as a tablet gets them, through the server that serves them."""

from urllib.request import Request, urlopen

import pytest

from tests.house.reading import HOUSE

STYLE = HOUSE / "ui" / "static" / "ui" / "house.css"


def asked(url, **headers):
    """The answer to a request for the house's style sheet."""
    return urlopen(Request(f"{url}/static/ui/house.css", headers=headers))


def test_a_file_arrives_whole_with_its_kind_and_length(live_url):
    with asked(live_url) as answer:
        assert answer.read() == STYLE.read_bytes()
        assert answer.headers["Content-Type"].startswith("text/css")
        assert int(answer.headers["Content-Length"]) == STYLE.stat().st_size


def test_a_part_of_a_file_is_just_that_part(live_url):
    with asked(live_url, Range="bytes=2-5") as answer:
        assert answer.status == 206
        assert answer.read() == STYLE.read_bytes()[2:6]


def test_a_file_the_tablet_has_is_not_sent_again(live_url):
    with asked(live_url) as answer:
        etag = answer.headers["ETag"]
    with pytest.raises(OSError, match="304"):
        asked(live_url, **{"If-None-Match": etag})
