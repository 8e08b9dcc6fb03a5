"""All settings, from the environment. This module computes values and addresses; it never starts anything.

What a library decides about its own work (claim days, loan periods, tolerances) is not here: those are policies,
rows with a history that a supervisor edits in the console.
"""

from __future__ import annotations

import re
import sys
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote

import django_stubs_ext
from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF
from django.conf.locale import LANG_INFO
from django.core.exceptions import ImproperlyConfigured
from kombu import Queue

from techsvc import embedded
from techsvc.environment import choice, database, flag, number, secret_key, text, url

django_stubs_ext.monkeypatch()  # lets classes name the types that they hold: ModelAdmin[Vendor]

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = embedded.var_dir()


# The library and where it is reached --------------------------------------------------------------------------------

VERSION = re.findall(r"(?m)^## (\d+\.\d+\.\d+)", (BASE_DIR / "CHANGELOG.md").read_text(encoding="utf-8"))[0]
DEBUG = flag("DEBUG", default=False)
PORT = number("PORT", 8000, low=1, high=65535)
PUBLIC_URL = text("PUBLIC_URL", f"http://127.0.0.1:{PORT}").rstrip("/")
HOST = url("PUBLIC_URL", PUBLIC_URL, "http", "https")
HTTPS = HOST.scheme == "https"
ALLOWED_HOSTS = sorted({HOST.hostname or "", "127.0.0.1", "localhost"})
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

TIME_ZONE = text("TIME_ZONE", "UTC")
USE_TZ = True
CURRENCY = text("CURRENCY", "USD")  # the currency of the funds
if not re.fullmatch(r"[A-Z]{3}", CURRENCY):
    raise ImproperlyConfigured(f"CURRENCY={CURRENCY!r}: must be a code of ISO 4217 such as USD")
LOCALE_PATHS = [BASE_DIR / "techsvc" / "locale"]
TRANSLATIONS = sorted(path.parent.name for path in LOCALE_PATHS[0].glob("*/LC_MESSAGES"))
LANGUAGES = [("en", "English"), *((code, LANG_INFO[code]["name_local"]) for code in TRANSLATIONS if code != "en")]
LANGUAGE_CODE = text("LANGUAGE_CODE", "en")
if LANGUAGE_CODE not in dict(LANGUAGES):
    raise ImproperlyConfigured(f"LANGUAGE_CODE={LANGUAGE_CODE!r}: must be one of {', '.join(dict(LANGUAGES))}")

# Secrets ------------------------------------------------------------------------------------------------------------


SECRET_KEY = secret_key()
SECRET_KEY_FALLBACKS = text("SECRET_KEY_FALLBACKS", "").split()
VENDOR_KEYS_FILE = Path(text("TECHSVC_SECRET_KEYS", str(VAR_DIR / "keys" / "vendor_keys")))

# Database -----------------------------------------------------------------------------------------------------------

AS_OWNER = flag("TECHSVC_AS_OWNER", default=False)  # set by manage.py for the commands that change tables
STATEMENT_SECONDS = number("STATEMENT_TIMEOUT", 30, low=0, high=86400)  # 0: no limit
APP_LOGIN = database("DATABASE_URL", statement_seconds=STATEMENT_SECONDS)
OWNER_LOGIN = database("DATABASE_OWNER_URL", statement_seconds=0)


DATABASES = {"default": {**(OWNER_LOGIN if AS_OWNER else APP_LOGIN)}}
DATABASE_APP_ROLE = APP_LOGIN["USER"]  # migrations revoke rights on the ledger and history from it
DATABASE_OWNER_ROLE = OWNER_LOGIN["USER"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Applications -------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "techsvc.kernel",
    "cataloging",
    "techsvc.circulation",
    "acquisitions",
    "ill",
    "processing",
    "techsvc.workroom",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "csp",
    "axes",
]
MIDDLEWARE = [
    "techsvc.kernel.logs.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "techsvc.kernel.headers.PageHeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "techsvc.kernel.sessions.SessionLimitsMiddleware",
    "techsvc.kernel.pages.session.SignedInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "techsvc.urls"
WSGI_APPLICATION = "techsvc.wsgi.application"
CONTEXT_PROCESSORS = [
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
    "django.template.context_processors.i18n",
    "csp.context_processors.nonce",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": CONTEXT_PROCESSORS},
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"

# People and sessions ------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "kernel.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
        ("UserAttributeSimilarityValidator", {}),
    )
]
LOGIN_URL, LOGIN_REDIRECT_URL, LOGOUT_REDIRECT_URL = "login", "/", "login"
AXES_FAILURE_LIMIT = 5
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"
AXES_VERBOSE = AXES_ENABLE_ADMIN = False
SESSION_ENGINE = "techsvc.kernel.sessions"
SESSION_COOKIE_AGE, SESSION_IDLE_SECONDS = 12 * 60 * 60, 60 * 60  # kept by kernel.sessions
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if HTTPS else "csrftoken"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "techsvc.kernel.pages.session.form_too_old"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
if flag("BEHIND_PROXY", default=False):  # only for a proxy that replaces this header
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
SELF_AND_NONCE = [SELF, NONCE]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": SELF_AND_NONCE,
        "style-src": SELF_AND_NONCE,
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# Files and mail -----------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = Path(text("STATIC_ROOT", str(VAR_DIR / "static")))
BOOTSTRAP = BASE_DIR / "node_modules" / "bootstrap" / "dist"
STATICFILES_DIRS = [BASE_DIR / "static", *([("bootstrap", BOOTSTRAP)] if BOOTSTRAP.is_dir() else [])]
COLLECTED = (STATIC_ROOT / "staticfiles.json").exists() or "collectstatic" in sys.argv
WHITENOISE_USE_FINDERS = not COLLECTED
MANIFEST_STORAGE = "whitenoise.storage.CompressedManifestStaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": MANIFEST_STORAGE if COLLECTED else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
MEDIA_ROOT = VAR_DIR / "files"  # never served as it lies there: pages hand files out after a check of rights
MARC_LIBRARY = choice("MARC_LIBRARY", "pymarc", "rmarc")  # read where it is used: cataloging/marc/classes.py
UPLOAD_LIMIT_MB = number("UPLOAD_LIMIT_MB", 200, low=1, high=10_000)
FILE_UPLOAD_HANDLERS = ["techsvc.kernel.uploads.LimitedUploadHandler"]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # an order of 2,000 lines is one form

EMAIL_URL = text("EMAIL_URL", "")  # unset: mail stays in the house, to be read on a page of the console
DEFAULT_FROM_EMAIL = text("EMAIL_FROM", f"techsvc@{HOST.hostname}")
EMAIL_TIMEOUT = 15
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"
if EMAIL_URL:
    MAIL = url("EMAIL_URL", EMAIL_URL, "smtp", "smtps")
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = MAIL.hostname, MAIL.port or (465 if MAIL.scheme == "smtps" else 25)
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(MAIL.username or ""), unquote(MAIL.password or "")
    EMAIL_USE_SSL, EMAIL_USE_TLS = MAIL.scheme == "smtps", "tls=starttls" in MAIL.query

# Work in the background: Postgres holds the work, the broker only rings the bell ------------------------------------

REDIS_URL = text("REDIS_URL", embedded.addresses(VAR_DIR)["REDIS_URL"])
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_QUEUES = [Queue(name) for name in ("default", "edi", "print", "mail")]
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ACKS_LATE = CELERY_TASK_REJECT_ON_WORKER_LOST = CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY = False  # a page never waits for the broker: the sweeper finds the row
CELERY_TASK_SOFT_TIME_LIMIT, CELERY_TASK_TIME_LIMIT = 1500, 1800  # seconds
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_TIMEOUT = 0.5
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 2 * CELERY_TASK_TIME_LIMIT,  # a task that runs longer would be handed out again
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 0.5,
    "max_retries": 0,
}
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {"tick": {"task": "kernel.tick", "schedule": crontab(), "options": {"expires": 50}}}

# Logs ---------------------------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "techsvc.kernel.logs.JsonFormatter"}},
    "handlers": {"stream": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stream"], "level": text("LOG_LEVEL", "INFO")},
    "loggers": {"axes": {"level": "WARNING"}},
}
