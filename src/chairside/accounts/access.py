"""Who may see a page and do a verb. Deny is the default: a page or verb that says nothing is for nobody.

A view says who it is for with `@require(...)` or `@open_to_anyone`; `AccessMiddleware` holds it, for
plain and async views alike. Rows of another clinic are not refused but not found (`of(clinic)`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.deprecation import MiddlewareMixin

from chairside.accounts.models import Clinic, Person

View = TypeVar("View", bound=Callable[..., Any])

CLINICIANS = frozenset({"nurse", "prescriber"})
STAFF = CLINICIANS | {"manager"}

VERBS: dict[str, frozenset[str]] = {
    "people.add": frozenset({"manager"}),
    "people.change": frozenset({"manager"}),
    "patients.add": STAFF,
    "patients.change": CLINICIANS,
    "patients.measure": CLINICIANS,
    "plans.add": frozenset({"prescriber"}),
    "sessions.plan": STAFF,
    "chairs.set": frozenset({"manager"}),
    "devices.set": frozenset({"manager"}),
    "library.sign": frozenset({"director"}),
}
"""Each verb outside a session, and the roles that may do it; verbs of a session stand in `core.session`."""


class NotAllowed(Exception):
    """This person may not do this; one sentence for the person."""


def held_by(person: Person) -> frozenset[str]:
    """Roles of an active person, `director` among them; an inactive one holds none."""
    if not person.is_active:
        return frozenset()
    return person.roles | ({"director"} if person.director else frozenset())


def may(person: Person, verb: str) -> bool:
    """Whether this person may do this verb; an unknown verb is nobody's."""
    return bool(held_by(person) & VERBS.get(verb, frozenset()))


def must(person: Person, verb: str, *, clinic: Clinic) -> None:
    """Raises `NotAllowed` unless this person may do this verb in this clinic; names the roles that may."""
    if person.clinic_id != clinic.pk:
        raise NotAllowed("This belongs to another clinic.")
    if not may(person, verb):
        raise NotAllowed(f"This is done by {spoken(VERBS.get(verb, frozenset()))}.")


def spoken(roles: frozenset[str]) -> str:
    """Roles in words: "a nurse or a prescriber"."""
    return " or ".join(f"a {role}" for role in sorted(roles)) or "nobody"


@dataclass(frozen=True, slots=True)
class Access:
    """Whom a view is for: anyone, or people holding one of these roles."""

    anyone: bool = False
    roles: frozenset[str] = frozenset()


def require(*roles: str) -> Callable[[View], View]:
    """Marks a view as being for signed-in people who hold one of these roles (`director` counts as one)."""
    return _marking(Access(roles=frozenset(roles)))


def open_to_anyone(view: View) -> View:
    """Marks a view as being for everyone, signed in or not: the sign-in page and little else."""
    return _marking(Access(anyone=True))(view)


def _marking(access: Access) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.__dict__["access"] = access
        return view

    return mark


class AccessMiddleware(MiddlewareMixin):
    """Lets a request through to a view only when the view is declared for this person."""

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], *_: Any
    ) -> HttpResponseBase | None:
        """Nothing when allowed; else the sign-in page for a stranger and a sentence for a colleague."""
        access = getattr(view, "access", Access())
        if access.anyone:
            return None
        person = request.user
        if not isinstance(person, Person):
            return _sign_in(request)
        if held_by(person) & access.roles:
            return None
        return TemplateResponse(
            request, "403.html", {"for_roles": spoken(access.roles), "person": person}, status=403
        ).render()

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """No page stays in a browser: the next person at the tablet goes back to nothing."""
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"
        return response


def _sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and back; a part of a page asked for by htmx takes the whole page there."""
    response = redirect_to_login(request.get_full_path())
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=401, headers={"HX-Redirect": response.url})
    return response
