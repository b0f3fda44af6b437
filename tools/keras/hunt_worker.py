#!/usr/bin/env python3
"""Runs the programs of `revive hunt` in an installed Keras and describes what came of them. Keras and NumPy alone.

One JSON object a line, as in properties/PROTOCOL.md; the verbs are at the end. A program is Python text that defines

    make()              an object of Keras, or a model
    step(thing)         optional: what happens between building and saving
    use(thing, **how)   optional: calls it, so that an output can be compared

The process that reads the requests has imported Keras and does nothing else. A child of it, the runner, executes the
programs one after the other; a fresh process is another child. So a program that crashes, hangs or fills memory ends the
child, and the next request is answered by a new one. KERAS_BACKEND says which backend; hunt_snapshot.py, what is compared.
"""

import argparse
import functools
import gc
import io
import json
import os
import resource
import runpy
import select
import shlex
import signal
import sys
import tempfile
import warnings

os.environ.setdefault("KERAS_BACKEND", "numpy")

try:
    import keras
    import numpy as np
except Exception as error:  # The backend may be what is missing, and each fails in its own way.
    print(json.dumps({"error": f"Keras cannot be imported: {type(error).__name__}: {str(error).splitlines()[0]}"}))
    sys.exit(0)
if int(keras.__version__.split(".")[0]) < 3:
    print(json.dumps({"error": f"this is Keras {keras.__version__}; the hunt needs Keras 3"}))
    sys.exit(0)

import hunt_faults
from hunt_api import api
from hunt_build import import_the_rest, what_keras_took
from hunt_cases import run_again, run_alone, run_case, run_load
from hunt_looks import difference

# The runner is started anew after so many cases, so that what programs leave behind in it stays small.
CASES_A_RUNNER = 400
# Objects made, and how often that before older ones are looked at: a full collection costs as much as a small case.
COLLECTED_AFTER = (5_000, 10, 5)


class Child:
    """A fork of this process that answers lines with lines."""

    def __init__(self, answer, options):
        request_end, self.requests = os.pipe()
        self.answers, answer_end = os.pipe()
        self.pid = os.fork()
        self.asked = 0
        if self.pid == 0:
            os.close(self.requests)
            os.close(self.answers)
            limit(options)
            # What a case leaves behind is collected every so many, and not whenever a thousand objects were made, nor
            # whenever Keras deletes a weight, which it does to free memory of a device.
            gc.set_threshold(*COLLECTED_AFTER)
            gc.collect = functools.partial(gc.collect, 0)
            serve(os.fdopen(request_end), answer, os.fdopen(answer_end, "w"))
            os._exit(0)
        os.close(request_end)
        os.close(answer_end)

    def ask(self, request, seconds):
        """The answer's text, or how the child ended."""
        self.asked += 1
        os.write(self.requests, (json.dumps(request) + "\n").encode())
        said = io.BytesIO()
        while not said.getvalue()[-1:] == b"\n":
            ready, _, _ = select.select([self.answers], [], [], seconds)
            block = os.read(self.answers, 1 << 20) if ready else b""
            if not ready or not block:
                how = self.end() if ready else f"hangs: no answer within {seconds} s"
                return None, how
            said.write(block)
        return said.getvalue().decode().rstrip("\n"), None

    def end(self):
        os.close(self.requests)
        os.close(self.answers)
        ready = os.waitpid(self.pid, os.WNOHANG)
        if ready[0] == 0:
            os.kill(self.pid, signal.SIGKILL)
            ready = os.waitpid(self.pid, 0)
        status = ready[1]
        self.pid = 0
        return f"killed by signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else "ends the process"


def limit(options):
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if options.memory:
        resource.setrlimit(resource.RLIMIT_AS, (options.memory << 20, options.memory << 20))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 30, 1 << 30))


def serve(requests, answer, answers):
    for line in requests:
        try:
            said = answer(json.loads(line))
        except MemoryError:
            said = {"died": "fills memory"}
        except Exception as error:
            said = {"error": f"{type(error).__name__}: {error}"}
        # What a child answered is passed on as it stands.
        answers.write((said if isinstance(said, str) else json.dumps(said)) + "\n")
        answers.flush()


class Worker:
    def __init__(self, options):
        self.options = options
        self.runner = None

    def once(self, answer, request):
        """In a process that has imported Keras and done nothing else."""
        child = Child(answer, self.options)
        said, how = child.ask(request, self.options.seconds)
        if child.pid:
            child.end()
        return json.loads(said) if said else {"died": how}

    def case(self, request):
        scratch = self.options.scratch
        if self.runner is None or self.runner.asked == CASES_A_RUNNER:
            if self.runner:
                self.runner.end()
            self.runner = Child(lambda asked: run_again() if asked["verb"] == "again" else run_case(asked, scratch), self.options)
        said = self.ask_runner(request)
        if "fresh" not in request.get("formats", []) or not isinstance(said, str):
            return said
        said = json.loads(said)
        if "archive" in said:
            taken = what_keras_took(request["text"], said["dropped"])
            fresh = self.once(run_load, {"text": taken, "path": said["archive"], "stage": "fresh"})
            self.merge(said, fresh)
        return said

    def ask_runner(self, request):
        said, how = self.runner.ask(request, self.options.seconds)
        if said is None:
            if self.runner.pid:
                self.runner.end()
            self.runner = None
            return {"died": how}
        return said

    @staticmethod
    def merge(said, fresh):
        if "died" in fresh or "error" in fresh:
            said["stages"]["fresh/load"] = {"error": {"type": "died", "frame": "", "message": str(fresh)}}
            return
        first = said["snapshots"][0]
        offset = len(said["snapshots"])
        said["snapshots"] += [difference(first, leaves) for leaves in fresh["snapshots"]]
        for stage, what in fresh["stages"].items():
            said["stages"][stage] = what + offset if isinstance(what, int) else what

    def answer(self, request):
        verb = request["verb"]
        if verb == "hello":
            return {"protocol": 1, "name": f"Keras {keras.__version__}", "keras": keras.__version__,
                    "backend": keras.backend.backend(), "python": sys.version.split()[0], "numpy": np.__version__}
        if verb == "api":
            return api(request.get("modules", []))
        if verb in ("case", "object"):
            return self.case(request)
        if verb == "again":
            return self.ask_runner(request) if self.runner else {"error": "there was no case"}
        if verb == "load":
            said = self.once(run_load, request)
            if "against" in request and "snapshots" in said:
                said["snapshots"] = [difference(request["against"], leaves) for leaves in said["snapshots"]]
            return said
        if verb == "run":
            return self.once(lambda asked: run_alone(asked, self.options.scratch), request)
        return {"error": f"unknown verb {verb}"}


def run_program(options):
    """A standalone program in a Keras with the fault, which the interpreters that it starts have as well."""
    launcher = os.path.join(tempfile.mkdtemp(dir=os.getcwd()), "python")
    words = [sys.executable, os.path.abspath(__file__), "--patch", str(options.patch), "--run"]
    with open(launcher, "w") as script:
        script.write(f"#!/bin/sh\nexec {shlex.join(words)} \"$@\"\n")
    os.chmod(launcher, 0o700)
    sys.executable = launcher
    sys.argv = options.run
    runpy.run_path(options.run[0], run_name="__main__")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--scratch", default=tempfile.gettempdir())
    parser.add_argument("--seconds", type=float, default=60, help="for one program")
    parser.add_argument("--memory", type=int, default=8192, help="MiB of address space for a program")
    parser.add_argument("--patch", help="a fault of hunt_faults.py to plant in Keras first")
    parser.add_argument("--run", nargs="+", help="run this program with these arguments and nothing else")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    if options.patch:
        hunt_faults.plant(options.patch)
    if options.run:
        run_program(options)
        return
    tempfile.tempdir = os.path.join(options.scratch, "tmp")
    os.makedirs(tempfile.tempdir, exist_ok=True)
    # What programs and libraries print goes elsewhere; answers have standard output to themselves.
    answers, sys.stdout = os.fdopen(os.dup(1), "w"), open(os.devnull, "w")
    os.dup2(sys.stdout.fileno(), 1)
    sys.stderr = sys.stdout
    import_the_rest()
    gc.collect()
    gc.freeze()
    worker = Worker(options)
    serve(sys.stdin, worker.answer, answers)
    if worker.runner and worker.runner.pid:
        worker.runner.end()


if __name__ == "__main__":
    main()
