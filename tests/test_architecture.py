"""The house's own rules: who may import whom, and how large a room may be."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ("home", "veille", "resources", "newsletter", "search")
ALLOWED = {app: {app, "home"} for app in APPS}
PURE = [
    "home/cards.py",
    "home/slugs.py",
    "veille/choices.py",
    "veille/citation.py",
    "veille/dates.py",
    "veille/exports.py",
    "veille/exports_bibtex.py",
    "veille/exports_csl.py",
    "veille/exports_fields.py",
    "veille/exports_ris.py",
    "veille/records.py",
    "newsletter/cautions.py",
    "newsletter/composer/composition.py",
    "newsletter/composer/lists.py",
    "newsletter/composer/moves.py",
    "newsletter/composer/parts.py",
    "newsletter/composer/proposals.py",
    "newsletter/documents.py",
    "newsletter/facts.py",
    "newsletter/figures/campaigns.py",
    "newsletter/figures/charts.py",
    "newsletter/figures/explaining.py",
    "newsletter/figures/pace.py",
    "newsletter/figures/wording.py",
    "newsletter/markup.py",
    "newsletter/engine/breaker.py",
    "newsletter/engine/messages.py",
    "newsletter/engine/headers.py",
    "newsletter/engine/prepared.py",
    "newsletter/engine/verp.py",
    "newsletter/mjml.py",
    "newsletter/numbering.py",
    "newsletter/engine/outcomes.py",
    "newsletter/engine/width.py",
    "newsletter/periods.py",
    "newsletter/printing.py",
    "newsletter/preflight.py",
    "newsletter/readers/imports/decoding.py",
    "newsletter/readers/imports/reading.py",
    "newsletter/readers/imports/reports.py",
    "newsletter/readers/imports/shapes.py",
    "newsletter/readers/imports/tables.py",
    "newsletter/readers/imports/values.py",
    "newsletter/rhythm.py",
    "newsletter/returns/dsn.py",
    "newsletter/returns/judging.py",
    "newsletter/returns/mime.py",
    "newsletter/returns/originals.py",
    "newsletter/returns/texts.py",
    "newsletter/returns/values.py",
    "newsletter/returns/wording.py",
    "newsletter/readers/digests/placing.py",
    "newsletter/selection.py",
    "newsletter/spec.py",
    "search/analysis.py",
    "search/query.py",
]
IMPURE = ("django.db", "django.conf", "django.core", "django.utils.timezone", "wagtail", "requests")
MAX_FILE, MAX_FUNCTION = 300, 50


def sources(*folders: str) -> list[Path]:
    found = [file for folder in folders for file in (ROOT / folder).rglob("*.py")]
    return sorted(file for file in found if "migrations" not in file.parts)


def imports(tree: ast.AST) -> Iterator[tuple[str, ast.stmt]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "", node


@pytest.mark.parametrize("app", APPS)
def test_an_app_imports_only_itself_and_the_ground_floor(app: str) -> None:
    wrong = [
        f"{file.relative_to(ROOT)}:{node.lineno} imports {name}"
        for file in sources(app)
        for name, node in imports(ast.parse(file.read_text("utf-8")))
        if name.split(".")[0] in {*APPS, "config", "tests"} - ALLOWED[app]
    ]
    assert wrong == []


def test_no_import_is_hidden_inside_a_function() -> None:
    hidden = [
        f"{file.relative_to(ROOT)}:{inner.lineno} {name}"
        for file in sources(*APPS)
        for function in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for name, inner in imports(function)
        if name.split(".")[0] in APPS and Path(file).name != "apps.py"
    ]
    assert hidden == []


@pytest.mark.parametrize("name", PURE)
def test_a_pure_module_touches_no_database_clock_or_network(name: str) -> None:
    tree = ast.parse((ROOT / name).read_text("utf-8"))
    assert [n for n, _ in imports(tree) if n.startswith(IMPURE) or n in {"time", "socket"}] == []
    called = {ast.unparse(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)}
    assert called & {"date.today", "datetime.now", "datetime.today", "open"} == set()


def test_no_file_and_no_function_is_too_large() -> None:
    large = []
    for file in sources(*APPS, "config", "tests", "bench"):
        text = file.read_text("utf-8")
        if len(text.splitlines()) > MAX_FILE:
            large.append(f"{file.relative_to(ROOT)}: {len(text.splitlines())} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                if length > MAX_FUNCTION:
                    large.append(f"{file.relative_to(ROOT)}: {node.name} has {length} lines")
    assert large == []


def test_every_template_of_ours_is_used() -> None:
    templates = sorted((ROOT / "templates").rglob("*.*"))
    text = "\n".join(f.read_text("utf-8") for f in [*sources(*APPS, "config"), *templates])
    known_to_django = {"404.html", "500.html", "base.html"}
    unused = [
        name
        for file in templates
        if (name := file.relative_to(ROOT / "templates").as_posix()) not in known_to_django
        and f'"{name}"' not in text
        and not name.startswith("wagtailadmin/")
    ]
    assert unused == []
