"""The letter: relays, pace, returns, readers. Each variable is explained in `docs/operators.md`."""

from config.settings.environment import VAR_DIR, env

SMTP_URL = env.str("SMTP_URL", "")
SMTP_FALLBACK_URLS = env.list("SMTP_FALLBACK_URLS", [], delimiter=" ")  # tried in this order
SMTP_TIMEOUT_SECONDS = env.float("SMTP_TIMEOUT_SECONDS", 30.0)
LETTER_BATCH = env.int("LETTER_BATCH", 500)
LETTER_WORKERS = env.int("LETTER_WORKERS", 1)  # tasks that send one mailing at the same time
LETTER_CONNECTIONS = env.int("LETTER_CONNECTIONS", 4)  # to the relay, of each of them
LETTER_MESSAGES_PER_CONNECTION = env.int("LETTER_MESSAGES_PER_CONNECTION", 1000)
# A task ends after this, and another takes over: a deploy or a pause waits no longer.
LETTER_TASK_SECONDS = env.float("LETTER_TASK_SECONDS", 20.0)
# A worker on another machine that gave no sign for so long is held for dead.
LETTER_LEASE_SECONDS = env.float("LETTER_LEASE_SECONDS", 60.0)
LETTER_JOURNAL_DIR = env.path("LETTER_JOURNAL_DIR", VAR_DIR / "journal")
LETTER_MAX_TRIES = env.int("LETTER_MAX_TRIES", 5)
LETTER_RATE = env.float("LETTER_RATE", 0.0)  # messages a second to each relay; 0: no limit
# The same by domain of the reader: « gmail.com=5,orange.fr=2 ».
LETTER_DOMAIN_RATES = env.dict("LETTER_DOMAIN_RATES", {}, subcast_values=float)
LETTER_CANARY = env.int("LETTER_CANARY", 50)  # readers who go first, alone; 0: nobody
# The breaker: refusals one after another, or their share once so many are known.
LETTER_BREAKER_RUN = env.int("LETTER_BREAKER_RUN", 25)
LETTER_BREAKER_PERCENT = env.float("LETTER_BREAKER_PERCENT", 10.0)
LETTER_BREAKER_MINIMUM = env.int("LETTER_BREAKER_MINIMUM", 50)
# Digests leave on Monday, or on the 1st, at this hour of TIME_ZONE; one that is later than so many
# hours (the machine was off) is given up.
DIGEST_HOUR = env.int("DIGEST_HOUR", 7)
DIGEST_MAX_LATE_HOURS = env.float("DIGEST_MAX_LATE_HOURS", 72.0)
# What should have left longer ago than this waits for a person's decision.
LETTER_MAX_LATE_HOURS = env.float("LETTER_MAX_LATE_HOURS", 24.0)
# Signed by the project when a key is given; else by the relay.
DKIM_KEY_FILE = env.str("DKIM_KEY_FILE", "")
DKIM_SELECTOR, DKIM_DOMAIN = env.str("DKIM_SELECTOR", ""), env.str("DKIM_DOMAIN", "")
LETTER_MAX_BYTES = 100_000
EMAIL_BACKEND = "newsletter.engine.smtp.UrlEmailBackend"
SUBSCRIPTION_CONFIRM_DAYS = env.int("SUBSCRIPTION_CONFIRM_DAYS", 7)
# A form sent back sooner is a program's, later is forgotten: it is shown again, filled.
SIGNUP_MIN_SECONDS = env.float("SIGNUP_MIN_SECONDS", 2.0)
SIGNUP_MAX_HOURS = env.float("SIGNUP_MAX_HOURS", 24.0)
# Domains whose addresses are thrown away after use: « a.example,b.example », or a file of them.
SIGNUP_REFUSED_DOMAINS = env.str("SIGNUP_REFUSED_DOMAINS", "")
DATA_LINK_HOURS = env.float("DATA_LINK_HOURS", 24.0)
# Where returns come: `rebonds+TOKEN@…` and `desinscription@…` are read in the mailbox
# « imaps://user:secret@host:port/folder ». Empty: the sender's own address, and no mailto.
BOUNCE_ADDRESS = env.str("BOUNCE_ADDRESS", "")
UNSUBSCRIBE_ADDRESS = env.str("UNSUBSCRIBE_ADDRESS", "")
BOUNCE_MAILBOX_URL = env.str("BOUNCE_MAILBOX_URL", "")
BOUNCE_KEY = env.str("BOUNCE_KEY", "") or env.str("SECRET_KEY", "")  # signs TOKEN
# Providers whose webhooks are read at /courriel/retours/NAME/, and « user:secret » of all of them.
RETURNS_WEBHOOKS = env.list("RETURNS_WEBHOOKS", [])
ANYMAIL = {
    "WEBHOOK_SECRET": env.str("RETURNS_WEBHOOK_SECRET", ""),
    "MAILGUN_WEBHOOK_SIGNING_KEY": env.str("MAILGUN_WEBHOOK_SIGNING_KEY", ""),
}
SOFT_BOUNCE_LIMIT = env.float("SOFT_BOUNCE_LIMIT", 3.0)
SOFT_BOUNCE_HALF_LIFE_DAYS = env.float("SOFT_BOUNCE_HALF_LIFE_DAYS", 90.0)
METRICS_TOKEN = env.str("METRICS_TOKEN", "")  # empty: /metrics is closed
# Key of the hash by which a suppressed address is recognised without being kept.
SUPPRESSION_KEY = env.str("SUPPRESSION_KEY", "") or env.str("SECRET_KEY", "")
