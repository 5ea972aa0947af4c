"""What each database searches in, kept by the database itself from `SearchEntry`'s tokens.

PostgreSQL: a generated weighted vector, never out of step. The configuration is `simple`: the
tokens are already analysed. The word `zqzbreak` keeps phrases from running across two fields.
SQLite: an FTS5 table over the same columns (external content) and its three triggers.
"""

from django.db import migrations

POSTGRESQL = [
    """ALTER TABLE search_searchentry ADD COLUMN words tsvector GENERATED ALWAYS AS (
         setweight(to_tsvector('simple', title), 'A')
         || setweight(to_tsvector('simple', 'zqzbreak ' || names), 'B')
         || setweight(to_tsvector('simple', 'zqzbreak ' || subjects), 'C')
         || setweight(to_tsvector('simple', 'zqzbreak ' || body), 'D')) STORED""",
    "CREATE INDEX search_words ON search_searchentry USING gin (words)",
]
POSTGRESQL_BACK = ["ALTER TABLE search_searchentry DROP COLUMN words"]

OLD = "('delete', old.page_id, old.title, old.names, old.subjects, old.body)"
NEW = "(new.page_id, new.title, new.names, new.subjects, new.body)"
FORGET = (
    f"INSERT INTO search_words(search_words, rowid, title, names, subjects, body) VALUES {OLD};"
)
LEARN = f"INSERT INTO search_words(rowid, title, names, subjects, body) VALUES {NEW};"
SQLITE = [
    """CREATE VIRTUAL TABLE search_words USING fts5(
         title, names, subjects, body,
         content='search_searchentry', content_rowid='page_id', tokenize='ascii')""",
    "CREATE TRIGGER search_words_insert AFTER INSERT ON search_searchentry"
    f" BEGIN {LEARN} END",
    "CREATE TRIGGER search_words_delete AFTER DELETE ON search_searchentry"
    f" BEGIN {FORGET} END",
    "CREATE TRIGGER search_words_update AFTER UPDATE ON search_searchentry"
    f" BEGIN {FORGET} {LEARN} END",
]
SQLITE_BACK = [
    "DROP TRIGGER search_words_insert",
    "DROP TRIGGER search_words_delete",
    "DROP TRIGGER search_words_update",
    "DROP TABLE search_words",
]


def run(schema_editor, statements):
    for statement in statements[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def forwards(apps, schema_editor):
    run(schema_editor, {"postgresql": POSTGRESQL, "sqlite": SQLITE})


def backwards(apps, schema_editor):
    run(schema_editor, {"postgresql": POSTGRESQL_BACK, "sqlite": SQLITE_BACK})


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
