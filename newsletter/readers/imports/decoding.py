"""From the bytes of a text file to its text, whatever wrote it. Pure."""

import codecs
import unicodedata

from newsletter.readers.imports.values import MAX_FILE_BYTES, ImportFileError

UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# What a French text holds beside ASCII: by this two one-byte encodings are told apart.
FRENCH = frozenset("àâäçéèêëîïôöùûüÿœæÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸŒÆ«»’‘“”…–—€°\u00a0\u202f")
SAMPLE = 4096


def decode(content: bytes) -> str:
    """UTF-8 (with or without its mark), UTF-16, Windows-1252 or Mac Roman.

    Raises:
        ImportFileError: too large, binary, or none of these.
    """
    if len(content) > MAX_FILE_BYTES:
        raise ImportFileError("Le fichier dépasse 20\u00a0Mo.")
    if codec := _utf16(content):
        try:
            return _without_nul(content.decode(codec)).removeprefix("\ufeff")
        except UnicodeDecodeError as error:
            raise ImportFileError("Le texte UTF-16 de ce fichier est abîmé.") from error
    if b"\0" in content:
        raise ImportFileError("Ce fichier n'est pas un fichier CSV (il contient des octets nuls).")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _one_byte(content)


def _utf16(content: bytes) -> str:
    """The codec of a UTF-16 text, by its mark or by its many empty bytes; "" for another."""
    if content.startswith(UTF16_MARKS):
        return "utf-16"
    sample = content[:SAMPLE]
    if len(content) % 2 or len(sample) < 8:
        return ""
    half = len(sample) // 2
    if sample[1::2].count(0) > 0.8 * half and not sample[::2].count(0):
        return "utf-16-le"
    if sample[::2].count(0) > 0.8 * half and not sample[1::2].count(0):
        return "utf-16-be"
    return ""


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise ImportFileError("Ce fichier n'est pas un fichier CSV (il contient des octets nuls).")
    return text


def _one_byte(content: bytes) -> str:
    """Windows-1252 or Mac Roman: the one whose letters are French. Windows on a tie."""
    guesses: list[tuple[float, str]] = []
    for codec in ("cp1252", "mac-roman"):
        try:
            text = content.decode(codec)
        except UnicodeDecodeError:
            continue
        foreign = [letter for letter in text if not letter.isascii()]
        french = sum(letter in FRENCH for letter in foreign) / max(len(foreign), 1)
        # Mac Roman gives a character to every byte: it must look like French to be believed.
        if codec == "cp1252" or french > 0.9:
            guesses.append((french, text))
    if not guesses:
        raise ImportFileError("L'encodage du fichier n'est pas reconnu.")
    return max(guesses, key=lambda guess: guess[0])[1]


def plain(text: str) -> str:
    """Lower case, without accents, every other sign a single space: « Désabonné(e) » is
    « desabonne e »."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(letter if letter.isalnum() else " " for letter in letters if _counts(letter))
    return " ".join(kept.split())


def _counts(letter: str) -> bool:
    return not unicodedata.combining(letter)
