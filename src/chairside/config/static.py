"""Static files straight from the packages, each sent whole."""

from contextlib import closing
from typing import Any

from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware


class StaticFiles(WhiteNoiseMiddleware):
    """WhiteNoise under ASGI, where Django gathers a file read in pieces, with a warning; ours are small."""

    @staticmethod
    def serve(static_file: Any, request: HttpRequest) -> HttpResponse:
        """The file, its headers and nothing of Django's."""
        answer = static_file.get_response(request.method, request.META)
        body = b""
        if answer.file is not None:
            with closing(answer.file) as file:
                body = file.read()
        response = HttpResponse(body, status=int(answer.status))
        del response["content-type"]
        for name, value in answer.headers:
            response[name] = value
        return response
