"""What can go wrong with a letter, each with the words that a person reads."""


class LetterError(Exception):
    """Base of the letter's errors; its text is French and meant for the person who asked."""


class WithdrawnPagesError(LetterError):
    """Pages of the issue are no longer public: they may not be sent."""

    def __init__(self, titles: list[str]) -> None:
        self.titles = titles
        named = ", ".join(f"«\u00a0{title}\u00a0»" for title in titles)
        if len(titles) == 1:
            words = f"Une page de ce numéro n'est plus publiée\u00a0: {named}. Republiez-la"
            words += " ou retirez-la du numéro."
        else:
            words = f"{len(titles)} pages de ce numéro ne sont plus publiées\u00a0: {named}. "
            words += "Republiez-les ou retirez-les du numéro."
        super().__init__(words)


class DeletedPagesError(LetterError):
    """Lines of the issue point to pages that were deleted; `places` names their rubrics."""

    def __init__(self, places: list[str]) -> None:
        self.places = places
        named = ", ".join(f"«\u00a0{place}\u00a0»" for place in places)
        super().__init__(
            f"Une ligne renvoie à une page supprimée ({named})\u00a0: retirez-la du numéro."
        )


class SpecError(LetterError):
    """An issue's spec can not be used; `problems` has one sentence a field."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__(" ".join(problems))


class AlreadySentError(LetterError):
    """The issue that the spec names has been sent."""

    def __init__(self, issue_id: int, path: str) -> None:
        self.issue_id, self.path = issue_id, path
        super().__init__(f"Ce numéro a déjà été envoyé\u00a0: {path} (numéro d'ordre {issue_id}).")
