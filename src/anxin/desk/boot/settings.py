"""Django's settings, all from `config.py`: read once, nothing secret in here."""

from __future__ import annotations

from csp.constants import NONE, SELF

from anxin.desk.boot.config import current_config
from anxin.desk.boot.databases import ProjectionRouter, database_settings
from anxin.desk.boot.federation import federation_settings
from anxin.desk.boot.secret_key import secret_key

ANXIN = current_config()

SECRET_KEY = secret_key(ANXIN)
DEBUG = False
ALLOWED_HOSTS = list(ANXIN.hosts)
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ANXIN.hosts] if ANXIN.https else []

INSTALLED_APPS = [
    "anxin.desk.foundation.ui",  # first: its templates stand before those of the sign-in library
    "anxin.desk.foundation.sign_in",  # before the library whose templates it replaces
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "csp",
    "django_htmx",
    "anxin.desk.foundation.edge",
    "anxin.desk.foundation.permissions",
    "anxin.desk.foundation.vault",
    "anxin.desk.foundation.audit",
    "anxin.desk.foundation.control",
    "anxin.desk.foundation.outbox",
    "anxin.desk.foundation.api",
    "anxin.desk.foundation.live",
    "anxin.desk.foundation.webhooks",
    "anxin.desk.foundation.approvals",
    "anxin.desk.foundation.organisations",
    "anxin.desk.foundation.service_accounts",
    "anxin.desk.foundation.privacy",
    "anxin.desk.foundation.notifications",
    "anxin.desk.decisioning.decisions",
    "anxin.desk.decisioning.entities",
    "anxin.desk.decisioning.labels",
    "anxin.desk.decisioning.lists",
    "anxin.desk.operations.incidents",
    "anxin.desk.operations.intelligence",
    "anxin.desk.operations.checks",
    "anxin.desk.operations.measures",
    "anxin.desk.operations.evidence",
    "anxin.desk.operations.rota",
    "anxin.desk.operations.user_notices",
    "anxin.desk.operations.rooms",
    "anxin.desk.operations.replies",
    "anxin.desk.oversight.reviews",
    "anxin.desk.oversight.training",
    "anxin.desk.oversight.analytics",
    "anxin.desk.workbench.together",
    "anxin.desk.workbench",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "anxin.desk.foundation.ui.static_files.StaticFilesMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "anxin.desk.foundation.edge.middleware.EdgeMiddleware",
    "anxin.desk.foundation.organisations.middleware.ActorMiddleware",
    "anxin.desk.foundation.sign_in.middleware.SignInMiddleware",
    "anxin.desk.foundation.service_accounts.middleware.TokenMiddleware",
    "anxin.desk.foundation.live.middleware.CursorMiddleware",
    "anxin.desk.workbench.zone.ZoneMiddleware",
    "anxin.desk.workbench.language.LanguageMiddleware",
    "anxin.desk.foundation.edge.bodies.BodyLimitMiddleware",
    "anxin.desk.foundation.api.idempotency.IdempotencyMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
]

CERTIFICATION = "anxin.desk.oversight.training.certification.may_order"

ROOT_URLCONF = "anxin.desk.boot.urls"
ASGI_APPLICATION = "anxin.desk.boot.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "anxin.desk.foundation.edge.context.frame",
                "anxin.desk.workbench.context.desk",
            ],
            "builtins": [
                "anxin.desk.foundation.ui.templatetags.words",
                "anxin.desk.foundation.ui.templatetags.components",
            ],
        },
    }
]

DATABASES = database_settings(ANXIN)
DATABASE_ROUTERS = [f"{ProjectionRouter.__module__}.{ProjectionRouter.__name__}"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "organisations.Person"
# Memory-hard like Argon2, and in the standard library; PBKDF2 is read, and replaced at the next sign-in.
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "anxin.desk.foundation.sign_in.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "anxin.desk.foundation.sign_in.forms.SignInForm",
    "reauthenticate": "anxin.desk.foundation.sign_in.forms.PasswordAgainForm",
    "change_password": "anxin.desk.foundation.sign_in.forms.PasswordForm",
}
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "60/m/ip"}
ACCOUNT_SESSION_REMEMBER = False

MFA_ADAPTER = "anxin.desk.foundation.sign_in.factors.FactorAdapter"
MFA_FORMS = {
    "authenticate": "anxin.desk.foundation.sign_in.factors.CodeForm",
    "reauthenticate": "anxin.desk.foundation.sign_in.factors.CodeAgainForm",
    "activate_totp": "anxin.desk.foundation.sign_in.forms.AuthenticatorForm",
    "add_webauthn": "anxin.desk.foundation.sign_in.forms.PasskeyForm",
    "edit_webauthn": "anxin.desk.foundation.sign_in.forms.PasskeyNameForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_ALLOW_UNVERIFIED_EMAIL = True

SOCIALACCOUNT_ADAPTER = "anxin.desk.foundation.sign_in.federation.FederationAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_PROVIDERS = federation_settings(ANXIN)

APPROVED_ACTS = "anxin.desk.boot.approved_acts.ACTS"
INCIDENT_SURROUNDINGS = "anxin.desk.boot.surroundings.Desk"

LANGUAGE_CODE = ANXIN.language
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

SESSION_ENGINE = "anxin.desk.foundation.sign_in.store"
SESSION_COOKIE_AGE = ANXIN.session_seconds
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = ANXIN.https
CSRF_COOKIE_SECURE = ANXIN.https
CSRF_COOKIE_HTTPONLY = False
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = ANXIN.https
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]
# Subdomains and preload lists are for the owner of the whole domain to decide.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_HSTS_SECONDS = 31_536_000 if ANXIN.https else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ANXIN.https else None
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "anxin.desk.workbench.faults.token_missing"
BODY_BYTES = DATA_UPLOAD_MAX_MEMORY_SIZE = ANXIN.body_bytes
# What the files of a form may come to, besides the rest of it, by the page or call that takes them.
UPLOAD_BYTES = {
    "evidence:add": ANXIN.evidence_upload_bytes,
    "api:evidence_of": ANXIN.evidence_upload_bytes,
    "check_run": ANXIN.upload_bytes,
    "list_change_new": ANXIN.upload_bytes,
    "signatures_propose": ANXIN.upload_bytes,
}
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_TEMP_DIR = ANXIN.data / "uploads"
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "anxin.desk.foundation.edge.uploads.UnnamedUploadHandler",
]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "routes_only": {"()": "anxin.desk.boot.journal.RoutesOnly"},
        "loop_faults": {"()": "anxin.desk.boot.journal.LoopFaults"},
    },
    "formatters": {"places_only": {"()": "anxin.desk.boot.journal.PlacesOnly"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "filters": ["routes_only"], "formatter": "places_only"},
    },
    "loggers": {"asyncio": {"filters": ["loop_faults"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
