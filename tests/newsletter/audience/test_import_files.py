"""Whole files of other tools: who comes in, who stays out, and what is remembered of them."""

import pytest

from newsletter.models import ConsentEvent, Subscriber, Subscription, Suppression
from newsletter.readers.importing import ImportFileError, Report, import_subscribers
from tests.newsletter.sending import bulletin, reader

pytestmark = pytest.mark.django_db


def bring(text: str | bytes) -> Report:
    content = text if isinstance(text, bytes) else text.encode()
    return import_subscribers(content, bulletin(), "Ancienne liste")


def addresses() -> set[str]:
    return set(Subscription.objects.confirmed().values_list("subscriber__email", flat=True))


def numbers(report: Report) -> tuple[int, int, int, int, int]:
    rejected = len(report.rejected)
    return report.read, report.created, report.already, report.suppressed, rejected


def test_a_brevo_export_honours_its_black_list_and_its_double_opt_in():
    report = bring(
        "EMAIL;NOM;PRENOM;OPT_IN;DOUBLE_OPT-IN;BLACKLISTED;ADDED_TIME\n"
        "Ana@Exemple.fr;Martin;Ana;Yes;1;No;2021-03-04\n"
        "bob@exemple.fr;Petit;Bob;Yes;1;Yes;2021-03-04\n"
        "eve@exemple.fr;Roux;Eve;No;2;No;2021-03-04\n"
    )
    assert numbers(report) == (3, 1, 0, 1, 1)
    assert addresses() == {"ana@exemple.fr"}
    assert Subscriber.objects.get().name == "Ana Martin"
    event = ConsentEvent.objects.get()
    assert event.provenance == "Ancienne liste"
    assert "2021-03-04" in event.detail
    assert report.rejected[0]["line"] == 4


@pytest.mark.parametrize(
    ("header", "value", "reason"),
    [
        ("UNSUB_TIME", "2023-01-01 10:00:00", "unsubscribe"),
        ("CLEAN_TIME", "2023-01-01 10:00:00", "bounce"),
        ("UNSUB_TIME,UNSUB_REASON", "2023-01-01 10:00:00,SPAM", "complaint"),
    ],
)
def test_a_mailchimp_export_of_who_left_brings_nobody_in_ever(header: str, value: str, reason: str):
    text = f"Email Address,First Name,Last Name,MEMBER_RATING,{header}\na@b.fr,Ana,M,2,{value}\n"
    assert numbers(bring(text)) == (1, 0, 0, 1, 0)
    assert not Subscriber.objects.exists()
    assert Suppression.objects.get().reason == reason
    assert numbers(bring("email\nA@b.fr\n")) == (1, 0, 0, 1, 0)
    assert not Subscriber.objects.exists()


def test_a_sympa_dump_keeps_out_who_wanted_no_mail():
    report = bring(
        "email a@b.fr\ngecos Ana\nreception mail\n\n"
        "email b@b.fr\nreception nomail\n\n"
        "email c@b.fr\nreception mail\nbounce 15 16 2 5.1.1\n\n"
        "email d@b.fr\nreception digest\nbounce 15 16 2 4.2.2\n"
    )
    assert numbers(report) == (4, 2, 0, 2, 0)
    assert addresses() == {"a@b.fr", "d@b.fr"}


def test_a_sarbacane_export_in_french_is_honoured():
    report = bring(
        "Email;Nom;Prénom;Statut\n"
        "a@b.fr;M;Ana;Actif\nb@b.fr;P;Bob;Désabonné\nc@b.fr;R;Cid;NPAI\nd@b.fr;S;Dan;Zorglub\n"
    )
    assert numbers(report) == (4, 1, 0, 2, 1)
    assert report.rejected == [{"line": 5, "reason": "État inconnu\u00a0: «\u00a0Zorglub\u00a0»."}]
    assert sorted(Suppression.objects.values_list("reason", flat=True)) == ["bounce", "unsubscribe"]


def test_a_file_does_not_end_who_reads_here():
    reader("a@b.fr")
    assert numbers(bring("email;statut\na@b.fr;désabonné\n")) == (1, 0, 1, 0, 0)
    assert addresses() == {"a@b.fr"}
    assert not Suppression.objects.exists()


def test_one_line_that_stops_wins_over_the_others_of_the_address():
    text = "email;statut\na@b.fr;actif\nA@B.fr;désabonné\nb@b.fr;en attente\nb@b.fr;actif\n"
    assert numbers(bring(text)) == (4, 0, 2, 1, 1)
    assert addresses() == set()


def test_doubles_fold_by_case_and_domain_and_not_by_dots_or_plus():
    ascii_domain = "été".encode("idna").decode()
    text = f"email\njean@Été.fr\nJEAN@{ascii_domain}.fr\n"
    text += "jean.p@b.fr\njeanp@b.fr\njean+x@b.fr\n"
    assert numbers(bring(text)) == (5, 4, 1, 0, 0)
    assert {"jean.p@b.fr", "jeanp@b.fr", "jean+x@b.fr"} < addresses()


@pytest.mark.parametrize(
    "typed",
    [
        "a" * 320 + "@b.fr",
        "a\0b@c.fr",
        "a@b",
        "a b@c.fr",
        "é@b.fr",
        "a@b.fr\nBcc: x@y.fr",
        "@",
        "=",
    ],
)
def test_an_address_that_can_not_be_used_is_a_line_with_a_reason(typed: str):
    quoted = '"' + typed.replace('"', '""') + '"'
    if "\0" in typed:
        with pytest.raises(ImportFileError, match="octets nuls"):
            bring(f"email\n{quoted}\nbon@b.fr\n")
        return
    report = bring(f"email\n{quoted}\nbon@b.fr\n")
    assert numbers(report) == (2, 1, 0, 0, 1)
    assert report.rejected[0]["reason"] == "Cette adresse n'est pas valide."


def test_a_name_is_kept_without_what_turns_the_text_around():
    bring('email,name\na@b.fr,"Ana \u202egnirts 🎉\tZ"\n')
    assert Subscriber.objects.get().name == "Ana gnirts 🎉 Z"


THOUSAND_BAD = {17: "pas une adresse", 500: "", 731: "é@accent.fr", 999: "deux@@exemple.fr"}


@pytest.mark.parametrize("codec", ["utf-8-sig", "cp1252", "utf-16"])
def test_a_thousand_lines_in_three_encodings(codec: str, django_assert_max_num_queries):
    lines = ["email;name;organisation"]
    for number in range(2, 1002):
        email = THOUSAND_BAD.get(number, f"lecteur{number % 950}@exemple.fr")
        lines.append(f"{email};Hélène Ôm {number};Mairie de Saint-Étienne")
    content = "\r\n".join(lines).encode(codec)
    bulletin()
    with django_assert_max_num_queries(60):
        report = bring(content)
    # 996 usable lines over 950 addresses: those that come back after 950 lines are doubles.
    assert report.read == 1000
    assert [item["line"] for item in report.rejected] == sorted(THOUSAND_BAD)
    assert report.created == len(addresses()) == Subscriber.objects.count()
    assert report.created + report.already == 996
    first = Subscriber.objects.get(email="lecteur2@exemple.fr")
    assert (first.name, first.organisation) == ("Hélène Ôm 2", "Mairie de Saint-Étienne")
    again = bring(content)
    assert (again.created, again.already) == (0, 996)
