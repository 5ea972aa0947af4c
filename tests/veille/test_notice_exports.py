"""A notice's files on the site, its record for other apps, and `export_notices`."""

import json
from collections.abc import Callable
from io import StringIO

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.documents.models import Document
from wagtail.models import Page, PageViewRestriction

from home.models import HomePage, User
from resources.models import CaseStudy
from search.indexing import rebuild
from tests.veille.factories import agenda_entry, notice, notice_index, organisation, person
from veille.models import (
    Contribution,
    Notice,
    NoticeIdentifier,
    NoticeLink,
    NoticePublisher,
    OtherDate,
    Periodical,
)

FORMATS = ["ris", "bib", "csl.json"]
Ask = Callable[..., str]


def full(home: HomePage, title: str = "Policy & Labs", **fields: object) -> Notice:
    """A notice with a row of everything that an export reads."""
    page = notice(home, title=title, live=False, date_edtf="2018-05", **fields)
    page.contributions = [
        Contribution(person=person("Besson", "Raphaël"), printed_as="R. Besson"),
        Contribution(organisation=organisation("CGET")),
    ]
    page.publishers = [NoticePublisher(organisation=organisation("FNAU"))]
    page.links = [NoticeLink(kind="publisher", url="https://fnau.example/")]
    page.identifiers = [NoticeIdentifier(scheme="doi", value="10.1/x")]
    page.other_dates = [OtherDate(label="remis le", edtf="2018-06-01")]
    page.save_revision().publish()
    return Notice.objects.get(pk=page.pk)


@pytest.fixture
def run() -> Ask:
    def ask(*args: str) -> str:
        out = StringIO()
        call_command("export_notices", *args, stdout=out)
        return out.getvalue()

    return ask


def test_a_notice_reads_everything_of_its_rows(home: HomePage) -> None:
    page = full(home, topics=("Design",), tags=("labo",))
    made = json.loads(page.export("csl.json"))
    assert made["id"] == f"notice-{page.pk}"
    assert made["author"] == [{"family": "Besson", "given": "Raphaël"}, {"literal": "CGET"}]
    assert (made["publisher"], made["DOI"]) == ("FNAU", "10.1/x")
    assert made["issued"] == {"date-parts": [[2018, 5]]}
    assert (made["URL"], made["keyword"]) == ("https://fnau.example/", "Design; labo")
    assert made["annote"].splitlines() == [
        "remis le 1er juin 2018",
        f"Notice\u00a0: {settings.SITE_URL}/notices/{page.slug}/",
    ]


def test_the_centres_own_file_is_the_document_before_the_sellers_page(home: HomePage) -> None:
    page = full(home)
    page.document = Document.objects.create(title="x", file=ContentFile(b"%PDF", name="x.pdf"))
    page.periodical = Periodical.objects.create(title="Urbanisme", issn="1240-0874")
    made = json.loads(page.export("csl.json"))
    assert made["URL"] == f"{settings.SITE_URL}{page.document.url}"
    assert made["ISSN"] == "1240-0874"


def test_what_is_not_a_document_exports_nothing(home: HomePage) -> None:
    assert agenda_entry(home).export("ris") == CaseStudy(title="x").export("bib") == ""
    assert full(home).export("docx") == ""


def test_records_join_into_files(home: HomePage) -> None:
    pages = [full(home, "Un"), full(home, "Deux")]
    records = [page.export("ris") for page in pages]
    assert [r.endswith("\r\nER  - \r\n\r\n") for r in records] == [True, True]
    heads = [page.export("bib").splitlines()[0] for page in pages]
    assert heads == [f"@techreport{{notice-{page.pk}," for page in pages]


@pytest.mark.parametrize(
    ("name", "media_type", "start"),
    [
        ("ris", "application/x-research-info-systems", "TY  - RPRT\r\n"),
        ("bib", "application/x-bibtex", "@techreport{notice-"),
        ("csl.json", "application/vnd.citationstyles.csl+json", "[\n {\n"),
    ],
)
def test_a_notices_files_are_beside_its_page(
    home: HomePage, client: Client, name: str, media_type: str, start: str
) -> None:
    page = full(home)
    answer = client.get(f"/notices/{page.slug}.{name}")
    assert answer.status_code == 200
    assert answer["Content-Type"] == f"{media_type}; charset=utf-8"
    assert answer["Content-Disposition"] == f'attachment; filename="{page.slug}.{name}"'
    assert answer.content.decode("utf-8").startswith(start)
    head = client.head(f"/notices/{page.slug}.{name}")
    assert (head.status_code, head.content) == (200, b"")
    assert client.post(f"/notices/{page.slug}.{name}").status_code == 405


def test_they_follow_the_shelf_and_the_slug(home: HomePage, client: Client) -> None:
    page = full(home)
    shelf = notice_index(home)
    shelf.slug = "fonds"
    shelf.save()
    assert client.get(f"/fonds/{page.slug}.ris").status_code == 200
    assert client.get(f"/notices/{page.slug}.ris").status_code == 404


@pytest.mark.parametrize("name", FORMATS)
def test_who_may_not_read_the_page_may_not_read_its_files(
    home: HomePage, client: Client, name: str
) -> None:
    draft, private, locked = notice(home, live=False), full(home, "Privée"), full(home, "Close")
    PageViewRestriction.objects.create(page=private, restriction_type="login")
    PageViewRestriction.objects.create(page=locked, restriction_type="password", password="x")
    withdrawn = full(home, "Retirée")
    withdrawn.unpublish()
    for page in (draft, withdrawn):
        assert client.get(f"/notices/{page.slug}.{name}").status_code == 404
    answer = client.get(f"/notices/{private.slug}.{name}")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/_util/login/?next=")
    admin = User.objects.create_superuser("admin", "admin@centre.example", "x")
    client.force_login(admin)
    allowed = client.get(f"/notices/{private.slug}.{name}")
    assert allowed["Content-Disposition"].endswith(f'.{name}"')
    asked = client.get(f"/notices/{locked.slug}.{name}")
    assert "Content-Disposition" not in asked
    assert "https://fnau.example/" not in asked.content.decode()


def test_only_notices_have_such_files(home: HomePage, client: Client) -> None:
    date, page = agenda_entry(home), full(home)
    for path in (f"/agenda/{date.slug}.ris", "/notices.ris", "/rien/la.bib", "/notices/rien.ris"):
        assert client.get(path).status_code == 404
    assert client.get(f"/notices/{page.slug}.docx").status_code == 404
    assert client.get(f"/notices/{page.slug}.json").status_code == 404


def test_the_page_offers_its_files(home: HomePage, client: Client) -> None:
    page = full(home)
    text = client.get(f"/notices/{page.slug}/").content.decode()
    for name, label in zip(FORMATS, ["RIS", "BibTeX", "CSL-JSON"], strict=True):
        assert f'aria-label="{label}, exporter la notice">{label}</a>' in text
        assert text.count(f'href="/notices/{page.slug}.{name}"') == 2
    assert '<link rel="alternate" type="application/x-bibtex"' in text
    assert "Policy &amp; Labs (RIS)" in text


def test_the_command_exports_listed_notices_latest_first(home: HomePage, run: Ask) -> None:
    first, second = full(home, "Un"), full(home, "Deux")
    notice(home, title="Brouillon", live=False)
    PageViewRestriction.objects.create(page=full(home, "Privée"), restriction_type="login")
    titles = [made["title"] for made in json.loads(run())]
    assert titles == ["Deux", "Un"]
    assert [line for line in run("--format", "ris").splitlines() if line[:2] == "TI"] == [
        "TI  - Deux",
        "TI  - Un",
    ]
    assert run("--format", "ris") == second.export("ris") + first.export("ris")
    assert run("--format", "bibtex") == f"{second.export('bib')}\n{first.export('bib')}"


def test_the_command_prints_a_notice_a_paragraph(home: HomePage, run: Ask) -> None:
    full(home, "Un")
    notice(home, title="Où ?")
    assert run("--format", "citation-bulletin") == ("Où ?\n\nUn. R. Besson, CGET. FNAU, mai 2018\n")
    assert run("--format", "citation-bibliography") == (
        "Où ?\n\nR. Besson, CGET, Un, FNAU, mai 2018\n"
    )


@pytest.mark.parametrize("tag", ["Design de services", "design-de-services", " DESIGN de services"])
def test_a_tag_is_a_topic_or_a_keyword_by_name_or_slug(home: HomePage, run: Ask, tag: str) -> None:
    notice(home, title="Thème", topics=("Design de services",))
    notice(home, title="Mot-clé", tags=("Design de services", "autre"))
    notice(home, title="Les deux", topics=("Design de services",), tags=("Design de services",))
    notice(home, title="Ni l'un ni l'autre", tags=("design",))
    titles = [made["title"] for made in json.loads(run("--tag", tag))]
    assert sorted(titles) == ["Les deux", "Mot-clé", "Thème"]


def test_a_query_asks_the_sites_search_in_its_order(home: HomePage, run: Ask) -> None:
    notice(home, title="Autre chose", abstract="Une ruche.")
    notice(home, title="La ruche")
    notice(home, title="Sans rapport", tags=("abeilles",))
    notice(home, title="Ruche et abeilles", tags=("abeilles",))
    agenda_entry(home, title="La ruche en fête")
    rebuild()
    assert json.loads(run("--query", "ruche"))[-1]["title"] == "Autre chose"
    assert len(json.loads(run("--query", "ruche"))) == 3
    both = json.loads(run("--query", "ruche", "--tag", "abeilles"))
    assert [made["title"] for made in both] == ["Ruche et abeilles"]


def test_nothing_found_is_an_empty_file(home: HomePage, run: Ask) -> None:
    assert json.loads(run("--tag", "inconnu")) == []
    assert run("--tag", "inconnu", "--format", "ris") == ""
    assert run("--tag", "inconnu", "--format", "citation-bulletin") == ""


def test_another_format_is_refused_and_writes_nothing(home: HomePage) -> None:
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("export_notices", "--format", "docx", stdout=out)
    assert out.getvalue() == ""


def test_ten_notices_cost_the_queries_of_two(home: HomePage, run: Ask) -> None:
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as spent:
            run("--format", "ris")
        return len(spent)

    for number in range(2):
        full(home, f"Notice {number}", topics=("Design",), tags=("labo",))
    cost()  # fills Wagtail's cache of sites
    few = cost()
    for number in range(2, 10):
        full(home, f"Notice {number}", topics=("Design",), tags=("labo",))
    assert Page.objects.type(Notice).count() == 10
    assert cost() == few
