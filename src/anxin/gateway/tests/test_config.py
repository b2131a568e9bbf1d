from pathlib import Path

import pytest

from anxin.gateway.config import ConfigInvalid, GatewayConfig, find_unknown, find_unsafe, load_config, require_safe


def test_file_then_environment_then_command_line(tmp_path: Path) -> None:
    file = tmp_path / "anxin.toml"
    file.write_text('[gateway]\nport = 1\nhost = "127.0.0.2"\ndemo = true\n')
    config = load_config(file, {"ANXIN_PORT": "2", "ANXIN_DATA": "there", "PATH": "x"}, port=3, host=None)
    assert (config.port, config.host, config.data, config.demo) == (3, "127.0.0.2", Path("there"), True)


@pytest.mark.parametrize(
    ("text", "proxies"),
    [("", ()), ("10.0.0.0/8", ("10.0.0.0/8",)), ("10.0.0.0/8, ::1 ,", ("10.0.0.0/8", "::1"))],
)
def test_networks_in_the_environment_are_separated_by_commas(text: str, proxies: tuple[str, ...]) -> None:
    assert load_config(None, {"ANXIN_TRUSTED_PROXIES": text}).trusted_proxies == proxies


def test_networks_in_the_file_are_a_list(tmp_path: Path) -> None:
    file = tmp_path / "anxin.toml"
    file.write_text('[gateway]\ntrusted_proxies = ["10.0.0.0/8"]\n')
    assert load_config(file, {}).trusted_proxies == ("10.0.0.0/8",)


def test_a_secret_comes_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("postgresql://desk@db/anxin\n")
    config = load_config(None, {"ANXIN_CONTROL_URL_FILE": str(tmp_path / "url")})
    assert config.control_url == "postgresql://desk@db/anxin"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("[gateway]\nprot = 1\n", "prot"),
        ("[gatewy]\nport = 1\n", "nobody reads gatewy; did you mean [gateway]"),
        ("port = 1\n", "nobody reads port"),
        ("[gateway]\nport = 70000\n", "port"),
        ("[gateway]\nport = ", "toml"),
        ("gateway = 1\n", "not a table"),
        ("[gateway]\nmax_waiting = 0\n", "max_waiting"),
    ],
)
def test_wrong_settings_are_named(tmp_path: Path, text: str, word: str) -> None:
    file = tmp_path / "anxin.toml"
    file.write_text(text)
    with pytest.raises(ConfigInvalid) as refusal:
        load_config(file, {})
    assert word in refusal.value.sentence("en")


@pytest.mark.parametrize("name", ["missing.toml", "ANXIN_CONTROL_URL_FILE"])
def test_unreadable_files_are_named(tmp_path: Path, name: str) -> None:
    file = tmp_path / name if name.endswith("toml") else None
    with pytest.raises(ConfigInvalid):
        load_config(file, {} if file else {name: str(tmp_path / "missing")})


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"host": "0.0.0.0"}, "TLS"),
        ({"host": "::", "allow_plain_http": True, "demo": True}, "demo"),
        ({"tls_key": Path("k")}, "together"),
        ({"max_batch_bytes": 10}, "max_batch_bytes"),
        ({"retention_days": 1}, "retention_days 至少为 2"),
        ({"trusted_proxies": ("10.0.0.0/33",)}, "10.0.0.0/33 不是网段"),
        ({"trusted_proxies": ("10.0.0.1/8",)}, "no network"),
        ({"trusted_proxies": ("10.0.0.0/8", "::/0")}, "::/0 等于信任所有人"),
        ({"policy": Path("nowhere")}, "nowhere 中没有 policy.yaml"),
    ],
)
def test_unsafe_settings_are_found(settings: dict[str, object], word: str) -> None:
    assert [each for each in find_unsafe(GatewayConfig(**settings)) if word in each.zh + each.en]


def test_unsafe_settings_are_refused_in_each_language(tmp_path: Path) -> None:
    with pytest.raises(ConfigInvalid) as refused:
        require_safe(GatewayConfig(data=tmp_path, host="0.0.0.0", demo=True))
    zh, en = refused.value.sentence("zh"), refused.value.sentence("en")
    assert zh == "配置不正确：对外监听须启用 TLS：请设置 tls_certificate，或 allow_plain_http；演示模式只能监听本机"
    assert en.endswith("set tls_certificate, or allow_plain_http; demo mode is for loopback only")


def test_the_defaults_are_safe() -> None:
    assert find_unsafe(GatewayConfig()) == []


def test_a_data_folder_open_to_others_is_found(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    assert "open to others" in find_unsafe(GatewayConfig(data=tmp_path))[0].en
    tmp_path.chmod(0o700)
    assert find_unsafe(GatewayConfig(data=tmp_path)) == []


@pytest.mark.parametrize(
    ("variable", "told"),
    [
        ("ANXIN_PORT", None),
        ("ANXIN_CONTROL_URL_FILE", None),
        ("ANXIN_MASTER_KEY_FILE", None),
        ("ANXIN_DESK_PROT", None),
        ("ANXIN_CONFIG", None),
        ("PROT", None),
        (
            "ANXIN_PROT",
            "ANXIN_PROT：没有这个设置，您是指 ANXIN_PORT 吗？there is no such setting; did you mean ANXIN_PORT?",
        ),
        ("ANXIN_ZZZ", "ANXIN_ZZZ：没有这个设置。there is no such setting"),
    ],
)
def test_an_unknown_variable_is_told_with_the_nearest_setting(variable: str, told: str | None) -> None:
    assert find_unknown({variable: "secret"}) == ([] if told is None else [told])
