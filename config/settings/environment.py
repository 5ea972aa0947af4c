"""Where the settings come from: the environment, and the file `.env` beside `manage.py`."""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from environs import Env

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = BASE_DIR / "var"
env = Env()
try:
    env.read_env(BASE_DIR / ".env", recurse=False)
except OSError as error:
    raise ImproperlyConfigured(f"Le fichier .env ne peut pas être lu : {error}") from error
