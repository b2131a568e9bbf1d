"""Bring an archive back: everything is checked before anything is written, and it appears whole or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from anxin.desk.boot.backup.archive import ArchiveReader
from anxin.desk.boot.backup.errors import PassphraseMissing, RestoreImpossible
from anxin.desk.boot.backup.manifest import Manifest, Part, check_path
from anxin.desk.boot.backup.places import list_logs
from anxin.desk.boot.backup.sealed_keys import open_keys

LEAST_PASSPHRASE = 12
Tell = Callable[[str], None]


def restore(path: Path, data: Path, *, passphrase: str | None, database_url: str, tell: Tell) -> Manifest:
    """Restore the archive into the folder `data`, which must be absent or empty, and verify it there.

    Raise ArchiveDamaged, PassphraseWrong, PassphraseMissing or RestoreImpossible; then folder and database are as
    before. An archive without keys is restored without being verified.
    """
    with ArchiveReader(path) as reader:
        manifest = reader.manifest
        _require_room(manifest, data, database_url)
        keys = _open_keys(reader, passphrase)
        tell("SHA-256")
        reader.verify()
        with _drafted(data) as draft:
            _write_all(reader, draft, keys)
            with _filled_database(reader, database_url, draft, tell):
                if manifest.has_keys:
                    _verify(manifest, draft, database_url, tell)
                _put_in_place(draft, data)
    return manifest


def _require_room(manifest: Manifest, data: Path, database_url: str) -> None:
    if data.exists() and (not data.is_dir() or any(data.iterdir())):
        raise RestoreImpossible(reason=f"the folder {data.name} is not empty", reason_zh=f"文件夹 {data.name} 不是空的")
    if (manifest.database == "postgresql") is not bool(database_url):
        zh, en = ("需要", "needs") if manifest.database == "postgresql" else ("不需要", "takes no")
        raise RestoreImpossible(
            reason=f"a backup of {manifest.database} {en} --database-url",
            reason_zh=f"{manifest.database} 的备份{zh} --database-url",
        )
    if database_url:
        from anxin.desk.boot.backup.postgresql_copy import require_empty  # an extra

        require_empty(database_url)


def _open_keys(reader: ArchiveReader, passphrase: str | None) -> dict[str, bytes]:
    if not reader.manifest.has_keys:
        return {}
    if passphrase is None:
        raise PassphraseMissing(least=LEAST_PASSPHRASE, reason="--passphrase-file")
    keys = open_keys(reader.sealed_keys(), passphrase, about=reader.manifest_bytes)
    for path in keys:
        check_path(path)
    return keys


@contextmanager
def _drafted(data: Path) -> Iterator[Path]:
    """Yield a folder beside the final one; it is gone afterwards unless it was renamed."""
    draft = data.absolute().with_name(f"{data.name}.{secrets.token_hex(4)}.restoring")
    draft.mkdir(mode=0o700, parents=True)
    try:
        yield draft
    except OSError as problem:
        raise RestoreImpossible(reason=str(problem.strerror)) from problem
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _write_all(reader: ArchiveReader, draft: Path, keys: dict[str, bytes]) -> None:
    for part in reader.manifest.files:
        _write(draft / part.path, reader.blocks(part), part)
    for path, body in keys.items():
        _write(draft / path, iter([body]), None)


def _write(path: Path, blocks: Iterator[bytes], part: Part | None) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        for block in blocks:
            file.write(block)
        if part is not None and part.padded_to > part.size:
            file.truncate(part.padded_to)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _filled_database(reader: ArchiveReader, url: str, draft: Path, tell: Tell) -> Iterator[None]:
    """Make and fill PostgreSQL's tables; take them away again when anything fails from here on."""
    if not url:
        yield
        return
    from anxin.desk.boot.backup.postgresql_copy import drop_tables, fill_tables  # an extra

    tell("PostgreSQL")
    try:
        _make_tables(reader.manifest.migrations, draft, url)
        fill_tables(url, reader)
        yield
    except BaseException:
        drop_tables(url)
        raise


def _make_tables(migrations: tuple[tuple[str, str], ...], draft: Path, url: str) -> None:
    """Make the tables as they were when the backup was made, in a process of its own: settings are read once."""
    targets = [f"{app}:{name}" for app, name in dict(sorted(migrations)).items()]
    _run("-m", "anxin.desk.boot.backup.tables", *targets, environment=_environment(draft, url))


def _verify(manifest: Manifest, draft: Path, url: str, tell: Tell) -> None:
    """Run the verifiers over what was restored, side by side: most of each is the start of a program."""
    run = partial(_run, "-m", "anxin.cli", environment=_environment(draft, url))
    verifiers: list[Callable[[], None]] = []
    if list_logs(draft):
        tell("anxin log verify")
        verifiers.append(partial(run, "log", "verify", "--data", str(draft)))
    if url or any(part.path == "desk.sqlite3" for part in manifest.files):
        tell("anxin audit verify")
        verifiers.append(partial(run, "audit", "verify", passing=(0, 2)))
        tell("anxin evidence check")
        verifiers.append(partial(run, "evidence", "check"))
    with ThreadPoolExecutor(max(1, len(verifiers))) as pool:
        for done in [pool.submit(each) for each in verifiers]:
            done.result()


def _environment(draft: Path, url: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ANXIN_")}
    kept.pop("DJANGO_SETTINGS_MODULE", None)
    return kept | {"ANXIN_DESK_DATA": str(draft), "ANXIN_DESK_DATABASE_URL": url}


def _run(*arguments: str, environment: dict[str, str], passing: tuple[int, ...] = (0,)) -> None:
    done = subprocess.run([sys.executable, *arguments], env=environment, capture_output=True, text=True, check=False)
    if done.returncode not in passing:
        raise RestoreImpossible(reason=(done.stdout + done.stderr).strip()[-2000:])


def _put_in_place(draft: Path, data: Path) -> None:
    if data.exists():
        data.rmdir()
    draft.rename(data)
