"""Video and audio: captions, transcripts, and sound that starts alone.

ACT eac66b (auditory content of video has an accessible alternative), c5a4ea (its visual content), e7aa44 and 2eb176 (audio), 80f0bf (autoplay); WCAG
1.2.1, 1.2.2, 1.2.3, 1.4.2 (A). What a recording holds cannot be heard here: never certain.
https://www.w3.org/WAI/standards-guidelines/act/rules/eac66b/
"""

from __future__ import annotations

import re

from turbohtml import Element

from fleuve.audit.finding import TO_VERIFY
from fleuve.audit.rule import ACT, Rule

_TRANSCRIPT = re.compile(r"transcri|verbatim|audiodescri|version (?:texte|écrite)|texte de la vidéo|described version|text version|lecture du texte", re.IGNORECASE)
_CLIP = re.compile(r"#t=(?:npt:)?([\d.]*),([\d.]+)")
_CAPTIONS, _DESCRIPTIONS = ("captions", "subtitles"), ("descriptions",)
_NEAR = 4


def has_track(page, media, kinds: tuple[str, ...]) -> bool:
    """True when a track of one of these kinds has a file, in the language of the page or in none that is said."""
    language = ((page.root.attr("lang") if page.root is not None else "") or "").lower().partition("-")[0]
    for track in media.iter_elements("track"):
        kind = (track.attr("kind") or "subtitles").strip().lower()
        said = (track.attr("srclang") or "").lower().partition("-")[0]
        if kind in kinds and (track.attr("src") or "").strip() and (not said or not language or said == language):
            return True
    return False


def has_transcript(page, media) -> bool:
    """True when a text described as its transcript, or a link to one, stands near."""
    for each in (media.attr("aria-describedby") or "").split():
        if (target := page.by_id(each)) is not None and target.text.strip():
            return True
    around = media.parent
    for _ in range(_NEAR):
        if not isinstance(around, Element):
            return False
        if _TRANSCRIPT.search(around.text) or any(_TRANSCRIPT.search(link.attr("aria-label") or link.attr("title") or "") for link in around.iter_elements("a")):
            return True
        if around.tag in ("main", "body", "html") or sum(1 for _ in around.iter_elements(("video", "audio"))) > 1:
            return False
        around = around.parent
    return False


def _is_silent(video) -> bool:
    return video.attr("muted") is not None


class VideoWithoutCaptions(Rule):
    """A video that a deaf person cannot follow."""

    id = "video-sans-sous-titres"
    act_rule = "eac66b"
    criteria = ("1.2.2",)
    certainty = TO_VERIFY
    title = "Vidéo sans sous-titres"
    source = ACT + "eac66b/"

    def check(self, page):
        for video in page.tagged("video"):
            if page.exposed(video) and not _is_silent(video) and not has_track(page, video, _CAPTIONS):
                yield self.finding(
                    page, video, "Cette vidéo n’a pas de piste de sous-titres dans la langue de la page.",
                    "Ajoutez-en une (sous_titres= du composant video, ou un élément track kind=\"captions\"), sauf si la vidéo n’a pas de son ou si ses sous-titres sont dans l’image.",
                )


class VideoWithoutTranscript(Rule):
    """A video of which a blind person gets the sound only."""

    id = "video-sans-transcription"
    act_rule = "c5a4ea"
    criteria = ("1.2.1", "1.2.3")
    certainty = TO_VERIFY
    title = "Vidéo sans transcription ni audiodescription"
    source = ACT + "c5a4ea/"

    def check(self, page):
        for video in page.tagged("video"):
            if page.exposed(video) and not has_track(page, video, _DESCRIPTIONS) and not has_transcript(page, video):
                yield self.finding(
                    page, video, "Rien ne dit, près de cette vidéo, où lire ce qu’elle montre.",
                    "Écrivez la transcription dans le composant video, ou un lien « Transcription » à côté de la vidéo.",
                )


class AudioWithoutTranscript(Rule):
    """A recording that a deaf person cannot get."""

    id = "audio-sans-transcription"
    act_rule = "e7aa44"
    criteria = ("1.2.1",)
    certainty = TO_VERIFY
    title = "Audio sans transcription"
    source = ACT + "e7aa44/"

    def check(self, page):
        for audio in page.tagged("audio"):
            if page.exposed(audio) and not has_transcript(page, audio):
                yield self.finding(
                    page, audio, "Rien ne dit, près de cet enregistrement, où lire ce qu’on y entend.", "Ajoutez à côté la transcription, ou un lien qui y mène.",
                )


class Autoplay(Rule):
    """Sound that starts alone, over the voice of a screen reader, without anything to stop it."""

    id = "lecture-automatique"
    act_rule = "80f0bf"
    criteria = ("1.4.2",)
    certainty = TO_VERIFY
    title = "Son qui part tout seul"
    source = ACT + "80f0bf/"

    def check(self, page):
        for media in page.tagged("video", "audio"):
            if media.attr("autoplay") is None or media.attr("muted") is not None or media.attr("controls") is not None or self._is_short(media):
                continue
            yield self.finding(
                page, media, "Cet enregistrement part tout seul, sans commande pour l’arrêter.", "Retirez autoplay, ou ajoutez controls.",
            )

    def _is_short(self, media) -> bool:
        """True for an extract of at most three seconds that does not start again (1.4.2)."""
        sources = [media.attr("src") or "", *(source.attr("src") or "" for source in media.iter_elements("source"))]
        found = next((clip for source in sources if (clip := _CLIP.search(source))), None)
        return found is not None and media.attr("loop") is None and _number(found[2]) - _number(found[1]) <= 3


def _number(text: str) -> float:
    try:
        return float(text or 0)
    except ValueError:
        return 0.0
