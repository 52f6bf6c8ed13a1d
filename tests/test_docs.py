"""The pages say what is true: commands, outputs, links and make targets."""

from __future__ import annotations

import importlib
import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


refresh = load(ROOT / "docs/refresh.py")
PAGES = [pytest.param(page, id=str(page.relative_to(ROOT))) for page in refresh.pages()]


@pytest.mark.parametrize("page", PAGES)
def test_page_is_what_make_docs_writes(page: Path) -> None:
    assert page.read_text(encoding="utf-8") == refresh.wanted(page), "run make docs"


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)\s#]+)", page.read_text(encoding="utf-8"))
    missing = [target for target in targets if "://" not in target and not (page.parent / target).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES)
def test_make_targets_exist(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"(?:`|^)make ([a-z]+)", page.read_text(encoding="utf-8"), re.MULTILINE))
    assert targets <= set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))


@pytest.mark.parametrize("page", PAGES)
def test_commands_and_options_exist(page: Path) -> None:
    """Every `steplint …` line in a code block names a command and options that the command line has."""
    import click

    from steplint.cli.main import cli

    root = cli
    blocks = re.findall(r"(?ms)^```[a-z]*\n(.*?)^```$", page.read_text(encoding="utf-8"))
    lines = [line for block in blocks for line in block.splitlines() if re.match(r"(\$ )?steplint ", line)]
    context = click.Context(root)
    for line in lines:
        words = line.removeprefix("$ ").split(" | ")[0].split()[1:]
        if words[0].startswith("-"):
            command: click.Command | None = root
        else:
            command = root.get_command(context, words[0])
        assert command is not None, line
        known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
        used = {word.split("=")[0] for word in words if word.startswith("--")}
        assert used <= known | {"--help"}, line


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"(?ms)^```{language}\n(.*?)^```$", page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", PAGES)
def test_shown_rules_pass_their_examples(page: Path, tmp_path: Path) -> None:
    from steplint.cli.main import main

    for number, block in enumerate(block for block in blocks(page, "yaml") if block.startswith("schema: 1")):
        file = tmp_path / f"{number}.yaml"
        file.write_text(block, encoding="utf-8")
        assert main(["test-rules", str(file)]) == 0


@pytest.mark.parametrize("page", PAGES)
def test_shown_python_works(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from steplint.cli.main import main

    monkeypatch.syspath_prepend(tmp_path)
    for number, block in enumerate(blocks(page, "python")):
        module = f"shown_in_{page.stem}_{number}"
        (tmp_path / f"{module}.py").write_text(block, encoding="utf-8")
        importlib.import_module(module)
        if "STEPLINT_API" in block:
            assert main(["test-rules", "--plugin", module]) == 0
