"""A bare machine: SQLite and Redis embedded, mail to the demo's catcher when it runs."""

from config.settings.base import *  # noqa: F403
from config.settings.base import SECRET_KEY, SMTP_URL, VAR_DIR, env

DEBUG = env.bool("DEBUG", False)
SECRET_KEY = SECRET_KEY or "dev-only-key-never-used-in-production"
SUPPRESSION_KEY = BOUNCE_KEY = SECRET_KEY
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]", "testserver"])
SERVE_MEDIA = True
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns of a missing directory
WHITENOISE_USE_FINDERS = True  # static files without collectstatic, DEBUG or not
PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]

# The demo writes its catcher's address here while it runs, so that commands typed in
# another terminal reach the same catcher; without it there is nowhere to send, and we refuse.
DEMO_DIR = VAR_DIR / "demo"
CATCHER_FILE = DEMO_DIR / "catcher.url"
if not SMTP_URL and CATCHER_FILE.exists():
    SMTP_URL = CATCHER_FILE.read_text().strip()
DEMO_MAILBOX = DEMO_DIR / "mail"
