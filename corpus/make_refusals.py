#!/usr/bin/env python3
"""Makes corpus/refusals/: archives with one thing wrong, named after it. Standard library only.

    corpus/make_refusals.py

Each is a stock archive of corpus/keras/ with one change; refusals.py says which, and the error code revive must
answer with. The bytes depend on nothing but those archives. Archives that come from elsewhere stay as they are.
Rewrites manifest.json: new archives are added, verdicts and digests already there are left alone.
"""

import json
import pathlib
import sys

import refusals

HERE = pathlib.Path(__file__).resolve().parent


def update_manifest():
    """One entry per archive, ordered by file; null where `revive promote` has not yet filled in a digest."""
    path = HERE / "manifest.json"
    known = {entry["file"]: entry for entry in json.loads(path.read_text())} if path.exists() else {}
    entries = []
    for archive in sorted(HERE.glob("*/*.keras")):
        file = archive.relative_to(HERE).as_posix()
        if archive.parent.name == "refusals":
            new = {"file": file, "verdict": "refused", "code": refusals.CODES[archive.stem]}
        else:
            new = {"file": file, "verdict": "revives", "digest": None}
        entries.append(known.get(file, new))
    lines = ",\n".join(f"  {json.dumps(entry)}" for entry in entries)
    path.write_text(f"[\n{lines}\n]\n")


def main():
    folder = HERE / "refusals"
    folder.mkdir(exist_ok=True)
    for name, make in refusals.REFUSALS.items():
        (folder / f"{name}.keras").write_bytes(make())
    update_manifest()
    return 0


if __name__ == "__main__":
    sys.exit(main())
