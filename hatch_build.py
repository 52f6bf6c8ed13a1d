"""Build hook: what the package would otherwise compile from YAML at every start is compiled to JSON once.

Wheels hold the shipped rules and the word lists in both forms. The JSON files are written into the source tree (git
ignores them), so that an editable install has them as well. There they may grow stale: the loaders compare digests and
go back to the YAML. `python hatch_build.py` writes them without building anything.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def compile_shipped(root: Path) -> list[Path]:
    """Compile rules and word lists of the tree at `root`; returns the files written. Raises for a broken one."""
    sys.path.insert(0, str(root / "src"))
    try:
        from steplint.findings.data import compile_suggestions
        from steplint.reading.dates import run_source, scan_source
        from steplint.reading.dates.words import compile_words
        from steplint.reading.lexicon import compile_lexicon
        from steplint.rules import prebuilt
    finally:
        sys.path.pop(0)
    lexicon = root / "src/steplint/reading/lexicon"
    written = [prebuilt.write(root / "src/steplint/_shipped/rules.json", root / "rules")]
    compiled_files: dict[Path, object] = {root / "src/steplint/findings/suggestions.json": compile_suggestions()}
    for language in sorted(folder.name for folder in lexicon.iterdir() if (folder / "classes.yaml").exists()):
        compiled_files |= {
            lexicon / f"{language}.json": compile_lexicon(lexicon / language),
            lexicon / language / "dates.json": {
                **(words := compile_words(lexicon, language)),
                "fine": scan_source(words),
                "coarse": run_source(words),
            },
        }
    for path, content in compiled_files.items():
        path.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
        written.append(path)
    return written


class Shipped(BuildHookInterface[Any]):
    """Compiles before a wheel (an editable one too) or an sdist is built; a file that does not load stops the build."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        written = compile_shipped(root)
        if self.target_name == "wheel" and version != "editable":
            include = build_data["force_include"]
            include[str(root / "rules")] = "steplint/_shipped/rules"
            include.update({str(path): str(path.relative_to(root / "src")) for path in written})


if __name__ == "__main__":
    for written_file in compile_shipped(Path(__file__).resolve().parent):
        print(written_file)
