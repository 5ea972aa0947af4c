"""`demo`: the whole chain on a bare machine, then the site, until interrupted.

Migrates, loads the demo, starts an embedded Redis, a Celery worker with beat and a local SMTP
catcher, assembles the demo issue through Celery, publishes and sends it, and reports.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from config.demo import content
from config.demo.catcher import catcher
from config.demo.ground import ACCOUNTS, DEMO_PASSWORD
from config.demo.mailbox import read
from config.embedded import EmbeddedRedisError
from config.services import WorkerError, borrowed_worker, worker_answers
from newsletter.engine.dispatch import start
from newsletter.errors import LetterError
from newsletter.models import Issue, Mailing
from newsletter.tasks import assemble

SEND_SECONDS = 600
ASSEMBLE_SECONDS = 300


class Command(BaseCommand):
    help = "Montre toute la chaîne sur une machine nue, puis sert le site."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--exit", action="store_true", help="s'arrête quand tout est envoyé")

    def handle(self, *, port: int, exit: bool, **options: Any) -> None:
        # However it is told to stop, the demo takes its worker and its Redis with it.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        if not exit and not port_is_free(port):
            raise CommandError(
                f"Le port {port} est déjà pris. Choisissez-en un autre : make demo PORT=8010"
            )
        # The worker's beat must not ask the web about the demo's links.
        os.environ.setdefault("LINK_CHECK_BATCH", "0")
        settings.DEMO_DIR.mkdir(parents=True, exist_ok=True)
        self.say("Base de données…")
        call_command("migrate", verbosity=0)
        pages = self.load()
        if not Mailing.objects.exists():
            self.empty_mailbox()
        with ExitStack() as stack:
            url = stack.enter_context(catcher(Path(settings.DEMO_MAILBOX), settings.CATCHER_FILE))
            settings.SMTP_URL = url
            self.say("Redis et worker Celery…")
            try:
                stack.enter_context(borrowed_worker())
            except (EmbeddedRedisError, WorkerError) as error:
                raise CommandError(str(error)) from error
            if not worker_answers():
                raise CommandError("Le worker ne répond pas.")
            report = self.letter() | {"pages": pages}
            self.write_report(report)
            if not exit:
                self.serve(port)
            elif report["sent"] != report["caught"] or report["sent"] == 0:
                raise CommandError("Tout n'a pas été envoyé et reçu ; voir le rapport.")

    def load(self) -> int:
        out = StringIO()
        call_command("load_demo", json=True, stdout=out)
        return int(json.loads(out.getvalue())["pages"])

    def letter(self) -> dict[str, Any]:
        """Assembles through Celery, publishes, sends, waits; what the report says of the issue."""
        self.say("Assemblage du Hors-Série par Celery…")
        result = assemble.delay(content.issue_spec()).get(timeout=ASSEMBLE_SECONDS)
        issue = Issue.objects.get(slug="hors-serie-2")
        if "report" in result and not issue.live:
            issue.get_latest_revision().publish()
            issue.refresh_from_db()
        mailing = Mailing.objects.of_issue(issue.pk).first()
        try:
            if mailing is None:
                mailing = start(issue)
        except LetterError as error:
            raise CommandError(str(error)) from error
        counts = self.wait(mailing)
        return {
            "issue": issue.url,
            "html_bytes": len(mailing.contents.get().html.encode()),
            "sent": counts["sent"],
            "caught": self.caught(mailing),
            "pdf_bytes": len(mailing.editions.get(key="").pdf) or None,
        }

    def wait(self, mailing: Mailing) -> dict[str, int]:
        counts, deadline = mailing.counts(), time.monotonic() + SEND_SECONDS
        with tqdm(total=counts["total"], desc="Envoi", unit=" lettres", file=sys.stderr) as bar:
            while counts["pending"] + counts["submitting"] and time.monotonic() < deadline:
                time.sleep(0.3)
                counts = mailing.counts()
                bar.update(counts["sent"] - bar.n)
            bar.update(counts["sent"] - bar.n)
        return counts

    def caught(self, mailing: Mailing) -> int:
        """How many messages of this mailing lie in the mailbox, each to one of its readers.

        Raises:
            CommandError: one of them went to somebody else.
        """
        readers = set(mailing.deliveries.values_list("email", flat=True))
        mark = f"issue{mailing.issue_id}:"
        found = [
            mail
            for file in sorted(Path(settings.DEMO_MAILBOX).glob("*.eml"))
            if (mail := read(file))["Feedback-ID"].startswith(mark)
        ]
        strangers = {mail["X-Envelope-To"] for mail in found} - readers
        if strangers:
            raise CommandError(f"Reçu par qui n'est pas abonné : {', '.join(sorted(strangers))}")
        return len(found)

    def empty_mailbox(self) -> None:
        """What another database has sent is not this mailing's."""
        for file in Path(settings.DEMO_MAILBOX).glob("*.eml"):
            file.unlink()

    def write_report(self, report: dict[str, Any]) -> None:
        target = settings.DEMO_DIR / "report.json"
        target.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", "utf-8")
        self.say(
            f"{report['pages']} pages ; {report['issue']} : {report['html_bytes']} octets ; "
            f"{report['sent']} envoyés, {report['caught']} reçus."
        )

    def serve(self, port: int) -> None:
        base = f"http://127.0.0.1:{port}"
        self.say(f"Le site            {base}/")
        self.say(f"L'administration   {base}/admin/   (mot de passe {DEMO_PASSWORD})")
        for name, _, _, group in ACCOUNTS:
            self.say(f"                   compte {name} ({group})")
        self.say(f"Le courrier reçu   {base}/demo/courriels/")
        self.say("Ctrl+C pour arrêter.")
        command = [sys.executable, "manage.py", "runserver", "--noreload", f"127.0.0.1:{port}"]
        try:
            subprocess.run(command, cwd=settings.BASE_DIR, check=False)
        except KeyboardInterrupt:
            self.say("Arrêt.")

    def say(self, words: str) -> None:
        self.stderr.write(words)


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
