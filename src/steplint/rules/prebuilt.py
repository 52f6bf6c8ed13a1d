"""Shipped rules and profiles as one JSON, made at build time: a small check need load no YAML, pydantic or parser.

Imports neither polars nor anything that does: it runs in a build environment with pyyaml, pydantic and sqlglot.
`python -m steplint.rules.prebuilt` writes the file of a checkout.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

__all__ = ["FORMAT", "build", "digest", "dumps", "rules_below", "write"]

FORMAT = 2
"""Raised when the shape of the JSON changes: a file of another format is not read."""


def _files(rules_dir: Path) -> list[Path]:
    return sorted(rules_dir.rglob("*.yaml"), key=lambda file: file.relative_to(rules_dir).as_posix())


def digest(rules_dir: Path) -> str:
    """Names the exact content of a folder of rules: paths and bytes."""
    made = hashlib.sha256(f"format {FORMAT}\n".encode())
    for file in _files(rules_dir):
        raw = file.read_bytes()
        made.update(f"{file.relative_to(rules_dir).as_posix()} {len(raw)}\n".encode())
        made.update(raw)
    return made.hexdigest()


def rules_below(rules_dir: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """(rules, profiles) of a folder as plain dicts, checked together. Raises RuleError with file and line."""
    from steplint.errors import RuleError
    from steplint.rules.load import check_references, distinct, read_rule, rule_files
    from steplint.rules.model import profile_dict
    from steplint.rules.rule import from_dict, to_dict
    from steplint.yaml_safe import read

    def shown(file: Path) -> str:
        return f"{rules_dir.name}/{file.relative_to(rules_dir).as_posix()}"

    files = rule_files(rules_dir)
    rules = distinct(from_dict(read_rule(file, shown=shown(file))) for file in files)
    check_references(rules)
    for rule, file in zip(rules, files, strict=True):
        if file.stem != f"{rule.code}-{rule.name}" or file.parent.name != rule.family.lower():
            wanted = f"{rule.family.lower()}/{rule.code}-{rule.name}.yaml"
            raise RuleError("a shipped rule's file is named by its code", path=shown(file), hint=f"name it {wanted}")
    profiles = [profile_dict(read(file, shown=shown(file))) for file in sorted((rules_dir / "profiles").glob("*.yaml"))]
    for profile in profiles:
        if Path(profile["path"]).stem != profile["name"]:
            raise RuleError(f"profile {profile['name']} is not named like its file", path=profile["path"])
    return [to_dict(rule) for rule in rules], profiles


def build(rules_dir: Path) -> dict[str, Any]:
    """The content of the JSON: format, digest, rules, profiles."""
    rules, profiles = rules_below(rules_dir)
    return {"format": FORMAT, "digest": digest(rules_dir), "rules": rules, "profiles": profiles}


def dumps(built: dict[str, Any]) -> str:
    return json.dumps(built, ensure_ascii=False, separators=(",", ":"), sort_keys=True) + "\n"


def write(target: str | Path, rules_dir: str | Path) -> Path:
    """Compile the rules below `rules_dir` into the JSON file `target`; folders are made. Returns its path."""
    path = Path(target)
    text = dumps(build(Path(rules_dir)))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


if __name__ == "__main__":
    from steplint.rules.shipped import checkout_rules, prebuilt_path

    source = checkout_rules()
    if source is None:
        raise SystemExit("no rules/ folder beside src/: nothing to compile")
    write(prebuilt_path(), source)
