from django.db import migrations

GROUPS = {"Editors": "Rédaction", "Moderators": "Modération"}
REVIEWS = {"Moderators approval": "Relecture"}


def rename(apps, names):
    """Renames what Wagtail's own migrations made; leaves a name that is absent or taken."""
    for app, model, table in (
        ("auth", "Group", GROUPS),
        ("wagtailcore", "Workflow", REVIEWS),
        ("wagtailcore", "Task", REVIEWS),
    ):
        objects = apps.get_model(app, model).objects
        for old, new in names(table):
            if not objects.filter(name=new).exists():
                objects.filter(name=old).update(name=new)


def into_french(apps, schema_editor):
    rename(apps, lambda table: table.items())


def into_english(apps, schema_editor):
    rename(apps, lambda table: ((new, old) for old, new in table.items()))


class Migration(migrations.Migration):
    # Each of these finds Wagtail's groups by their English names.
    dependencies = [
        ("home", "0002_content"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("wagtailcore", "0098_apitoken"),
        ("wagtailadmin", "0001_create_admin_access_permissions"),
        ("wagtaildocs", "0002_initial_data"),
        ("wagtailimages", "0002_initial_data"),
    ]

    operations = [migrations.RunPython(into_french, into_english)]
