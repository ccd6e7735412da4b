"""Reading a page as a browser does: its addresses, its forms, and what it says is wrong."""

from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

VOID = frozenset("input br hr img meta link source area base col embed wbr".split())
ADDRESSES = ("href", "action", "hx-get", "hx-post", "sse-connect", "data-now-url", "data-url")
TYPED = frozenset(
    {"text", "textarea", "search", "tel", "date", "time", "number", "decimal", "numeric", "password"}
)


@dataclass
class Input:
    """One name of a form: how it is answered, what stands in it, and what may be chosen."""

    name: str
    kind: str
    value: str = ""
    choices: list[str] = field(default_factory=list)

    @property
    def typed(self) -> bool:
        """Whether a person types into it."""
        return self.kind in TYPED


@dataclass
class Form:
    """A form, where it goes, and whether a script sends it and keeps what was typed."""

    page: str
    action: str
    method: str
    by_script: bool
    inputs: dict[str, Input] = field(default_factory=dict)

    def filled(self) -> dict[str, str]:
        """What a browser sends: the first of the choices, and something plausible in each typed field."""
        said = {}
        for each in self.inputs.values():
            if each.typed and not each.value:
                said[each.name] = plausible(each)
            elif each.choices:
                said[each.name] = each.value or next((one for one in each.choices if one), "")
            else:
                said[each.name] = each.value
        return said


def plausible(each: Input) -> str:
    """Something that this field may well take."""
    if each.kind == "date" or "expiry" in each.name:
        return "2027-01-31"
    if each.kind == "time":
        return "09:30"
    if each.name == "clock":
        return ""
    if each.kind == "number":
        return "1"
    return "" if each.name == "minutes_ago" else "70"


@dataclass
class Page:
    """What stands on a page."""

    addresses: set[str] = field(default_factory=set)
    forms: list[Form] = field(default_factory=list)
    alerts: list[str] = field(default_factory=list)
    words: str = ""
    inline: list[str] = field(default_factory=list)


class Reader(HTMLParser):
    """Collects addresses, forms and alerts."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url, self.page, self.form = url, Page(), None
        self.stack: list[tuple[str, bool]] = []
        self.select: Input | None = None
        self.area: Input | None = None
        self.outside: list[tuple[str, str, dict[str, str]]] = []
        self.ids: dict[str, Form] = {}

    def handle_starttag(self, tag, attrs):
        said = {name: value or "" for name, value in attrs}
        self.page.addresses |= {urljoin(self.url, said[each]) for each in ADDRESSES if said.get(each)}
        self.page.inline += [f"{tag} {name}" for name in said if name.startswith("on") or name == "style"]
        if tag == "style" or (
            tag == "script" and "src" not in said and said.get("type") != "application/json"
        ):
            self.page.inline.append(tag)
        wrong = said.get("role") == "alert" or bool({"error", "wrong"} & set(said.get("class", "").split()))
        if tag not in VOID:
            self.stack.append((tag, wrong))
            if wrong:
                self.page.alerts.append("")
        if tag == "form":
            self.form = Form(
                self.url,
                urljoin(self.url, said.get("action") or self.url),
                said.get("method", "get").lower(),
                "hx-post" in said,
            )
            self.page.forms.append(self.form)
            if said.get("id"):
                self.ids[said["id"]] = self.form
        elif tag in ("input", "select", "textarea", "button"):
            self.note(tag, said)
        elif tag == "option" and self.select is not None:
            self.select.choices.append(said.get("value", ""))
            if "selected" in said or not self.select.choices[1:]:
                self.select.value = said.get("value", "")

    def note(self, tag: str, said: dict[str, str]) -> None:
        """Keeps one control of the form it belongs to."""
        form = self.ids.get(said["form"]) if "form" in said else self.form
        name = said.get("name", "")
        if form is None or not name:
            return
        kind = {"input": said.get("type") or said.get("inputmode") or "text"}.get(tag, tag)
        known = form.inputs.setdefault(name, Input(name, kind))
        if known.kind == "button" and kind != "button":
            known = form.inputs[name] = replace(known, kind=kind)
        if kind in ("radio", "checkbox", "button"):
            known.choices.append(said.get("value", "on"))
            if "checked" in said:
                known.value = said.get("value", "on")
        elif tag == "select":
            self.select = known
        elif tag == "textarea":
            self.area = known
        else:
            known.value = said.get("value", "")

    def handle_endtag(self, tag):
        while self.stack:
            open_tag, _ = self.stack.pop()
            if open_tag == tag:
                break
        if tag == "form":
            self.form = None
        elif tag == "select":
            self.select = None
        elif tag == "textarea":
            if self.area is not None:  # a browser drops the first newline of a textarea
                self.area.value = self.area.value.removeprefix("\n")
            self.area = None

    def handle_data(self, data):
        self.page.words += data
        if self.area is not None:
            self.area.value += data
        if self.page.alerts and any(wrong for _, wrong in self.stack):
            self.page.alerts[-1] += data


def read(html: str, url: str) -> Page:
    """The page at that address."""
    reader = Reader(url)
    reader.feed(html)
    reader.close()
    page = reader.page
    page.addresses = {each.partition("#")[0] for each in page.addresses if not urlsplit(each).netloc}
    page.alerts = [" ".join(each.split()) for each in page.alerts if each.strip()]
    return page
