"""Settings shared by every environment, in subject order.

Variables of the environment are named in `docs/operators.md`; each has a default
that suits a bare machine, except in production, which refuses to start without them.
"""

from urllib.parse import urlsplit

from celery.schedules import crontab

from config.embedded import embedded_redis_url
from config.settings.environment import BASE_DIR, VAR_DIR, env
from config.settings.sending import *  # noqa: F403

# Site ---------------------------------------------------------------------------------
SITE_URL = env.str("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
WAGTAILADMIN_BASE_URL = SITE_URL
WAGTAIL_SITE_NAME = "En quelques clics"
SECRET_KEY = env.str("SECRET_KEY", "")
DEBUG = False
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", [])
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

# Apps ---------------------------------------------------------------------------------
INSTALLED_APPS = [
    "config",
    "home",
    "veille",
    "resources",
    "newsletter",
    "search",
    "wagtail.contrib.settings",
    "wagtail.contrib.redirects",
    "wagtail.contrib.sitemaps",
    "wagtail_modeladmin",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "django.contrib.admin",  # routed nowhere: the French words of modeladmin's filters are its own
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.security.AdminPolicyMiddleware",
    "csp.middleware.CSPMiddleware",
    "newsletter.figures.visits.CampaignVisitMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wagtail.contrib.settings.context_processors.settings",
                "home.context_processors.site_frame",
            ],
            "builtins": ["home.templatetags.house"],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
INSTALLED_APPS.append("django.forms")

# Data ---------------------------------------------------------------------------------
DATABASE_URL = env.str("DATABASE_URL", f"sqlite:///{VAR_DIR / 'db.sqlite3'}")
DATABASES = {"default": env.dj_db_url("DATABASE_URL", DATABASE_URL)}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    VAR_DIR.mkdir(exist_ok=True)
    DATABASES["default"]["OPTIONS"] = {
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("DATABASE_CONN_MAX_AGE", 60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Broker and cache ---------------------------------------------------------------------
REDIS_IS_EMBEDDED = not env.str("REDIS_URL", "")
REDIS_URL = env.str("REDIS_URL", "") or embedded_redis_url(BASE_DIR)
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_RESULT_BACKEND = CELERY_BROKER_URL
CELERY_RESULT_EXPIRES = 3600
CELERY_TASK_SERIALIZER = CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "Europe/Paris"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 900
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Without this, a broker that is down blocks each request for six seconds (measured).
CELERY_BROKER_TRANSPORT_OPTIONS = {"max_retries": 0}
BEAT_SECONDS = env.float("BEAT_SECONDS", 30.0)
CELERY_BEAT_SCHEDULER = "config.schedules.SteadyScheduler"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "wake-mailings": {
        "task": "newsletter.wake",
        "schedule": BEAT_SECONDS,
        "options": {"expires": BEAT_SECONDS},
    },
    "forget": {
        "task": "newsletter.forget",
        "schedule": crontab(hour=3, minute=40),
    },
    "resume-imports": {
        "task": "newsletter.resume_imports",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "post-reader-mail": {
        "task": "newsletter.post_mail",
        "schedule": BEAT_SECONDS,
        "options": {"expires": BEAT_SECONDS},
    },
    "assemble-due": {
        "task": "newsletter.assemble_due",
        "schedule": crontab(hour=6, minute=0),
    },
    # Makes what is due and not made; takes up one that was cut short.
    "send-digests": {
        "task": "newsletter.send_digests",
        "schedule": crontab(minute="*/15"),
        "options": {"expires": 840},
    },
    "check-links": {
        "task": "veille.check_links",
        "schedule": crontab(hour=4, minute=20),
    },
    "report-mailings": {
        "task": "newsletter.report_mailings",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "flush-visits": {
        "task": "newsletter.flush_visits",
        "schedule": 180.0,
        "options": {"expires": 180},
    },
    "read-mailbox": {
        "task": "newsletter.read_mailbox",
        "schedule": 300.0,
        "options": {"expires": 240},
    },
    "publish-scheduled": {
        "task": "home.publish_scheduled",
        "schedule": 300.0,
        "options": {"expires": 240},
    },
}
CACHES = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": REDIS_URL,
        # A Redis that is down must slow a page, never break it.
        "OPTIONS": {"IGNORE_EXCEPTIONS": True, "SOCKET_CONNECT_TIMEOUT": 1, "SOCKET_TIMEOUT": 1},
        "KEY_PREFIX": "eqc",
    }
}

# People -------------------------------------------------------------------------------
AUTH_USER_MODEL = "home.User"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "wagtailadmin_login"

# Language and time --------------------------------------------------------------------
LANGUAGE_CODE = "fr"
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = WAGTAILADMIN_PERMITTED_LANGUAGES = [("fr", "Français")]
TIME_ZONE = "Europe/Paris"
USE_I18N = USE_TZ = True
WAGTAIL_DATE_FORMAT, WAGTAIL_TIME_FORMAT = "%d/%m/%Y", "%H:%M"
WAGTAIL_DATETIME_FORMAT = "%d/%m/%Y %H:%M"

# Files --------------------------------------------------------------------------------
STATIC_URL, STATIC_ROOT = "/static/", BASE_DIR / "staticfiles"
MEDIA_URL, MEDIA_ROOT = "/media/", env.path("MEDIA_ROOT", VAR_DIR / "media")
SERVE_MEDIA = False  # nginx does it in production
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # an issue's form holds hundreds of fields

# Wagtail ------------------------------------------------------------------------------
WAGTAILIMAGES_IMAGE_MODEL = "home.SiteImage"
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "odt", "ods", "odp", "pdf", "pptx", "txt", "xlsx", "zip"]
WAGTAILDOCS_MAX_UPLOAD_SIZE = 50 * 1024 * 1024
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "home.admin_search"}}
WAGTAILEMBEDS_FINDERS = []
# Wagtail's own calls to third parties are off: editors are people too.
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
TAGGIT_CASE_INSENSITIVE = True

# The letter ---------------------------------------------------------------------------
DEMO_MAILBOX = ""  # where the demo keeps what it catches; read by no one in production
# A command that waits on a task may start the embedded Redis and a worker for itself.
WORKER_FOR_COMMANDS = "config.services.borrowed_worker" if REDIS_IS_EMBEDDED else ""
# How an app that may not import the search finds pages: (words, limit, collection="") -> ids.
ENTRY_FINDER = "search.finding.page_ids"

# Links --------------------------------------------------------------------------------
LINK_CHECK_DAYS = env.int("LINK_CHECK_DAYS", 30)
LINK_CHECK_BATCH = env.int("LINK_CHECK_BATCH", 200)  # addresses a night; 0 asks nobody
LINK_CHECK_SECONDS = env.float("LINK_CHECK_SECONDS", 600.0)  # under CELERY_TASK_TIME_LIMIT

# Security -----------------------------------------------------------------------------
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'self'"],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SITE_HOST = urlsplit(SITE_URL).hostname or "localhost"

# Logs ---------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", "WARNING")},
}
