"""What the machine, the theme or a plugin refused, said in French with what to do: never a traceback for what is not our fault."""

from __future__ import annotations

import concurrent.futures
import errno
import sqlite3

from fleuve.settings import SettingsError

# Builds, checks and migrations say the same: none of them loses what it had done.
KEPT = "Rien n’est perdu : ce qui était fait n’a pas été abîmé, et le travail reprendra de là."
BUSY = "Fleuve travaille déjà dans ce dossier. Attendez qu’il finisse, ou fermez l’autre fenêtre, puis relancez."
INTERRUPTED = "Interrompu. Rien n’est perdu : relancez la même commande, et le travail reprendra où il s’est arrêté."
READ_ONLY = (errno.EACCES, errno.EROFS, errno.EPERM)
FULL = (errno.ENOSPC, errno.EDQUOT)


def explain(error: BaseException) -> str | None:
    """A sentence for the person who asked for the work; None when the error is a fault of the program."""
    if isinstance(error, SettingsError):
        return str(error)
    if isinstance(error, (OSError, sqlite3.Error)):
        return _machine(error)
    if isinstance(error, concurrent.futures.BrokenExecutor):
        return f"Un processus s’est arrêté, sans doute faute de mémoire. {KEPT} Relancez avec « --jobs 1 »."
    for module, say in (("jinja2.", _template), ("yaml.", _yaml), ("mkdocs.", _plugin)):
        if any(kind.__module__.startswith(module) for kind in type(error).__mro__):
            return say(error)
    if type(error).__name__ == "TypeFileError":
        return str(error)
    return None


_REASONS = {
    errno.EACCES: "accès refusé", errno.EPERM: "accès refusé", errno.ENOENT: "il n’existe plus", errno.EIO: "le disque a une erreur", errno.ENAMETOOLONG: "son chemin est trop long",
    errno.EADDRINUSE: "il est déjà pris", errno.EISDIR: "c’est un dossier", errno.EADDRNOTAVAIL: "cette adresse n’est pas celle de cette machine",
}


def reason(error: OSError) -> str:
    """Why the system refused, in a few words."""
    return _REASONS.get(error.errno, error.strerror or str(error))


def _machine(error: OSError | sqlite3.Error) -> str:
    number, text = getattr(error, "errno", None), str(error)
    where = f" ({error.filename})" if getattr(error, "filename", None) else ""
    if number in FULL or "disk is full" in text:
        return f"Le disque est plein{where}. {KEPT} Libérez de l’espace, puis relancez."
    if number == errno.EIO or "disk I/O" in text:
        return f"Le disque est plein ou a une erreur{where}. {KEPT} Libérez de l’espace ou vérifiez le disque, puis relancez."
    if number in READ_ONLY or "readonly" in text or "unable to open" in text:
        return f"Écriture refusée{where} : le dossier est en lecture seule ou ne vous appartient pas. {KEPT} Corrigez ses droits, ou choisissez un autre dossier par les options de la commande."
    if "locked" in text:
        return BUSY
    if number == errno.ENOENT:
        return f"Un fichier a disparu pendant le travail{where}. {KEPT} Relancez."
    return f"Le système a refusé une opération{where} : {text}. {KEPT}"


def _template(error) -> str:
    name, line = getattr(error, "name", None), getattr(error, "lineno", None)
    if line is None:
        name, line = _template_place(error)
    where = f" {name}" + (f", ligne {line}" if line else "") if name else ""
    return f"Gabarit du thème invalide{where} : {getattr(error, 'message', None) or error}. {KEPT} Corrigez le gabarit."


def _template_place(error) -> tuple[str | None, int | None]:
    """Where in the templates an error was raised: the innermost frame that is one."""
    place, frame = (None, None), error.__traceback__
    while frame is not None:
        if frame.tb_frame.f_code.co_filename.endswith(".html"):
            place = (frame.tb_frame.f_code.co_filename.rpartition("/themes/")[2], frame.tb_lineno)
        frame = frame.tb_next
    return place


def _yaml(error) -> str:
    mark = getattr(error, "problem_mark", None)
    name = mark.name.strip('<>"') if mark else ""
    where = f" {name}, ligne {mark.line + 1}" if mark else ""
    return f"YAML invalide{where}. {KEPT} Corrigez cette ligne (retrait, deux-points, guillemets)."


def _plugin(error) -> str:
    return f"Un greffon ou la configuration a arrêté la construction : {error}. {KEPT}"

