"""A subject of the line protocol for tests: it stores the model as it got it, and misbehaves when told to.

    echo_subject.py [--VERB=HOW]...

where HOW is what it does when asked to VERB: crash, exit3, hang, garbage, two_lines, list, refuse, refuse_at_length,
unsupported, or nothing (an object without the fields of an answer). --layers=Dense,Flatten is what it says it knows,
--knows=before a verb more, for which `other` is one more thing to do. Its output is its input. `forget` is refused for
handles that it does not hold, and it holds at most four models.
"""

import base64
import json
import os
import signal
import sys
import time

HOW = dict(argument[2:].split("=") for argument in sys.argv[1:])
models = {}


def hello(request):
    answer = {"protocol": request["protocol"], "name": "echo", "describes": True, "future_field": [1, 2],
              "verbs": ["save", "load", "predict", "forget"]}
    answer["verbs"] += HOW.get("knows", "").split()
    if "layers" in HOW:
        answer["layers"] = HOW["layers"].split(",")
    return answer


def save(request):
    return {"archive": base64.b64encode(json.dumps(request["model"]).encode()).decode()}


def load(request):
    model = json.loads(base64.b64decode(request["archive"]))
    handle = max(models, default=0) + 1
    models[handle] = model
    if len(models) > 4:
        raise MemoryError("holds five models")
    return {"model": model, "handle": handle}


def predict(request):
    return {"output": request["input"], "of": models[request["handle"]]["config"]["config"]["name"]}


def before(request):
    output = request["input"]
    if HOW.get("before") == "other":
        shape = [*output["shape"], 1]
        output = {**output, "shape": shape}
    return {"output": output}


def forget(request):
    for handle in request["handles"]:
        del models[handle]
    return {}


VERBS = {"hello": hello, "save": save, "load": load, "predict": predict, "before": before, "forget": forget}

for line in sys.stdin:
    request = json.loads(line)
    how = HOW.get(request["verb"])
    if how == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    elif how == "exit3":
        sys.exit(3)
    elif how == "hang":
        time.sleep(60)
    elif how == "garbage":
        print("Loading weights... done", flush=True)
    elif how == "two_lines":
        print("{}\n{}", flush=True)
    elif how == "list":
        print("[]", flush=True)
    elif how == "nothing":
        print("{}", flush=True)
    elif how == "refuse":
        print('{"error": "not today"}', flush=True)
    elif how == "refuse_at_length":
        print(json.dumps({"error": "at line " + 50_000_000 * "x"}), flush=True)
    elif how == "unsupported":
        print('{"unsupported": "the layer Conv1D"}', flush=True)
    else:
        try:
            answer = VERBS[request["verb"]](request)
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)
