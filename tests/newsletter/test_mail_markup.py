"""The mail's markup: its structure, and what must never be in it."""

import re
from dataclasses import replace
from itertools import pairwise

from lxml import html as lxml_html

from newsletter.documents import UNSUBSCRIBE_MARK
from newsletter.rendering import mjml_of, render
from tests.newsletter.samples import SITE, large_document, line, small_document, when


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


# What must not be there -----------------------------------------------------------------


def test_no_address_leads_to_a_third_party_and_none_is_tracked():
    html = render(large_document()).html
    visible = re.sub(r'xmlns(:\w+)?="[^"]*"', "", html)
    addresses = re.findall(r'https?://[^"\')\s<>]+', visible)
    assert addresses
    strangers = {a for a in addresses if not a.startswith((SITE, UNSUBSCRIBE_MARK))}
    assert strangers == set()
    assert not any("?" in address for address in addresses)
    assert "<link" not in html
    assert "@import" not in html


def test_nothing_of_mjml_leaks():
    assert re.search(r"</?mj", render(large_document()).html) is None


def test_the_mail_has_no_double_line_and_no_indentation():
    assert "\n\n" not in mjml_of(small_document(), "x")
    assert "\n " not in mjml_of(small_document(), "x")
