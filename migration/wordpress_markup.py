"""What the editor of WordPress keeps to the HTML that it shows: blocks, shortcodes, paragraphs.

After wpautop and do_shortcode of WordPress (wp-includes/formatting.php, shortcodes.php and media.php, GPL-2.0-or-later): written anew from what
they do, and only what changes the content. A shortcode that is not known stays as it is, to be seen in the review.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import escape, unescape

Attachments = Mapping[str, tuple[str, str, str]]
"""By number: address of the file, caption, title."""

# Expressions that stop at the next « < » or « [ »: each letter of a text of megabytes is looked at a few times only, whatever the text.
_BLOCK_COMMENT = re.compile(r"<!--\s{0,10}/?wp:[^<>]*-->\n?")
_MORE = re.compile(r"<!--\s{0,10}(?:more|nextpage|noteaser)\b[^<>]*-->")
_ATTRIBUTE = re.compile(r"(?<![\w-])([\w-]{1,60})\s{0,5}=\s{0,5}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'\]]+))|(?:^|\s)(?:\"([^\"]+)\"|(https?://[^\s\"'\]]+))")
_BLOCKS = (
    "table|thead|tfoot|caption|col|colgroup|tbody|tr|td|th|div|dl|dd|dt|ul|ol|li|pre|form|map|area|blockquote|address|style|p|h[1-6]|hr|fieldset|"
    "legend|section|article|aside|hgroup|header|footer|nav|figure|figcaption|details|menu|summary|main|script|iframe|audio|video|object|source")
_OPEN = re.compile(rf"(<(?:{_BLOCKS})\b[^<>]*>)", re.IGNORECASE)
_CLOSE = re.compile(rf"(</(?:{_BLOCKS})>)", re.IGNORECASE)
_KEPT = re.compile(r"<(pre|script|style|textarea|svg|code)\b", re.IGNORECASE)
_TAIL = re.compile(rf"<p>(.*?)((?:\s{{0,20}}</(?:{_BLOCKS})>)+)</p>", re.IGNORECASE | re.DOTALL)
_IS_BLOCK = re.compile(rf"\s*</?(?:{_BLOCKS})\b[^<>]*>", re.IGNORECASE)
_ALONE = re.compile(
    r"(?m)^[ \t]{0,20}(https?://(?:www\.)?(?:youtube\.com/watch\?|youtu\.be/|vimeo\.com/\d|dailymotion\.com/video/)[^\s<\"\[]{1,500})[ \t]{0,20}$")
_CAPTION = re.compile(r"\[(?:wp_)?caption\b([^\[\]]*)\]((?:(?!\[(?:wp_)?caption\b).)*?)\[/(?:wp_)?caption\]", re.DOTALL)
_EMBED = re.compile(r"\[embed\b[^\[\]]*\]\s{0,20}([^\[\s]{1,2000})\s{0,20}\[/embed\]")


def html(content: str, attachments: Attachments) -> str:
    """Return the HTML of the content of a page or post; `attachments` are those that its galleries name."""
    blocks = "<!-- wp:" in content
    content = _MORE.sub("", _BLOCK_COMMENT.sub("", content.replace("\r\n", "\n").replace("\r", "\n")))
    content = _shortcodes(content, attachments)
    # With blocks the editor has written its paragraphs; classic parts between blocks are rare, and then have blank lines without tags.
    return content.strip() if blocks and "<p" in content else paragraphs(content)


def paragraphs(text: str) -> str:
    """Mark as paragraphs what blank lines part, and line ends within as breaks; blocks stay what they are."""
    text, kept = _set_apart(re.sub("[\x01\x02\x03]", "", text))
    text = _CLOSE.sub(r"\1\n\n", _OPEN.sub(r"\n\n\1", text))
    out = []
    for part in re.split(r"\n\s*\n", text):
        part = part.strip()
        if not part:
            continue
        out.append(part if part[0] == "\x01" or _IS_BLOCK.match(part) else f"<p>{_broken(part)}</p>")
    text = "\n".join(_tails(out))
    return re.sub("[\x01\x02](\\d+)\x03", lambda match: kept[int(match[1])], text)


def _set_apart(text: str) -> tuple[str, list[str]]:
    """Put a number in the place of what has line ends of its own (pre, code, script…): a block, or a word of a line. Returns them with the text."""
    kept: list[str] = []
    parts: list[str] = []
    position = 0
    lower = text.lower() if len(text.lower()) == len(text) else text
    ended: set[str] = set()  # names that are not closed any more: looked for once
    for match in _KEPT.finditer(text):
        name = match[1].lower()
        if match.start() < position or name in ended:
            continue
        end = lower.find(f"</{name}", match.end())
        end = lower.find(">", end) if end >= 0 else -1
        if end < 0:
            ended.add(name)
            continue
        whole = text[match.start() : end + 1]
        inline = name == "code" and "\n\n" not in whole
        parts += (text[position : match.start()], f"\x02{len(kept)}\x03" if inline else f"\n\n\x01{len(kept)}\x03\n\n")
        kept.append(whole)
        position = end + 1
    return "".join(parts) + text[position:], kept


def _tails(parts: list[str]) -> list[str]:
    """A paragraph that ends within a block closes before the block's end: « text</div> »."""
    done = []
    for part in parts:
        match = _TAIL.fullmatch(part) if part.endswith("></p>") else None
        done.append(f"<p>{match[1]}</p>{match[2]}" if match and match[1].strip() else match[2] if match else part)
    return done


def _broken(text: str) -> str:
    """Line ends are breaks, except after a break."""
    lines = [line.rstrip() for line in text.split("\n")]
    return "\n".join([line if line.endswith(("<br>", "<br/>", "<br />")) else line + "<br>" for line in lines[:-1]] + lines[-1:])


def _shortcodes(text: str, attachments: Attachments) -> str:
    # An address alone on its line is embedded.
    text = _ALONE.sub(lambda m: _embed(m[1]), text)
    if "[" not in text:
        return text
    text = _CAPTION.sub(lambda m: _caption(m[1], m[2]), text)
    text = _EMBED.sub(lambda m: _embed(unescape(m[1])), text)
    for name, make in _MAKERS.items():
        pattern = rf"\[{name}\b([^\[\]]*)\](?:\s{{0,20}}([^\[\s]{{0,2000}})\s{{0,20}}\[/{name}\])?"
        text = re.sub(pattern, lambda m, make=make: make(_attributes(m[1]), m[2] or "", attachments), text)
    return text


def _attributes(text: str) -> dict[str, str]:
    values: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(unescape(text[:4000])):
        if match[1]:
            values[match[1].lower()] = match[2] or match[3] or match[4] or ""
        else:
            values.setdefault("", match[5] or match[6])
    return values


def _caption(attributes: str, content: str) -> str:
    values = _attributes(attributes)
    picture = re.match(r"\s*((?:<a\b[^>]*>\s*)?<img\b[^>]*>(?:\s*</a>)?)(.*)", content, re.DOTALL)
    if not picture:
        return content
    legend = picture[2].strip() or escape(values.get("caption", ""), quote=False)
    return f"\n\n<figure>{picture[1]}<figcaption>{legend}</figcaption></figure>\n\n" if legend else f"\n\n<figure>{picture[1]}</figure>\n\n"


def _gallery(values: dict[str, str], _: str, attachments: Attachments) -> str:
    figures = []
    for number in re.findall(r"\d+", values.get("ids", values.get("include", ""))):
        if number in attachments and (url := _web(attachments[number][0])):
            _, caption, title = attachments[number]
            legend = f"<figcaption>{escape(caption, quote=False)}</figcaption>" if caption else ""
            figures.append(f'<figure><img src="{escape(url)}" alt="{escape(title)}">{legend}</figure>')
    return "\n\n<div>" + "".join(figures) + "</div>\n\n" if figures else "[gallery]"


def _player(tag: str) -> Callable[[dict[str, str], str, Attachments], str]:
    def make(values: dict[str, str], content: str, _: Attachments) -> str:
        names = ("src", "mp4", "webm", "ogv", "mp3", "m4a", "ogg", "wav", "")
        url = next((web for name in names if (web := _web(values.get(name, "")))), "") or _web(content.strip())
        return f'\n\n<{tag} controls src="{escape(url)}"></{tag}>\n\n' if url else f"[{tag}]"
    return make


def _embed(url: str) -> str:
    url = _web(url.strip())
    if not url:
        return ""
    video = re.match(r"https?://(?:(?:www\.|m\.)?youtube\.com/watch\?(?:[^\s#]*&)?v=|youtu\.be/)([\w-]{6,20})", url)
    if video:
        return f'\n\n<iframe src="https://www.youtube.com/embed/{video[1]}"></iframe>\n\n'
    video = re.match(r"https?://(?:www\.)?vimeo\.com/(\d{1,12})", url)
    if video:
        return f'\n\n<iframe src="https://player.vimeo.com/video/{video[1]}"></iframe>\n\n'
    return f'\n\n<p><a href="{escape(url)}">{escape(url, quote=False)}</a></p>\n\n'


def _web(url: str) -> str:
    return url if re.match(r"(?:https?:)?//|/(?!/)", url) else ""


_MAKERS: dict[str, Callable[[dict[str, str], str, Attachments], str]] = {"gallery": _gallery, "audio": _player("audio"), "video": _player("video")}
