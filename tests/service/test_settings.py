"""Settings: bounds, unknown names and the table of the README."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.errors import SettingNotUsable
from service.sandbox.limits import Limits
from service.settings import Settings, load_settings, settings_table, variable


def test_load_settings_unknown_variable_names_the_nearest() -> None:
    with pytest.raises(SettingNotUsable, match=r"no setting ASKMD_NOTE; the nearest is ASKMD_NOTES\."):
        load_settings({"ASKMD_NOTE": "notes"})


def test_load_settings_variable_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASKMD_PORT", "8123")
    assert load_settings().port == 8123


def test_load_settings_override_wins_and_none_counts_as_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASKMD_PORT", "8123")
    settings = load_settings(port=0, notes=None)
    assert settings.port == 0
    assert settings.notes == Settings.model_fields["notes"].default


@pytest.mark.parametrize("value", [-1, 65536, "many"])
def test_load_settings_value_out_of_bounds_names_the_variable(value: object) -> None:
    with pytest.raises(SettingNotUsable, match="ASKMD_PORT: "):
        load_settings({}, port=value)


def test_settings_are_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_settings({}).port = 1


def test_settings_each_field_is_described_and_in_the_table() -> None:
    table = settings_table()
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert f"| `{variable(name)}` |" in table


def test_settings_defaults_of_runs_are_those_of_the_sandbox() -> None:
    assert load_settings({}).run_limits == Limits()


def test_settings_ledger_stands_in_the_data_folder() -> None:
    assert load_settings({}, data=Path("elsewhere")).ledger_file.parent == Path("elsewhere")
