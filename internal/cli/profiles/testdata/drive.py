"""Runs the existing CLI many times while its packages are imported once.

Each line of standard input is a list of arguments in JSON; each line of
standard output is what the command ended with: code, out, err. A command has
a process of its own, forked from this one.
"""

import json
import os
import runpy
import sys
import tempfile

import ax.cli  # noqa: F401  what takes the seconds


def run(program, args):
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if child == 0:
            code = 70
            try:
                os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
                os.dup2(out.fileno(), 1)
                os.dup2(err.fileno(), 2)
                sys.argv = [program] + args
                runpy.run_path(program, run_name="__main__")
                code = 0
            except SystemExit as e:
                code = e.code if isinstance(e.code, int) else int(e.code is not None)
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        texts = []
        for f in (out, err):
            f.seek(0)
            texts.append(f.read().decode())
        return {"code": code, "out": texts[0], "err": texts[1]}


for line in sys.stdin:
    print(json.dumps(run(sys.argv[1], json.loads(line))), flush=True)
