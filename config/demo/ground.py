"""The demo's site: tree, settings, accounts, topics, territories, images."""

from collections.abc import Iterator

from django.contrib.auth.models import Group
from django.core.files.images import ImageFile
from wagtail.models import Collection, Locale, Page, Site

from config.demo import content, rights
from home.models import HomePage, SiteImage, SiteSettings, StandardPage, Territory, Topic, User
from newsletter.models import Bulletin, BulletinIndexPage
from resources.models import CaseStudyIndexPage
from veille.models import AgendaIndexPage, NoticeIndexPage

# name, parent slug; the order is the tree's own.
TOPICS = (
    ("Action publique", ""),
    ("Conception des politiques publiques", "action-publique"),
    ("Design de services", "action-publique"),
    ("Culture de l'innovation", "action-publique"),
    ("Évaluation des politiques", "action-publique"),
    ("Territoires", ""),
    ("Innovation territoriale", "territoires"),
    ("Politique de la ville", "territoires"),
    ("Villes moyennes", "territoires"),
    ("Espaces ruraux", "territoires"),
    ("Participation", ""),
    ("Co-construction", "participation"),
    ("Concertation", "participation"),
    ("Lieux", ""),
    ("Lieux de l'innovation", "lieux"),
    ("Laboratoires d'innovation", "lieux"),
    ("Société numérique", ""),
    ("Inclusion numérique", "societe-numerique"),
    ("Ville intelligente", "societe-numerique"),
    ("Données publiques", "societe-numerique"),
    ("Innovation sociale", ""),
    ("Économie sociale et solidaire", "innovation-sociale"),
    ("Économie collaborative", "innovation-sociale"),
)
OTHER_LABELS = {
    "economie-sociale-et-solidaire": "ESS",
    "lieux-de-l-innovation": "Tiers-lieux\nFab labs\nLiving labs",
    "laboratoires-d-innovation": "Labs\nPolicy labs",
    "ville-intelligente": "Smart city",
    "politique-de-la-ville": "Quartiers prioritaires\nQPV",
    "inclusion-numerique": "Fracture numérique\nMédiation numérique",
}
# name, given name, family name, group; the first is an administrator too.
ACCOUNTS = (
    ("demo", "Claire", "Delmas", "Rédaction"),
    ("documentaliste", "Isabelle", "Rivoire", rights.DOCUMENTALISTS),
    ("redaction-en-chef", "Michel", "Aubrac", rights.EDITORS_IN_CHIEF),
)
DEMO_PASSWORD = "demo"  # noqa: S105 — printed by the demo; the demo listens on 127.0.0.1 only


def home_page() -> HomePage:
    """The demo's home page as the root of the default site."""
    if home := HomePage.objects.first():
        return home
    root = Page.get_first_root_node()
    site = content.facts("site")
    home = HomePage(
        title=site["home"]["title"],
        slug="accueil",
        introduction=site["home"]["introduction"],
        locale=Locale.get_default(),
    )
    root.add_child(instance=home)
    Site.objects.update_or_create(
        is_default_site=True,
        defaults={
            "hostname": "127.0.0.1",
            "port": 8000,
            "root_page": home,
            "site_name": site["centre"]["name"],
        },
    )
    # Wagtail's own « Welcome » page is nobody's content.
    for page in Page.objects.filter(depth=2, slug="home").exclude(pk=home.pk):
        page.delete()
    return home


def settings(home: HomePage) -> None:
    centre = content.facts("site")["centre"]
    editor, host, dpo = centre["editor"], centre["host"], centre["dpo"]
    SiteSettings.objects.update_or_create(
        site=Site.objects.get(is_default_site=True),
        defaults={
            "centre_name": centre["name"],
            "centre_short_name": centre["short_name"],
            "tagline": centre["tagline"],
            "editor_name": editor["legal_name"],
            "editor_legal_form": editor["legal_form"],
            "editor_address": editor["address"],
            "editor_phone": editor["phone"],
            "publication_director": centre["publication_director"],
            "contact_email": centre["contact_email"],
            "host_name": host["name"],
            "host_address": host["address"],
            "host_phone": host["phone"],
            "dpo_name": dpo["name"],
            "dpo_email": dpo["email"],
            "legal_basis": centre["legal_basis"],
            "colophon": "Sélection et résumés : le service de veille du centre de ressources.",
        },
    )


def accounts(shelves: list[Page]) -> None:
    """An administrator, a documentalist who works on the shelves, and the editor in chief."""
    rights.documentalists(shelves)
    bulletins = next(shelf for shelf in shelves if isinstance(shelf, BulletinIndexPage))
    rights.editors_in_chief(bulletins)
    for username, first, last, group in ACCOUNTS:
        is_admin = username == ACCOUNTS[0][0]
        user, created = User.objects.get_or_create(
            username=username,
            defaults={
                "first_name": first,
                "last_name": last,
                "email": f"{username}@example.org",
                "is_staff": is_admin,
                "is_superuser": is_admin,
            },
        )
        if created:
            user.set_password(DEMO_PASSWORD)
            user.save()
            user.groups.add(Group.objects.get(name=group))


def topics() -> dict[str, Topic]:
    """The controlled tree, as {slug: topic}."""
    made: dict[str, Topic] = {}
    for position, (name, parent) in enumerate(TOPICS):
        topic, _ = Topic.objects.get_or_create(
            name=name, defaults={"parent": made.get(parent), "position": position}
        )
        labels = OTHER_LABELS.get(topic.slug, "")
        if labels and not topic.other_labels:
            topic.other_labels = labels
            topic.save()
        made[topic.slug] = topic
    return made


def territories() -> dict[str, Territory]:
    """The places, as {name: territory}."""
    return {
        row["name"]: Territory.objects.get_or_create(
            name=row["name"], kind=row["kind"], defaults={"code": row.get("code", "")}
        )[0]
        for row in content.facts("territories")
    }


def images() -> dict[str, SiteImage]:
    """The project's own drawings, as {what they are for: image}."""
    made = {}
    for row in content.images():
        image = SiteImage.objects.filter(title=row["title"]).first()
        if image is None:
            with (content.IMAGES / row["file"]).open("rb") as file:
                image = SiteImage.objects.create(
                    title=row["title"],
                    description=row["alt"],
                    file=ImageFile(file, name=row["file"]),
                    credit="Dessin du projet",
                    rights="CC0",
                    collection=Collection.get_first_root_node(),
                )
        made[row["for"]] = image
    return made


def indexes(home: HomePage) -> Iterator[Page]:
    """The collections' containers, in the order of the menu."""
    wanted: list[tuple[type[Page], str, str, str]] = [
        (NoticeIndexPage, "notices", "Notices", "Rapports, articles, guides et vidéos, décrits."),
        (
            CaseStudyIndexPage,
            "retours-d-experience",
            "Retours d'expérience",
            "Ce que d'autres ont tenté, du constat aux résultats.",
        ),
        (AgendaIndexPage, "agenda", "Agenda", "Rencontres, formations et dates limites."),
        (BulletinIndexPage, "bulletins", "Bulletins", "Les lettres du centre et leurs archives."),
    ]
    for model, slug, title, introduction in wanted:
        page = model.objects.child_of(home).first()
        if page is None:
            page = home.add_child(
                instance=model(
                    title=title, slug=slug, introduction=introduction, show_in_menus=True
                )
            )
        yield page


def bulletin(shelf: BulletinIndexPage, logos: dict[str, SiteImage]) -> Bulletin:
    site = content.facts("site")
    facts = site["bulletin"]
    if found := Bulletin.objects.child_of(shelf).filter(slug=facts["slug"]).first():
        return found
    made = Bulletin(
        **{k: facts[k] for k in ("title", "slug", "tagline", "description", "rhythm")},
        **{k: facts[k] for k in ("sender_name", "sender_email", "reply_to")},
    )
    made.partners = [
        {"type": "partner", "value": row | {"logo": getattr(logos.get(row["key"]), "pk", None)}}
        for row in site["partners"]
    ]
    made.standing_rubrics = [
        {
            "type": "rubric",
            "value": {"title": topic.name, "topics": [topic.pk], "keywords": [], "maximum": 8},
        }
        for topic in Topic.objects.filter(
            slug__in=[
                "conception-des-politiques-publiques",
                "inclusion-numerique",
                "co-construction",
            ]
        )
    ]
    shelf.add_child(instance=made)
    return made


def standard_pages(home: HomePage) -> None:
    for row in content.facts("site")["standard_pages"]:
        if StandardPage.objects.child_of(home).filter(slug=row["slug"]).exists():
            continue
        page = StandardPage(title=row["title"], slug=row["slug"], show_in_menus=False)
        page.body = [body_block(block) for block in row["body"]]
        home.add_child(instance=page)


def body_block(block: dict) -> dict:
    if block["type"] == "heading":
        return {"type": "heading", "value": block["value"]}
    if block["type"] == "list":
        items = "".join(f"<li>{item}</li>" for item in block["value"])
        return {"type": "paragraph", "value": f"<ul>{items}</ul>"}
    return {"type": "paragraph", "value": f"<p>{block['value']}</p>"}
