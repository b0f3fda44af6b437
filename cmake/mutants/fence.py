"""Runs a program that holds a fault where it can do no harm.

A planted fault may end every process it can reach (`kill(-leader)` without its sign) or empty the wrong folder. So each
run has processes of its own, sees every file system as read-only but for one scratch folder, which is emptied after it,
and has a limit on time, memory and the size of files.
"""

import dataclasses
import os
import pathlib
import resource
import shutil
import signal
import subprocess

MOST_MEMORY = 8 << 30
MOST_FILE_BYTES = 256 << 20
# The shell stays in front as the first process, because signals that a program sends itself do not end a first process.
INSIDE = """
mount --make-rprivate / && mount --bind "$1" "$1" && mount -o remount,bind,ro / &&
mount -t tmpfs tmpfs /tmp && mount -t tmpfs tmpfs /dev/shm || exit 125
cd "$2" || exit 125
shift 2
"$@"
exit $?
"""
COULD_NOT = 125


@dataclasses.dataclass(frozen=True)
class Outcome:
    status: int | None  # None: it took too long
    output: str


def unshare():
    as_root = [] if os.geteuid() == 0 else ["--map-root-user"]
    return ["unshare", *as_root, "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", INSIDE, "sh"]


def limit():
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_FILE_BYTES, MOST_FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def run(scratch, command, folder, environment, seconds):
    """Runs a command in `folder`; `scratch` is a folder of this run alone, whose `kept` is all that stays."""
    temporary = scratch / "tmp"
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    log = scratch / "log"
    with open(log, "wb") as out:
        process = subprocess.Popen(
            [*unshare(), str(scratch), str(folder), *map(str, command)], stdin=subprocess.DEVNULL, stdout=out,
            stderr=subprocess.STDOUT, env={**os.environ, "TMPDIR": str(temporary), **environment}, preexec_fn=limit,
            start_new_session=True)
        try:
            status = process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            status = None
    with open(log, "rb") as file:
        file.seek(max(0, log.stat().st_size - 100_000))
        output = file.read().decode("utf-8", "replace")
    shutil.rmtree(temporary, ignore_errors=True)
    if status == COULD_NOT:
        raise RuntimeError(f"cannot fence the program in: {output.strip()}")
    return Outcome(status, output)


def scratch_folder(parent, name):
    folder = pathlib.Path(parent, name)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
