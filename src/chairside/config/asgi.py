"""The ASGI entry: `uvicorn chairside.config.asgi:application`."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chairside.config.settings")
application = get_asgi_application()
