"""The suite: embedded parts by default, PostgreSQL and Redis where the environment names them."""

from config.settings.base import *  # noqa: F403
from config.settings.base import DATABASES, VAR_DIR

SECRET_KEY = "test-only-key"  # noqa: S105
SUPPRESSION_KEY = "test-only-suppression-key"
BOUNCE_KEY = "test-only-bounce-key"
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
SMTP_URL = "smtp://127.0.0.1:1"
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STATIC_ROOT = VAR_DIR / "test-static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns of a missing directory
# CI runs the suite on two databases at once.
MEDIA_ROOT = VAR_DIR / f"test-media-{DATABASES['default']['ENGINE'].rpartition('.')[2]}"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
