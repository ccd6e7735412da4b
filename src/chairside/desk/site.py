"""The site's library: which files are in force, what they say, and who signed exactly these bytes."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from chairside.accounts.access import NotAllowed, may, require
from chairside.accounts.models import Clinic
from chairside.actions.fields import BadFields
from chairside.actions.library import MEANING, sign_library_file
from chairside.charts.releases import NotSigned, library_of_site, release_in_force
from chairside.desk.book import book_of
from chairside.desk.clinic import now, person_of
from chairside.library.loader import Key, LibraryFile, Resolved
from chairside.library.reading import BadLibraryFile
from chairside.records.models import SiteSignature

READERS = ("nurse", "prescriber", "manager", "director")


@dataclass(frozen=True, slots=True)
class Row:
    """A file in force, and the signature over exactly its bytes if there is one."""

    file: LibraryFile
    resolved: Resolved
    signature: SiteSignature | None
    signed_before: SiteSignature | None

    @property
    def url(self) -> str:
        """The page of the file."""
        return reverse("site-file", args=[self.file.kind, self.file.id])

    @property
    def own(self) -> bool:
        """Whether the site's own version is in force, and not the standard one."""
        return self.resolved.site is not None


@require(*READERS)
@require_GET
def site(request: HttpRequest) -> HttpResponse:
    """Every file in force with its state, and what is missing before a session can start."""
    person = person_of(request)
    rows = rows_of(person.clinic)
    return render(
        request,
        "desk/site.html",
        {
            "signed": [row for row in rows if row.signature],
            "unsigned": [row for row in rows if not row.signature],
            "missing": missing_before_a_session(person.clinic),
            "may_sign": may(person, "library.sign"),
        },
    )


@require(*READERS)
@require_http_methods(["GET", "POST"])
def file_page(request: HttpRequest, kind: str, file_id: str) -> HttpResponse:
    """One file with every number and its source; a director signs it here."""
    person = person_of(request)
    row = next((r for r in rows_of(person.clinic) if (r.file.kind, r.file.id) == (kind, file_id)), None)
    if row is None:
        raise Http404
    sentence = ""
    if request.method == "POST":
        sentence = _sign(request, row)
        if not sentence:
            return HttpResponseRedirect(reverse("site"))
    page = {
        "row": row,
        "file": row.file,
        "book": book_of(row.file.raw),
        "sentence": sentence,
        "meaning": MEANING,
        "may_sign": may(person, "library.sign"),
    }
    return render(request, "desk/file.html", page, status=422 if sentence else 200)


def _sign(request: HttpRequest, row: Row) -> str:
    """Signs, or says in one sentence why not."""
    person = person_of(request)
    if request.POST.get("sha256") != row.file.sha256:
        return "The file changed since this page was opened: read it again and sign then."
    try:
        sign_library_file(
            row.file,
            clinic=person.clinic,
            password=request.POST.get("sign_password", ""),
            by=person,
            at=now(),
        )
    except BadFields as bad:
        return " ".join(bad.sentences.values())
    except NotAllowed as refusal:
        return str(refusal)
    return ""


def rows_of(clinic: Clinic) -> list[Row]:
    """Every file in force at this site with its signature, in order of kind."""
    signatures = list(SiteSignature.objects.of(clinic).select_related("signed_by"))
    by_bytes = {signature.sha256: signature for signature in signatures}
    by_file = {(signature.kind, signature.file_id): signature for signature in reversed(signatures)}
    return [
        Row(each.in_force, each, by_bytes.get(each.in_force.sha256), by_file.get(each.in_force.key))
        for each in readable_files().values()
    ]


def readable_files() -> Mapping[Key, Resolved]:
    """Every file in force; none at all while one can't be read, which `missing_before_a_session` names."""
    try:
        return library_of_site()
    except BadLibraryFile:
        return {}


def missing_before_a_session(clinic: Clinic) -> tuple[str, ...]:
    """What must be signed or added before any session can start here; empty when nothing is missing."""
    try:
        release_in_force(clinic.pk)
    except NotSigned as missing:
        return missing.sentences
    except BadLibraryFile as bad:
        return (str(bad),)
    return ()
