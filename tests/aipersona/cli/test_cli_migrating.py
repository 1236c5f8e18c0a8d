from __future__ import annotations

from pathlib import Path

import pytest

from aipersona.store.tables import ALL, api_keys
from tests.aipersona import postgres
from tests.aipersona.cli.shell import STORY, Shell


@pytest.fixture
def url() -> str:
    return postgres.shown(postgres.server().create())


def test_a_database_moves_to_postgresql_and_back_with_counts_and_digests(
    learned: Shell, tmp_path: Path, url: str
) -> None:
    learned.ok("keys", "create", "web", "--scope", "read")
    done = learned.ok("migrate", "--from", f"sqlite:{learned.database}", "--to", url)
    first, head, *rows = done.out.splitlines()
    assert first == "1 user copied"
    assert head.split() == ["table", "rows", "in", "the", "target", "sha-256"]
    names = [line.split()[0] for line in rows]
    assert names[:6] == ["users", "revisions", "entries", "sessions", "turns", "vectors"]
    assert sorted(names) == sorted(table.name for table in (*ALL, api_keys))
    for line in rows:
        _, here, there, digest, verdict = line.split()
        assert (here, len(digest), verdict) == (there, 12, "same")
    assert learned.ok("--database", url, "show", "alice").out == learned.ok("show", "alice").out
    assert learned.ok("--database", url, "keys", "list").out == learned.ok("keys", "list").out
    assert learned.ok("--database", url, "why", "alice", "preferences.diet").out
    again = learned.ok("migrate", "--from", str(learned.database), "--to", url)
    assert again.out.splitlines() == ["0 users copied, 1 there already", head, *rows]
    back = learned.ok("migrate", "--from", url, "--to", str(tmp_path / "back.db"), "--json").json
    assert (back["copied"], back["there"], back["refused"]) == (1, 0, [])
    assert back["keys_refused"] == []
    assert [table["target_digest"][:12] for table in back["tables"].values()] == [line.split()[3] for line in rows]


def test_a_user_with_other_content_in_the_target_is_named_and_left_as_they_are(learned: Shell, tmp_path: Path) -> None:
    other = Shell(tmp_path / "other", learned.before)
    other.ok("learn", learned.write(*STORY[:1]), "--user", "alice")
    before = other.ok("export", "alice").out
    done = learned.run("migrate", "--from", str(learned.database), "--to", str(other.database))
    assert done.code == 1
    assert done.out.startswith("0 users copied\n")
    assert "error: 1 user with other content in the target left as they are there: 'alice'; erase" in done.err
    assert other.ok("export", "alice").out == before


def test_an_api_key_that_was_revoked_since_it_was_copied_is_named_and_told_to_count_on(
    learned: Shell, tmp_path: Path
) -> None:
    target = str(tmp_path / "target.db")
    key_id = learned.ok("keys", "create", "web").err.partition(":")[0]
    learned.ok("migrate", "--from", str(learned.database), "--to", target)
    learned.ok("keys", "revoke", key_id)
    done = learned.run("migrate", "--from", str(learned.database), "--to", target)
    assert done.code == 1
    assert f"error: 1 API key with other content in the target left as it is there: {key_id!r}" in done.err
    assert "aipersona keys revoke" in done.err
    learned.ok("--database", target, "keys", "revoke", key_id)
    told = learned.run("migrate", "--from", str(learned.database), "--to", target, "--json").json
    assert told["keys_refused"] == [key_id]


def test_a_source_that_is_not_there_is_an_error_and_is_not_made(shell: Shell, tmp_path: Path) -> None:
    missing = tmp_path / "missing.db"
    done = shell.run("migrate", "--from", f"sqlite:{missing}", "--to", str(tmp_path / "new.db"))
    assert done.code == 1
    assert "there is no database" in done.err
    assert not missing.exists()
