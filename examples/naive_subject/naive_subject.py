#!/usr/bin/env python3
"""The naive serializer behind revive's line protocol (properties/PROTOCOL.md): JSON, and five honest mistakes.

    revive properties --subject 'examples/naive_subject/naive_subject.py --mended floats,captures'

Each mistake can be mended on its own: floats, captures, falsy, order, nesting. `--layers Dense,Dropout` makes it a
serializer that knows these layers alone, and `--refuses GRU,LSTM` one that says so only when it meets one. Standard
library only.
"""

import base64
import hashlib
import json
import re
import struct
import sys

OPTIONS = {name[2:]: value.split(",") for name, value in zip(sys.argv[1::2], sys.argv[2::2])}
MENDED = set(OPTIONS.get("mended", []))
# How struct spells the dtypes of variables; those that it cannot spell are stored as they come.
FORMATS = {"float16": "<e", "float32": "<f", "float64": "<d"}


def write_tensor(tensor):
    if "floats" in MENDED or tensor["dtype"] not in FORMATS:
        return tensor
    numbers = [number for (number,) in struct.iter_unpack(FORMATS[tensor["dtype"]], base64.b64decode(tensor["data"]))]
    # Six digits are plenty, and the file stays small.
    return {**tensor, "data": ["%.6g" % number for number in numbers]}


def read_tensor(tensor):
    if "floats" in MENDED or tensor["dtype"] not in FORMATS:
        return tensor
    data = b"".join(struct.pack(FORMATS[tensor["dtype"]], float(number)) for number in tensor["data"])
    return {**tensor, "data": base64.b64encode(data).decode()}


def write_lambda(written):
    if "captures" in MENDED:
        return written
    return {"text": written["text"], "names": list(written["captures"])}


def read_lambda(written, environment):
    if "captures" in MENDED:
        return written
    return {"text": written["text"], "captures": {name: environment[name] for name in written["names"]}}


def write_entry(entry):
    """An entry of config.json without what is not set."""
    if entry["class_name"] == "Functional":
        return {"class_name": "Lambda", "config": {key: entry["config"][key] for key in ("name", "trainable")}}
    config = {key: value for key, value in entry["config"].items() if value or "falsy" in MENDED}
    if "layers" in config:
        config["layers"] = [write_entry(layer) for layer in config["layers"]]
    return {**entry, "config": config}


def layer_name(config, path):
    for index in re.findall(r"/layers/(\d+)", path):
        config = config["config"]["layers"][int(index)]
    return config["config"]["name"]


def save(model):
    weights = {}
    for variable in model["weights"]:
        path = variable["path"]
        if path.count("/layers/") > 1 and "nesting" not in MENDED:
            continue
        layer = path if "order" in MENDED else layer_name(model["config"], path)
        weights.setdefault(layer, []).append(write_tensor(variable))
    paths = [tensor.pop("path") for tensors in weights.values() for tensor in tensors]
    document = {"config": write_entry(model["config"]), "paths": paths, "weights": weights,
                "lambdas": {path: write_lambda(written) for path, written in model["lambdas"].items()}}
    text = json.dumps(document, sort_keys="order" not in MENDED)
    return hashlib.sha256(text.encode()).hexdigest() + text


def load(archive, environment):
    digest, text = archive[:64], archive[64:]
    if digest != hashlib.sha256(text.encode()).hexdigest():
        raise ValueError("the file is damaged")
    document = json.loads(text)
    tensors = [read_tensor(tensor) for tensors in document["weights"].values() for tensor in tensors]
    return {"config": document["config"],
            "weights": [{**tensor, "path": path} for path, tensor in zip(document["paths"], tensors)],
            "lambdas": {path: read_lambda(written, environment) for path, written in document["lambdas"].items()}}


def answer(request):
    if request["verb"] == "hello":
        hello = {"protocol": 1, "name": "naive", "verbs": ["save", "load"], "describes": True}
        return hello | {"layers": OPTIONS["layers"]} if "layers" in OPTIONS else hello
    if request["verb"] == "save":
        classes = re.findall(r'"class_name": "(\w+)"', json.dumps(request["model"]["config"]))
        for unknown in OPTIONS.get("refuses", []):
            if unknown in classes:
                return {"unsupported": f"the layer {unknown}"}
        return {"archive": base64.b64encode(save(request["model"]).encode()).decode()}
    archive = base64.b64decode(request["archive"]).decode()
    return {"model": load(archive, request["environment"])}


for line in sys.stdin:
    try:
        print(json.dumps(answer(json.loads(line))), flush=True)
    except Exception as error:
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}), flush=True)
