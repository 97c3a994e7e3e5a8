"""The text of a page from its bytes: as the WHATWG standard has it, then as old sites really are.

The standard (https://encoding.spec.whatwg.org/, https://html.spec.whatwg.org/#determining-the-character-encoding) takes the byte-order mark, then
the header, then the meta element. Old sites lie: pages moved to UTF-8 keep « iso-8859-1 » in their head, includes in Latin-1 stay in pages of
UTF-8, databases hold UTF-8 encoded twice. Bytes that are valid UTF-8 with accents are UTF-8, whatever is said of them: in windows-1252 they would
spell « Ã© », which no one writes. What is not UTF-8 is what the page says, and windows-1252 when it says nothing or lies.
"""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

from resiliparse.parse.encoding import map_encoding_to_html5

# The standard looks in 1,024 bytes; heads of old pages have comments of their authoring tool and scripts before their meta.
_HEAD = 8192
# Fewer signs than this in a page may be chance, or a page about encodings.
_SURE = 3

_XML = re.compile(rb"\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})", re.IGNORECASE)
_META = re.compile(rb"<meta\b[^>]{0,500}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)

# windows-1252 with its five holes, as the standard has it: a byte without letter is the control character of its number.
_CP1252 = "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(256))
# Looked for in UTF-8, where they begin with a byte that is rare: in text, each character is looked at, twenty times as long.
_C1 = re.compile(rb"\xc2[\x80-\x9f]")
_TO_BYTE = {ord(letter): byte for byte, letter in enumerate(_CP1252)}

# « é » (C3 A9) read as windows-1252 is « Ã© »; « ’ » (E2 80 99) is « â€™ »; « œ » (C5 93) is « Å“ ».
_TAIL = b"(?:" + b"|".join(re.escape(letter.encode()) for letter in _CP1252[0x80:0xC0]) + b")"
# « Â », « Ã », « Å », « â » all begin with C3.
_SIGN = rb"\xc3(?:[\x82\x83\x85]" + _TAIL + rb"|\xa2\xe2(?:\x80\x9a|\x82\xac)" + _TAIL + rb")"
_TWICE = re.compile(_SIGN + b"(?:" + _SIGN + b")*")
_READ_TWICE = re.compile(rb"\xc3(?:\x83|\xa2\xe2\x82\xac|\x85\xe2\x80\x9c)")

# Where the letters of French are in the sets of other systems; bytes that, in a word, are no letter of windows-1252 (or a rare one: Ž, Š).
_FOREIGN = {
    "mac-roman": re.compile(rb"[A-Za-z][\x8e\x8f\x8d\x90\x99](?=[a-z\s.,<])|[\s>'][\x8e\x88](?=[a-z\s])"),
    "cp850": re.compile(rb"[A-Za-z][\x82\x8a\x87\x93\x96](?=[a-z\s.,<])|[\s>'][\x82\x85](?=[a-z\s])"),
}
_LETTER_1252 = re.compile(rb"[A-Za-z][\xe0-\xfc]|[\xe0-\xfc][A-Za-z]")
_NOT_HTML = frozenset(("utf-16-le", "utf-16-be", "utf-16"))


def _byte_1252(error: UnicodeError) -> tuple[str, int]:
    """Handler of bytes that are not UTF-8: each is read as windows-1252."""
    return "".join(_CP1252[byte] for byte in error.object[error.start : error.end]), error.end


codecs.register_error("fleuve-windows-1252", _byte_1252)


def decode(body: bytes, charset: str) -> tuple[str, str]:
    """Decode the bytes of an HTML page.

    Takes the bytes and what the header says of their encoding (« » for nothing). Returns the text, without byte-order mark, and the encoding
    used: a Python name in lower case (« utf-8 », « windows-1252 », « mac-roman »…), « utf-8+windows-1252 » for UTF-8 with other bytes in it,
    « utf-8+utf-8 » for UTF-8 encoded twice in whole or in part and mended. Never raises; bytes without meaning become U+FFFD.
    """
    marked = _by_mark(body)
    if marked:
        return marked
    if body.isascii():
        return _ascii(body, charset)
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        # A page cut by the archiving tool, within the last letter only.
        if error.reason == "unexpected end of data" and len(body) - error.start < 4 and not body[: error.start].isascii():
            return _finished(body[: error.start].decode(), "utf-8")
        return _legacy(body, charset)
    return _finished(text, "utf-8") if _is_doubtful(body) else (text, "utf-8")


def _is_doubtful(body: bytes) -> bool:
    """Whether valid UTF-8 holds what `_finished` mends: « Ã », « â€ », « Å“ », NUL, controls 80 to 9F."""
    return 0 in body or _READ_TWICE.search(body) is not None or _C1.search(body) is not None


def _by_mark(body: bytes) -> tuple[str, str] | None:
    """By the byte-order mark; and UTF-16 without it, which no header announces but its zeros do."""
    if body[:3] == b"\xef\xbb\xbf":
        return _finished(body[3:].decode("utf-8", "fleuve-windows-1252"), "utf-8")
    if body[:2] == b"\xff\xfe":
        return body[2:].decode("utf-16-le", "replace"), "utf-16-le"
    if body[:2] == b"\xfe\xff":
        return body[2:].decode("utf-16-be", "replace"), "utf-16-be"
    head = body[:200]
    if len(head) > 7 and head.count(0) > len(head) // 4:
        for name, zeros, letters in (("utf-16-le", head[1::2], head[::2]), ("utf-16-be", head[::2], head[1::2])):
            if zeros.count(0) > len(zeros) * 3 // 4 and letters.count(0) < len(letters) // 8:
                return body.decode(name, "replace"), name
    return None


def _ascii(body: bytes, charset: str) -> tuple[str, str]:
    """ASCII is the same in all sets but those that escape: ISO-2022-JP."""
    if b"\x1b" in body and (name := _declared(body, charset)) == "iso2022_jp":
        return body.decode(name, "replace"), name
    text = body.decode("ascii")
    return (text.replace("\0", "") if "\0" in text else text), "utf-8"


def _legacy(body: bytes, charset: str) -> tuple[str, str]:
    """Bytes that are not UTF-8 as a whole."""
    name = _declared(body, charset)
    if name not in ("", "utf-8", "windows-1252") and not name.startswith("iso8859"):
        text = body.decode(name, "replace")
        # A wrong declaration shows: what it cannot decode. Then what most pages are.
        if text.count("\ufffd") * 50 <= len(text):
            return text, name
        name = ""
    sound, stray = _letters(body)
    if sound >= _SURE and sound > stray:
        return _finished(body.decode("utf-8", "fleuve-windows-1252"), "utf-8+windows-1252")
    if name in ("", "utf-8", "windows-1252", "iso8859-1"):
        foreign = _foreign(body)
        if foreign:
            return body.decode(foreign, "replace"), foreign
        text = codecs.charmap_decode(body, "strict", _CP1252)[0]
        mended = _mended(text)
        return (mended, "utf-8+windows-1252") if mended is not text else (text, "windows-1252")
    text = body.decode(name, "replace")
    # Bytes 80 to 9F are controls in ISO 8859; in pages that announce it they are the quotes of windows-1252.
    return _without_controls(text), name


def _finished(text: str, name: str) -> tuple[str, str]:
    """Mend what came through a wrong conversion before it was UTF-8: controls 80 to 9F, UTF-8 encoded twice; leave out NUL."""
    if "\0" in text:
        text = text.replace("\0", "")
    text = _without_controls(text)
    mended = _mended(text)
    return (mended, "utf-8+utf-8") if mended is not text else (text, name)


def _without_controls(text: str) -> str:
    data = text.encode("utf-8", "surrogatepass")
    return _C1.sub(lambda match: _CP1252[match[0][1]].encode(), data).decode("utf-8", "surrogatepass") if _C1.search(data) else text


def _mended(text: str) -> str:
    """UTF-8 read as windows-1252 put right, when enough of it is inside words; else the very same text."""
    if "Ã" not in text and "â€" not in text and "Å“" not in text:
        return text
    data = text.encode("utf-8", "surrogatepass")
    signs = sum(1 for match in _TWICE.finditer(data) if _is_in_word(data, match))
    if signs >= _SURE or (signs and not _rightly_accented(data)):
        mended = _TWICE.sub(_once, data)
        return mended.decode("utf-8", "surrogatepass") if mended != data else text
    return text


def _is_in_word(data: bytes, match: re.Match[bytes]) -> bool:
    """Whether a sign of double encoding is where the letter or the apostrophe of a word is: « QuÃ©bec », « lâ€™eau »."""
    before, after = data[match.start() - 1 : match.start()], data[match.end() : match.end() + 1]
    begins, ends = before.isalpha(), after.isalpha()  # of ASCII: of other letters, these are bytes that are none
    if match[0].startswith("â".encode()):
        return begins and ends
    return (begins or ends and after.islower()) and match[0].startswith(("Ã".encode(), "Å“".encode()))


def _rightly_accented(data: bytes) -> bool:
    """Whether letters with accents are there beside those that look encoded twice: then these may be quoted."""
    return bool(re.search("é|è|ê|à|ç|ô|î|û|ù|É|È|À|œ".encode(), _TWICE.sub(b"", data)))


def _once(match: re.Match[bytes]) -> bytes:
    try:
        once = match[0].decode().translate(_TO_BYTE_LETTER).encode("latin-1")
        once.decode()
    except UnicodeError:
        return match[0]
    return once


_TO_BYTE_LETTER = {code: chr(byte) for code, byte in _TO_BYTE.items()}
_HIGH = bytes(range(0x80, 0x100))
_CONTROLS = bytes(range(0x80, 0xA0))
_SMALL = bytes(range(0xE0, 0xFD))


def _letters(body: bytes) -> tuple[int, int]:
    """How many letters beyond ASCII are well encoded in UTF-8, and how many bytes are in none of them."""
    text = body.decode("utf-8", "ignore")
    return len(text) - len(body.translate(None, _HIGH)), len(body) - len(text.encode())


def _foreign(body: bytes) -> str:
    """The set of another system whose letters the bytes are: Mac OS, MS-DOS; « » for none."""
    # A quick count first: there, small letters with accents are where windows-1252 has quotes and holes.
    controls = len(body) - len(body.translate(None, _CONTROLS))
    if controls < _SURE or controls < len(body) - len(body.translate(None, _SMALL)):
        return ""
    usual = len(_LETTER_1252.findall(body))
    score, name = max((len(pattern.findall(body)), name) for name, pattern in _FOREIGN.items())
    return name if score >= _SURE and score > 4 * usual else ""


def _declared(body: bytes, charset: str) -> str:
    """The Python name of the encoding that the header, else the XML prolog, else a meta says; « » when none is known."""
    name = _known(charset)
    if name:
        return name
    head = body[:_HEAD]
    match = _XML.match(head)
    if match and (name := _known(match[1].decode())):
        return name if name not in _NOT_HTML else "utf-8"
    match = _META.search(_COMMENT.sub(b"", head))
    name = _known(match[1].decode("ascii", "ignore")) if match else ""
    return name if name not in _NOT_HTML else "utf-8"  # a meta that can be read is not in UTF-16 (the standard)


@lru_cache(maxsize=256)
def _known(label: str) -> str:
    """The Python codec of a label, by the table of the standard (« iso-8859-1 » is windows-1252), with the sets of MS-DOS besides."""
    label = label.strip().lower()
    if not label:
        return ""
    name = map_encoding_to_html5(label, False) or {"ibm850": "cp850", "cp850": "cp850", "ibm437": "cp437", "cp437": "cp437"}.get(label, "")
    if name == "cp1252":
        return "windows-1252"
    try:
        return name if name and codecs.lookup(name)._is_text_encoding else ""
    except LookupError:
        return ""
