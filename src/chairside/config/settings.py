"""Django settings. They fail closed: no data folder or no key, no start.

From the environment: CHAIRSIDE_DATA (the clinic's data folder), DATABASE_URL (default: SQLite there),
CHAIRSIDE_KEYS (folder of the keys, default `<data>/keys`; `ephemeral` for tests and type checking),
CHAIRSIDE_HOSTS (names this server answers to, comma-separated), CHAIRSIDE_TLS=1 (served over https).
"""

import os
import tempfile
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from chairside.config import database
from chairside.config.clock import BadClock, load_clock
from chairside.config.folder import DATABASE_FILE, KEYS_FOLDER
from chairside.config.ids import UuidV7
from chairside.config.keys import KeyMissing, KeyRing

_keys = os.environ.get("CHAIRSIDE_KEYS", "")
_data = os.environ.get("CHAIRSIDE_DATA", "")
if not _data and _keys != "ephemeral":
    raise ImproperlyConfigured("CHAIRSIDE_DATA: expected the path of the clinic's data folder")

CHAIRSIDE_DATA = Path(_data) if _data else Path(tempfile.gettempdir())
try:
    CHAIRSIDE_KEYS = (
        KeyRing.ephemeral()
        if _keys == "ephemeral"
        else KeyRing.load(Path(_keys or CHAIRSIDE_DATA / KEYS_FOLDER))
    )
    CHAIRSIDE_CLOCK = load_clock(CHAIRSIDE_DATA)
except (KeyMissing, BadClock) as error:
    raise ImproperlyConfigured(str(error)) from error
CHAIRSIDE_IDS = UuidV7(CHAIRSIDE_CLOCK)

SECRET_KEY = CHAIRSIDE_KEYS.current("secret").secret.hex()
SECRET_KEY_FALLBACKS = [key.secret.hex() for key in CHAIRSIDE_KEYS.keys["secret"][:-1]]
DEBUG = False
ALLOWED_HOSTS = os.environ.get("CHAIRSIDE_HOSTS", "localhost,127.0.0.1,[::1]").split(",")

try:
    DATABASES: dict[str, dict[str, Any]] = {
        "default": database.from_url(os.environ["DATABASE_URL"])
        if os.environ.get("DATABASE_URL")
        else database.sqlite(CHAIRSIDE_DATA / DATABASE_FILE)
    }
except database.BadDatabaseUrl as error:
    raise ImproperlyConfigured(str(error)) from error
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "csp",
    "django_htmx",
    # Rooms with tables, pages or components.
    "chairside.accounts",
    "chairside.records",
    "chairside.vault",
    "chairside.ui",
    "chairside.floor",
    "chairside.desk",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "chairside.config.static.StaticFiles",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "chairside.accounts.access.AccessMiddleware",
    "chairside.config.readable.ReadableText",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "chairside.config.urls"
ASGI_APPLICATION = "chairside.config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "chairside.config.context.house",
            ],
        },
    }
]

# Accounts and sign-in
AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "display_name")},
    },
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "today"
LOGOUT_REDIRECT_URL = "sign-in"
SESSION_COOKIE_AGE = 12 * 3600  # one working day; nobody stays signed in overnight
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = os.environ.get("CHAIRSIDE_TLS") == "1"

# Nothing inline, nothing from elsewhere: styles, scripts, graphs and streams come from this server.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Static files come straight from the packages; max-age 0: a tablet never mixes two versions of a module.
STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 0

LANGUAGE_CODE = "en"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Errors go to the log without names: pages pass ids, never patients, to exceptions.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {"django": {"handlers": ["console"], "level": "WARNING", "propagate": False}},
}
