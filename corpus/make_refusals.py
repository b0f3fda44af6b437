#!/usr/bin/env python3
"""Makes corpus/refusals/, archives with one thing wrong, named after it, and corpus/heavy/. Standard library only.

    corpus/make_refusals.py

Each is an archive that stock Keras saved, most of them with one change; the refused_*.py say which, and the error code
revive must answer with. The bytes depend on nothing but those archives. Archives that come from elsewhere stay as they
are. Rewrites manifest.json: new archives of MADE are added; what is listed keeps its verdict as long as its file is
there, cases and regressions too.
"""

import json
import pathlib
import sys

import refusals
import refused_configs  # noqa: F401: it declares refusals
import refused_containers  # noqa: F401
import refused_weights  # noqa: F401

HERE = pathlib.Path(__file__).resolve().parent
# The folders that scripts fill. What is found or promoted gets its verdict from `revive promote`.
MADE = ("heavy", "keras", "keras2", "refusals", "rescues", "rezipped", "small", "training_code")
# What an archive of a folder gives where it is no refusal.
VERDICTS = {"heavy": "not_run"}


def update_manifest():
    """One entry a file, ordered by file; null where `revive promote` has not yet filled in a digest."""
    path = HERE / "manifest.json"
    listed = json.loads(path.read_text()) if path.exists() else []
    entries = {entry["file"]: entry for entry in listed if (HERE / entry["file"]).exists()}
    for archive in (archive for folder in MADE for archive in HERE.glob(f"{folder}/*.keras")):
        file = archive.relative_to(HERE).as_posix()
        if archive.parent.name == "refusals":
            new = {"file": file, "verdict": "refused", "code": refusals.CODES[archive.stem]}
        else:
            new = {"file": file, "verdict": VERDICTS.get(archive.parent.name, "revives"), "digest": None}
        entries.setdefault(file, new)
    lines = ",\n".join(f"  {json.dumps(entry)}" for _, entry in sorted(entries.items()))
    path.write_text(f"[\n{lines}\n]\n")


def main():
    for folder, made in (("refusals", refusals.REFUSALS), ("heavy", refusals.HEAVY)):
        (HERE / folder).mkdir(exist_ok=True)
        for name, make in made.items():
            (HERE / folder / f"{name}.keras").write_bytes(make())
    update_manifest()
    return 0


if __name__ == "__main__":
    sys.exit(main())
