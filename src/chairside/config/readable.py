"""What arrives must be text: the character NUL is in no name and no note, and PostgreSQL refuses it."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin

NUL = "\x00"


class ReadableText(MiddlewareMixin):
    """Refuses a form with a NUL in it by a sentence naming the field; an address with one is not found."""

    def process_view(self, request: HttpRequest, view: Callable[..., Any], *_: Any) -> HttpResponse | None:
        """Nothing for what can be read; raises `Http404` for an address that can't."""
        if NUL in request.path or any(NUL in each for _, all_of in request.GET.lists() for each in all_of):
            raise Http404
        unreadable = [
            name for name, said in request.POST.lists() if any(NUL in each for each in (name, *said))
        ]
        if not unreadable:
            return None
        field = unreadable[0].replace(NUL, "").replace("_", " ")[:60]
        sentence = f"{field}: expected text without the character NUL. Nothing was saved."
        return render(request, "400.html", {"sentence": sentence}, status=400)
