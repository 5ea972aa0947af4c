"""The search holds words of public pages only: see `home.personal`."""

NOT_PERSONAL = {
    "search.SearchEntry.names": "des mots de pages publiques",
    "search.SearchFacet.name": "le nom d'une facette",
    "search.SearchWord.token": "un mot",
}
