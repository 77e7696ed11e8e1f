"""Runs command lines of the original ax, each in a process of its own.

The original takes seconds to import what it needs, so this imports it once and
forks for each command line. Orders come as JSON lines on descriptor 3, exit
codes go to descriptor 4; standard input and output belong to the commands. An
order may also name a script to run in place of ax.
"""

import gc
import json
import os
import runpy
import sys

from ax.cli import app
import arize  # noqa: F401  the commands import it themselves, later and slowly
import pandas  # noqa: F401
import pyarrow.parquet  # noqa: F401


def order():
    """Returns the next order, in the process that is to carry it out."""
    answers = os.fdopen(4, "w")
    for line in os.fdopen(3):
        asked = json.loads(line)
        child = os.fork()
        if child == 0:
            return asked
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), file=answers, flush=True)
    return None


def leave(code):
    """Ends the process as Python does, but for taking apart all that was imported."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


gc.freeze()
asked = order()
if asked is not None:
    os.chdir(asked["folder"])
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    os.dup2(os.open(asked["stdin"], os.O_RDONLY), 0)
    os.dup2(os.open(asked["stdout"], flags, 0o600), 1)
    os.dup2(os.open(asked["stderr"], flags, 0o600), 2)
    os.closerange(3, 256)
    os.umask(0o022)
    sys.argv = ["ax", *asked["args"]]
    try:
        if asked["script"]:
            runpy.run_path(asked["script"], run_name="__main__")
        else:
            sys.exit(app())
    except SystemExit as e:
        leave(e.code if isinstance(e.code, int) else int(e.code is not None))
    leave(0)
