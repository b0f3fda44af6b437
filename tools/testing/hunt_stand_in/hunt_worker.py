#!/usr/bin/env python3
"""Answers `revive hunt` as hunt_worker.py does, by what stands in a program alone: no Keras is needed, and each kind of
answer comes up. Of a program

    dtype='float16'        is lost in every format,
    activation=lambda      makes saving raise,
    units=7                is refused, as is all of Never,
    reduction='crash'      ends the process, 'silent' is no answer, 'noise' differs from run to run.
"""

import argparse
import json
import sys

API = {"classes": [
    {"name": "keras.layers.Dense", "kind": "layers", "parameters": [
        {"name": "units", "owner": "Dense"}, {"name": "dtype", "owner": "Layer", "default": "None"},
        {"name": "activation", "owner": "Dense", "default": "None"},
        {"name": "odd", "owner": "Dense", "default": "None", "type": "NoneType"}]},
    {"name": "keras.layers.Sparse", "kind": "layers", "parameters": []},
    {"name": "keras.layers.Never", "kind": "layers", "parameters": [
        {"name": "rate", "owner": "Never", "default": "0.25"}]},
    {"name": "keras.losses.Loss", "kind": "losses", "parameters": [
        {"name": "reduction", "owner": "Loss", "default": "'sum'"}]}]}


def judged(request):
    lines = request["text"].split("\n")
    dropped = [{"line": line, "error": "ValueError: units of 7"} for line in request["droppable"]
               if "units=7" in lines[line - 1]]
    left = "\n".join(line for number, line in enumerate(lines, 1) if number not in [drop["line"] for drop in dropped])
    if "units=7" in left or "Never(" in left:
        return {"refused": "ValueError: never 'x'", "dropped": dropped}
    if "'crash'" in left:
        return {"died": "killed by signal 11"}
    if "'silent'" in left:
        return {"error": "nothing to say"}
    snapshots = [{"thing": "<keras.layers.Dense>", "thing.dtype": "'float16'" if "float16" in left else "'float32'"}]
    stages = {"before": 0}
    for name in request["formats"]:
        if name in ("second", "trained", "fresh"):
            continue
        if "activation=" in left and name == "keras":
            stages["keras/save"] = {"error": {"type": "TypeError", "frame": "src/saving.py:save",
                                              "message": "cannot save 'f' of 3"}}
            continue
        if len(snapshots) == 1 and ("float16" in left or "'noise'" in left):
            snapshots.append({"thing.dtype": "'float32'" if "float16" in left else "'noise'"})
        stages[name + "/loaded"] = len(snapshots) - 1
    return {"dropped": dropped, "snapshots": snapshots, "stages": stages, "archive": "model.keras"}


def answer(request, options, last):
    verb = request["verb"]
    if verb == "hello":
        return {"protocol": 1, "name": "Keras 3.0.0", "keras": "3.0.0", "backend": "none", "python": "3", "numpy": "2"}
    if verb == "api":
        return {"error": "there is no module m"} if request["modules"] == ["m"] else API
    if verb in ("case", "object"):
        last["text"] = request["text"]
        return judged(request)
    if verb == "again":
        return {"again": {"thing.dtype": "'other noise'"} if "'noise'" in last["text"] else {}}
    if verb == "load":
        return {"snapshots": [{"thing": "<keras.layers.Other>"}], "stages": {"other/loaded": 0}}
    if verb == "run":
        if "answered" in request["text"]:
            return {"error": "no answer"} if "unanswered" in request["text"] else {"failed": 0}
        return {"failed": "mended" not in request["text"]}
    return {"error": "unknown verb " + verb}


def main():
    parser = argparse.ArgumentParser()
    for option in ("--scratch", "--seconds", "--patch"):
        parser.add_argument(option)
    options = parser.parse_args()
    last = {}
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line), options, last)), flush=True)


main()
