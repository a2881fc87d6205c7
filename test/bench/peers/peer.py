"""What the peers share: the way in and out, and the arrays that they are handed.

A peer reads one JSON object a line from standard input and answers each with one on standard output:

  {"config": {...}, "file": "arrays.safetensors", "threads": 2}   -> {"version": "..."}
  {"noise": "given"}   one training step on the file's batch and noise  -> {"losses": [...]}
  {"noise": "drawn"}   the same with noise of its own                   -> {"losses": [...]}

Losses, from before the update: KL, pixel, similarity, on real, on reconstructions, on samples.
"""

import json
import struct
import sys

import numpy as np


def read_arrays(path):
    """The float32 arrays of a safetensors file, by name."""
    with open(path, "rb") as file:
        content = file.read()
    (length,) = struct.unpack_from("<Q", content)
    header = json.loads(content[8 : 8 + length])
    header.pop("__metadata__", None)
    arrays = {}
    for name, entry in header.items():
        begin, end = (8 + length + at for at in entry["data_offsets"])
        arrays[name] = np.frombuffer(content[begin:end], "<f4").reshape(entry["shape"])
    return arrays


def serve(version, build):
    """Answers until standard input ends. `build(config, arrays, threads)` gives `step(given) -> losses`."""
    answers = sys.stdout
    # Libraries chat on standard output.
    sys.stdout = sys.stderr

    def answer(value):
        print(json.dumps(value), file=answers, flush=True)

    first = json.loads(sys.stdin.readline())
    step = build(first["config"], read_arrays(first["file"]), first["threads"])
    answer({"version": version})
    for line in sys.stdin:
        answer({"losses": step(json.loads(line)["noise"] == "given")})
