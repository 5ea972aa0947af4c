"""The mail's markup: its structure, and what must never be in it."""

import re
from dataclasses import replace
from itertools import pairwise

from lxml import html as lxml_html

from newsletter.documents import PREFERENCES_MARK, UNSUBSCRIBE_MARK, Partner, Rubric
from newsletter.rendering import mjml_of, render
from tests.newsletter.samples import (
    FREE_BLOCK,
    SITE,
    edition_document,
    every_state_document,
    large_document,
    line,
    small_document,
    when,
)


def tree(html: str) -> lxml_html.HtmlElement:
    return lxml_html.document_fromstring(html)


def test_the_mail_says_its_language_and_its_schemes():
    root = tree(render(small_document()).html)
    assert root.get("lang") == "fr"
    assert root.get("dir") == "ltr"
    assert root.xpath("//meta[@name='color-scheme']/@content") == ["light dark"]
    assert root.xpath("//div[@role='article']/@lang") == ["fr"]


def test_headings_are_real_and_skip_no_level():
    levels = [
        int(e.tag[1]) for e in tree(render(large_document()).html).iter("h1", "h2", "h3", "h4")
    ]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert levels.count(2) == 1 + 1 + 6 + 1  # contents, featured, rubrics, agenda
    assert levels.count(3) + levels.count(4) == 77 + 5  # lines and the boxes' titles
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_table_is_presentation_and_every_image_has_a_text():
    root = tree(render(large_document()).html)
    assert root.xpath("//table[not(@role='presentation')]") == []
    assert root.xpath("//img[not(@alt)]") == []
    assert root.xpath("//img/@alt") == ["FNAU", "CGET", "Club", ""]


def test_every_entry_of_the_contents_leads_somewhere_and_no_id_is_double():
    root = tree(render(large_document()).html)
    targets = [href[1:] for href in root.xpath("//li/a/@href")]
    ids = root.xpath("//@id")
    assert len(targets) == 7
    assert set(targets) == set(ids)
    assert len(ids) == len(set(ids))
    assert all(root.get_element_by_id(target).tag == "h2" for target in targets)


def test_a_line_has_one_link_with_its_title_and_its_language():
    root = tree(render(small_document()).html)
    links = root.xpath(f"//a[@href='{line(2).url}']")
    assert [a.text_content() for a in links] == ["Fostering Innovation in the Public Sector"]
    assert links[0].get("lang") == "en"
    assert root.xpath(f"//a[@href='{line(3).url}']/@lang") == []


def test_citations_keep_their_italics_and_labels_tell_the_type_in_words():
    root = tree(render(small_document()).html)
    line_of_2 = root.xpath(f"//h3[a/@href='{line(2).url}']/following-sibling::p[1]")[0]
    assert line_of_2.text_content() == (
        "Numéro spécial · Élisabeth DAU, Nicolas KRAUSZ. Revue internationale des sciences "
        "administratives, 2018/2 (vol. 84). En ligne."
    )
    assert [i.text for i in line_of_2.iter("i")] == [
        "Revue internationale des sciences administratives"
    ]


def test_a_cancelled_date_is_struck_and_says_so():
    root = tree(render(small_document()).html)
    (struck,) = root.iter("s")
    assert struck.text_content() == line(6).title
    assert "Annulé · décembre 2018" in struck.getparent().getparent().text_content()


def test_a_postponed_date_and_a_deadline_say_so_without_being_struck():
    moment = when(
        "7", "déc.", "7 décembre 2018", status="postponed", status_label="Reporté", is_deadline=True
    )
    document = replace(small_document(), agenda=(line(5, when=moment),))
    rendered = render(document)
    assert "Reporté · Date limite · 7 décembre 2018" in tree(rendered.html).text_content()
    assert "REPORTÉ · Date limite · 7 décembre 2018" in rendered.text
    assert "<s>" not in rendered.html


def test_a_month_only_date_block_has_no_day():
    blocks = [
        td.text_content() for td in tree(render(small_document()).html).xpath("//td[@class='k']")
    ]
    assert blocks == ["5nov.2018", "déc.2018"]


def test_a_title_written_from_right_to_left_is_set_so():
    document = replace(small_document(), featured=line(1, title="المدينة", language="ar"))
    (heading,) = tree(render(document).html).xpath("//h3[@dir='rtl']")
    assert heading.find("a").get("lang") == "ar"


# Where to read it, and with whom --------------------------------------------------------


def links(html: str) -> dict[str, list[str]]:
    """The addresses under each link's words."""
    found: dict[str, list[str]] = {}
    for a in tree(html).iter("a"):
        found.setdefault(a.text_content(), []).append(a.get("href"))
    return found


def test_the_mail_leads_to_its_web_page_and_its_pdf_at_the_top_and_at_the_foot():
    document = edition_document()
    found = links(render(document).html)
    assert found["Lire en ligne"] == [document.web_url] * 2
    assert found["Lire en PDF"] == [document.pdf_url] * 2
    assert document.web_url.endswith("/edition/agence/")
    assert document.pdf_url.endswith("/edition/agence.pdf")


def test_nothing_is_said_of_a_pdf_or_a_page_that_does_not_exist():
    rendered = render(replace(small_document(), web_url="", pdf_url=""))
    for words in (tree(rendered.html).text_content(), rendered.text):
        assert "Lire en PDF" not in words
        assert "Lire en ligne" not in words
    (foot,) = [
        p for p in tree(rendered.html).iter("p") if p.text_content().endswith("personnelles")
    ]
    assert foot.text_content().startswith("Tous les numéros · S’abonner")


def test_the_main_button_is_a_cell_that_outlook_pads_and_a_link_that_others_pad():
    (cell,) = tree(render(small_document()).html).xpath("//td[@bgcolor='#FFFFFF' and a]")
    assert "mso-padding-alt" in cell.get("style")
    assert "display:inline-block" in cell.find("a").get("style")
    assert cell.text_content().strip() == "Lire en ligne"


def test_an_edition_bears_its_partners_name_logo_and_words_in_the_banner():
    root = tree(render(edition_document()).html)
    banner = root.xpath("//p[@class='w']")[0]
    assert banner.text_content() == "En quelques clics, avec l’Agence d’urbanisme"
    logo = root.xpath("//img[contains(@src, 'agence')]")[0]
    assert (logo.get("alt"), logo.get("width"), logo.get("height")) == (
        "Agence d’urbanisme",
        "86",
        "48",
    )
    assert logo.getparent().get("href") == "https://agence.exemple.fr/"
    plate = next(logo.iterancestors("td"))
    assert "background:#FFFFFF" in plate.get("style")
    assert "Édition réalisée avec l’agence" in plate.text_content()


def test_without_logo_nor_words_no_plate_and_without_an_edition_no_partner_in_the_banner():
    bare = replace(edition_document(), edition=Partner("Agence"), partners=())
    assert tree(render(bare).html).xpath("//td[@class='l']") == []
    usual = tree(render(small_document()).html).xpath("//p[@class='w']")[0]
    assert usual.text_content() == "En quelques clics"


def test_partners_are_named_once_by_their_logo_or_by_their_name():
    root = tree(render(small_document()).html)
    (words,) = [p for p in root.iter("p") if p.text_content().startswith("En partenariat")]
    assert words.text_content() == "En partenariat avec Club des documentalistes (relecture)"
    (logo,) = root.xpath("//a[@href='https://www.fnau.org/']/img")
    assert logo.get("alt") == "FNAU"


# Free blocks ----------------------------------------------------------------------------


def test_a_free_block_has_a_title_a_picture_and_its_words_and_is_listed_without_a_number():
    root = tree(render(edition_document()).html)
    title = root.get_element_by_id(FREE_BLOCK.anchor)
    assert (title.tag, title.text_content()) == ("h2", "Un mot de l’équipe")
    picture, words = title.getnext(), title.getnext().getnext()
    assert (picture.get("alt"), picture.get("width")) == ("La salle de lecture, vide", "544")
    assert [each.tag for each in words] == ["p", "ul", "blockquote"]
    assert words.xpath(".//a/@href") == [f"{SITE}/contact/"]
    assert [li.text_content() for li in root.xpath("//li[a[starts-with(@href, '#')]]")] == [
        "Un mot de l’équipe",
        "Le design de services publics\u00a0\u00a03",
        "Agenda\u00a0\u00a02",
    ]


def test_a_free_block_can_not_carry_what_a_mail_must_not():
    block = Rubric(
        "Bloc",
        "bloc",
        prose_html='<p onclick="x()">A<script>x()</script><img src="https://t.fr/p"></p>',
    )
    html = render(replace(small_document(), rubrics=(block,))).html
    assert '<div class="r"><p>A</p></div>' in html
    assert "t.fr" not in html
    assert "<script" not in html


def test_a_small_picture_is_not_enlarged():
    block = replace(FREE_BLOCK, picture=replace(FREE_BLOCK.picture, width=200, height=100))
    root = tree(render(replace(small_document(), rubrics=(block,))).html)
    assert root.xpath("//img[contains(@src, 'salle')]/@width") == ["200"]


# Mail readers ---------------------------------------------------------------------------


def test_the_structure_holds_in_every_state():
    root = tree(render(every_state_document()).html)
    levels = [int(e.tag[1]) for e in root.iter("h1", "h2", "h3", "h4")]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert root.xpath("//table[not(@role='presentation')]") == []
    assert root.xpath("//img[not(@alt)]") == []
    assert len(root.xpath("//@id")) == len(set(root.xpath("//@id")))


def test_outlook_has_its_own_tables_and_a_font_that_it_knows():
    html = render(edition_document()).html
    assert html.count("<!--[if") == html.count("<![endif]-->")
    assert "<!--[if mso | IE]><table" in html
    assert "font-family:Georgia,serif}</style><![endif]-->" in html


def test_the_styles_are_short_enough_for_gmail_which_drops_those_beyond_8192_characters():
    styles = re.findall(r"<style.*?</style>", render(every_state_document()).html, re.DOTALL)
    assert 4_000 < sum(map(len, styles)) <= 8_192


def test_without_its_styles_the_plate_is_still_light_on_dark():
    html = re.sub(r"<style.*?</style>", "", render(edition_document()).html, flags=re.DOTALL)
    root = tree(html)
    plate = next(root.find(".//h1").iterancestors("table"))
    colours = [t.get("style") for t in root.find(".//h1").iterancestors() if t.get("style")]
    assert any("color:#FFFFFF" in style for style in colours)
    assert any("background:#0A3843" in style for style in colours)
    assert plate.get("role") == "presentation"
    for words in ("Se désabonner", "Lire en PDF"):
        assert "color:#FFFFFF" in root.xpath(f"//a[text()='{words}']/@style")[0]


def test_print_and_dark_have_their_rules():
    html = render(small_document()).html
    assert html.count("@media print{") == 1
    assert html.count("@media (prefers-color-scheme:dark){") == 1


def test_the_foot_leads_a_colleague_to_their_own_subscription_before_the_readers_links():
    rendered = render(small_document())
    found = links(rendered.html)
    assert found["Abonnez-vous"] == [small_document().subscribe_url]
    assert found["Régler mon abonnement"] == [PREFERENCES_MARK]
    html, text = rendered.html, rendered.text
    for words in (html, text):
        assert words.index("vous a été transmis") < words.index(PREFERENCES_MARK)
        assert words.index(PREFERENCES_MARK) < words.rindex(UNSUBSCRIBE_MARK)


# What must not be there -----------------------------------------------------------------


def test_no_address_leads_to_a_third_party_and_none_is_tracked():
    html = render(large_document()).html
    visible = re.sub(r'xmlns(:\w+)?="[^"]*"', "", html)
    addresses = re.findall(r'https?://[^"\')\s<>]+', visible)
    assert addresses
    ours = (SITE, UNSUBSCRIBE_MARK, PREFERENCES_MARK)
    strangers = {a for a in addresses if not a.startswith(ours)}
    assert strangers == set()
    assert not any("?" in address for address in addresses)
    assert "<link" not in html
    assert "@import" not in html


def test_nothing_of_mjml_leaks():
    assert re.search(r"</?mj", render(large_document()).html) is None


def test_the_mail_has_no_double_line_and_no_indentation():
    assert "\n\n" not in mjml_of(small_document(), "x")
    assert "\n " not in mjml_of(small_document(), "x")
