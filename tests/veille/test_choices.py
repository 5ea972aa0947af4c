"""Each kind of document has its twins in the exchange formats."""

from dataclasses import astuple

import pytest

from veille.choices import (
    AUTHOR_ROLES,
    BY_SLUG,
    NOTICE_TYPES,
    RELATION_KINDS,
    REVERSE_RELATIONS,
    ROLES,
)

SLUGS = [
    *("rapport", "guide", "note-de-serie", "article", "article-presse", "numero-special"),
    *("ouvrage", "bande-dessinee", "these", "actes", "loi", "reglement", "dossier-en-ligne"),
    *("dispositif", "site", "video", "web-serie", "mooc", "support"),
]


def test_the_types_are_those_of_the_model_in_order() -> None:
    assert [kind.slug for kind in NOTICE_TYPES] == SLUGS


def test_a_type_lacks_no_twin() -> None:
    assert [kind.slug for kind in NOTICE_TYPES if not all(astuple(kind)[:6])] == []


@pytest.mark.parametrize(
    ("slug", "csl", "ris", "schema"),
    [
        ("article", "article-journal", "JOUR", "ScholarlyArticle"),
        ("article-presse", "article-magazine", "MGZN", "Article"),
        ("numero-special", "periodical", "SER", "PublicationIssue"),
        ("these", "thesis", "THES", "Thesis"),
        ("loi", "legislation", "STAT", "Legislation"),
        ("video", "motion_picture", "VIDEO", "VideoObject"),
        ("support", "speech", "SLIDE", "PresentationDigitalDocument"),
    ],
)
def test_a_type_is_named_in_each_format(slug: str, csl: str, ris: str, schema: str) -> None:
    kind = BY_SLUG[slug]
    assert (kind.csl, kind.ris, kind.schema) == (csl, ris, schema)


def test_a_doctoral_thesis_and_a_comic_keep_their_genre() -> None:
    assert BY_SLUG["these"].genre == "Thèse de doctorat"
    assert BY_SLUG["bande-dessinee"].genre == "Bande dessinée"


def test_a_commissioner_is_not_an_author() -> None:
    assert {"author", "director", "coordinator", "speaker"} == set(AUTHOR_ROLES)
    assert set(AUTHOR_ROLES) < {slug for slug, _ in ROLES}


def test_every_relation_reads_from_the_other_side() -> None:
    assert set(REVERSE_RELATIONS) == {slug for slug, _ in RELATION_KINDS}
