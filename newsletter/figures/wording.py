"""Numbers in French words. Pure."""

THIN = "\u202f"


def number(value: int) -> str:
    """« 12 345 », a narrow no-break space between the thousands."""
    return f"{value:,}".replace(",", THIN)


def counted(value: int, one: str, many: str) -> str:
    """« 1 échec », « 0 échec », « 2 échecs »."""
    return f"{number(value)} {one if abs(value) < 2 else many}"


def percent(part: int, whole: int) -> str:
    """« 12,5 % »; "" of nothing."""
    if not whole:
        return ""
    share = 100.0 if part == whole else min(100 * part / whole, 99.9)
    digits = 0 if share == int(share) else 1
    return f"{share:.{digits}f}".replace(".", ",") + "\u00a0%"
