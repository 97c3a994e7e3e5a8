"""A Dask cluster: shards made by workers of other machines, through the concurrent.futures interface that `distributed` has.

Workers see the same folders (configuration, content, output, cache) at the same paths. Best started with
`dask worker --nthreads 1`: a worker makes one shard at a time.
"""

from __future__ import annotations

import concurrent.futures
import logging
import threading
from collections.abc import Callable
from typing import Any

from fleuve.refusal import KEPT
from fleuve.settings import SettingsError, engine_digest

PATIENCE = 10  # seconds for a scheduler to answer, for a first worker to come, and for lost workers to come back

# In a worker: one task at a time, as the press and its database are made for.
_turn = threading.Lock()


def _in_turn(engine: str, function: Callable, *argument: Any) -> Any:
    """In a worker: run a task, with the very engine of the machine that asks for it."""
    if engine != engine_digest():
        raise SettingsError("Les ouvriers Dask ont une autre version de Fleuve que cette machine. Mettez-les à jour, et redémarrez-les.")
    with _turn:
        return function(*argument)


def _finish_turn() -> None:
    """In a worker: let the task of a build that died end, so that it does not write over this one."""
    with _turn:
        pass


class Cluster:
    """The workers behind a scheduler. slots: how many tasks they can run at once. Raises SettingsError when nobody answers."""

    def __init__(self, url: str) -> None:
        try:
            from distributed import Client
        except ImportError:
            raise SettingsError("--executor demande Dask. Installez-le : pip install 'fleuve[dask]'.") from None
        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what matters is told in French
        self._url = url
        try:
            self._client = Client(url, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError) as error:
            raise SettingsError(f"Aucun ordonnanceur Dask ne répond à {url} ({_reason(error)}). Vérifiez l’adresse (tcp://hôte:8786), et qu’il est en marche.") from None
        try:
            self._client.wait_for_workers(1, timeout=PATIENCE)
            self._client.run(_finish_turn)
        except TimeoutError:
            self.close()
            raise SettingsError(f"L’ordonnanceur Dask {url} n’a aucun ouvrier. Démarrez-en : dask worker {url} --nthreads 1.") from None
        except ModuleNotFoundError as error:
            self.close()
            raise SettingsError(f"Les ouvriers Dask n’ont pas le module « {error.name} ». Installez-y Fleuve, comme sur cette machine.") from None
        self.slots = sum(self._client.nthreads().values())
        self._engine = engine_digest()
        self._pool = self._client.get_executor(pure=False)

    def submit(self, function: Callable, *argument: Any) -> concurrent.futures.Future:
        """Give a task to the first worker that is free."""
        return self._pool.submit(_in_turn, self._engine, function, *argument)

    def result(self, future: concurrent.futures.Future) -> Any:
        """Result of a task that is done. Raises what the task raised, or SettingsError when the cluster has lost it."""
        try:
            return future.result()
        except concurrent.futures.CancelledError:
            raise self._lost() from None
        except Exception as error:
            if type(error).__name__ in ("KilledWorker", "FutureCancelledError", "CommClosedError"):
                raise self._lost() from None
            raise

    def check(self) -> None:
        """Raise SettingsError when no worker is left, and none comes."""
        try:
            self._client.wait_for_workers(1, timeout=PATIENCE)
        except (OSError, RuntimeError):
            raise self._lost() from None

    def close(self) -> None:
        """Let go of the cluster: what was asked of it and is not begun is dropped."""
        self._client.close(timeout=2)

    def _lost(self) -> SettingsError:
        return SettingsError(f"La grappe Dask {self._url} a perdu ses ouvriers, ou son ordonnanceur, pendant le travail. {KEPT} Voyez leurs journaux, puis relancez.")


def _reason(error: Exception) -> str:
    return "délai dépassé" if isinstance(error, TimeoutError) or "Timed out" in str(error) else str(error)
