"""What the ground floor, and Wagtail under it, keep of people: see `home.personal`."""

from home.personal import Holding

HOLDINGS = [
    Holding(
        title="Comptes de l'équipe et journal de l'administration",
        purpose="Ouvrir l'administration à qui en a le droit, dire qui a écrit, changé ou publié "
        "quoi.",
        people="Membres de l'équipe qui ont un compte.",
        recipients="L'équipe et l'hébergeur.",
        source="La personne qui crée le compte, puis le logiciel à chaque action.",
        basis=lambda: "Mission d'intérêt public (RGPD, art. 6.1.e)",
        kept=lambda: (
            "Jusqu'à la suppression du compte\u00a0; le journal garde l'action sans nom. "
            "La session dure le temps que fixe l'exploitant."
        ),
        fields={
            "home.User": (
                *("username", "first_name", "last_name", "email", "password"),
                *("last_login", "date_joined"),
            ),
            "home.User_groups": ("user",),
            "home.User_user_permissions": ("user",),
            "home.SiteImage": ("uploaded_by_user",),
            "wagtailimages.Image": ("uploaded_by_user",),
            "wagtaildocs.Document": ("uploaded_by_user",),
            "wagtailcore.UploadedFile": ("uploaded_by_user",),
            "wagtailcore.Page": ("owner", "locked_by"),
            "wagtailcore.Revision": ("user",),
            "wagtailcore.PageLogEntry": ("user",),
            "wagtailcore.ModelLogEntry": ("user", "label"),
            "wagtailcore.Comment": ("user", "resolved_by"),
            "wagtailcore.CommentReply": ("user",),
            "wagtailcore.PageSubscription": ("user",),
            "wagtailcore.WorkflowState": ("requested_by",),
            "wagtailcore.TaskState": ("finished_by",),
            "wagtailcore.APIToken": ("user",),
            "wagtailadmin.EditingSession": ("user",),
            "wagtailadmin.FormState": ("user",),
            "wagtailusers.UserProfile": ("user", "avatar"),
            "admin.LogEntry": ("user",),
            "sessions.Session": ("session_key", "session_data"),
        },
    ),
    Holding(
        title="Mentions légales",
        purpose="Dire qui édite et héberge le site, et qui est le délégué à la protection des "
        "données (loi du 21 juin 2004, art. 6\u00a0; RGPD, art. 13).",
        people="Responsables nommés par le centre.",
        recipients="Le public.",
        source="Le centre.",
        basis=lambda: "Obligation légale (RGPD, art. 6.1.c)",
        kept=lambda: "Tant que la fonction dure.",
        fields={
            "home.SiteSettings": (
                *("editor_name", "editor_address", "editor_phone", "publication_director"),
                *("contact_email", "dpo_name", "dpo_email", "host_name", "host_address"),
                *("host_phone", "audit_author"),
            )
        },
    ),
]

NOT_PERSONAL = {
    "*.locked_by": "porté par la page (wagtailcore.Page)",
    "*.owner": "porté par la page (wagtailcore.Page)",
    "home.User.is_superuser": "un droit",
    "home.User.user_permissions": "des droits",
    "home.Topic.name": "le nom d'un thème",
    "home.Keyword.name": "un mot-clé",
    "home.Territory.name": "le nom d'un territoire",
    "home.SiteSettings.centre_name": "le nom du centre",
    "home.SiteSettings.centre_short_name": "le nom du centre",
    "wagtailembeds.Embed.author_name": "l'auteur public d'une vidéo intégrée",
    "wagtailembeds.Embed.provider_name": "un site de vidéos",
    "wagtailcore.Site.hostname": "le nom du site",
    "wagtailcore.Site.site_name": "le nom du site",
    "wagtailcore.APIToken.name": "le nom d'un jeton",
    "wagtailcore.Collection.name": "le nom d'une collection",
    "wagtailcore.Workflow.name": "le nom d'un circuit",
    "wagtailcore.Task.name": "le nom d'une étape",
    "wagtailcore.GroupApprovalTask.name": "le nom d'une étape",
    "taggit.Tag.name": "une étiquette",
    "auth.Permission.name": "un droit",
    "auth.Permission.codename": "un droit",
    "auth.Group.name": "le nom d'un groupe",
}
