#!/usr/bin/env python3
"""recur against PyTorch on this processor, one thread each, alternating.

    python3 against_pytorch.py [--bench build/release/bench/rnn_bench] [--shapes 3] [--rounds 3] [--only mgu]

In each round PyTorch is measured and then recur's own benchmark program, so that a slow minute of the machine hits both. Of a
round the fastest repetition counts, and of the rounds the median. Where PyTorch is not installed nothing is measured.
"""
import argparse
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import time

for threads in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "TORCHINDUCTOR_COMPILE_THREADS"):
    os.environ[threads] = "1"  # before PyTorch is loaded

SHAPES = [(100, 1, 64, 64), (100, 32, 128, 128), (50, 64, 256, 256), (35, 20, 650, 650), (128, 64, 512, 512),
          (100, 64, 1024, 1024)]
REPETITIONS, SECONDS = 5, 0.1  # of each measurement in a round; a repetition is as many steps as fit


class Row:
    """One comparison: a benchmark of recur and one or more ways to do the same in PyTorch, of which the fastest counts."""

    def __init__(self, name, recur, ways, goal):
        self.name, self.recur, self.ways, self.goal = name, recur, ways, goal
        self.peer_times, self.recur_times, self.way = [], [], ""


CLOCKS = {"wall": (time.perf_counter, "real_time"), "cpu": (time.process_time, "cpu_time")}  # here; in recur's program


def fastest(run, clock):
    """Seconds a step: the fastest of the repetitions' means."""
    now = CLOCKS[clock][0]
    run()
    start = now()
    run()
    steps = max(1, int(SECONDS / max(now() - start, 1e-9)))
    best = float("inf")
    for _ in range(REPETITIONS):
        start = now()
        for _ in range(steps):
            run()
        best = min(best, (now() - start) / steps)
    return best


def recur_time(bench, name, clock):
    """The same of recur's benchmark program, or None where it has no such benchmark."""
    command = [bench, f"--benchmark_filter=^{re.escape(name).replace('/', '.')}(/|$)", "--benchmark_format=json",
               f"--benchmark_min_time={SECONDS}", f"--benchmark_repetitions={REPETITIONS}"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr}")
    if not done.stdout.strip():
        return None
    unit = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}
    times = [run[CLOCKS[clock][1]] * unit[run["time_unit"]] for run in json.loads(done.stdout)["benchmarks"]
             if run.get("run_type") == "iteration" and not run.get("error_occurred")]
    return min(times, default=None)


def rows(shapes, with_compile):
    import pytorch_models as models

    for T, N, I, H in shapes:
        sizes = f"T:{T}/N:{N}/I:{I}/H:{H}"
        for cell in ("lstm", "gru", "vanilla"):
            yield Row(f"{cell} {sizes}", f"training_step/{cell}/chosen/{sizes}",
                      {"layer": lambda c=cell, s=(T, N, I, H): models.builtin_training_step(c, *s)},
                      10.0 if N == 1 else 1.0)
        forms = [("eager", ["eager"], 10.0 if (T, N, I, H) in SHAPES[:2] else 1.0)]
        if with_compile:
            forms.append(("torch.compile", ["compile_sequence", "compile_step"], 1.0))
        for label, ways, goal in forms:
            yield Row(f"mgu, {label} {sizes}", f"training_step/mgu/recorded/{sizes}",
                      {way: lambda w=way, s=(T, N, I, H): models.gated_training_step(*s, w) for way in ways}, goal)
    for cell in ("lstm", "gru", "vanilla", "mgu"):
        if cell == "mgu" and not with_compile:
            continue
        yield Row(f"{cell} one inference step H:128", f"inference_step/{cell}/H:128",
                  {way: lambda c=cell, w=way: models.inference_steps(c, 128)[w]
                   for way in (("eager", "compile") if cell == "mgu" else ("cell", "layer"))}, 20.0)


def measure(row, bench, rounds, clock):
    runs = {}
    for way, make in row.ways.items():
        try:
            runs[way] = make()
            runs[way]()  # compiles
        except Exception as error:  # a form that PyTorch cannot compile is left out, and said so
            runs.pop(way, None)
            print(f"  {row.name}: {way} does not run: {str(error).splitlines()[0]}", file=sys.stderr)
    for _ in range(rounds):
        times = {way: fastest(run, clock) for way, run in runs.items()}
        if times:
            row.way = min(times, key=times.get)
            row.peer_times.append(times[row.way])
        seconds = recur_time(bench, row.recur, clock) if bench else None
        if seconds is not None:
            row.recur_times.append(seconds)


def text_of(seconds):
    return f"{seconds * 1e3:10.2f} ms" if seconds >= 1e-3 else f"{seconds * 1e6:10.2f} us"


def print_row(row):
    peer = statistics.median(row.peer_times) if row.peer_times else None
    own = statistics.median(row.recur_times) if row.recur_times else None
    ratio = f"{peer / own:7.2f}" if peer and own else "      -"
    reached = ("yes" if peer / own >= row.goal else "no") if peer and own else "-"
    print(f"{row.name:44} {text_of(peer) if peer else '-':>13} {row.way:16} {text_of(own) if own else '-':>13} "
          f"{ratio} {row.goal:6.1f} {reached}", flush=True)


def main():
    root = pathlib.Path(__file__).resolve().parents[3]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bench", type=pathlib.Path, default=root / "build/release/bench/rnn_bench",
                        help="recur's benchmark program")
    parser.add_argument("--shapes", type=int, default=len(SHAPES), help="only the first so many shapes")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="only rows whose name holds this")
    parser.add_argument("--no-compile", action="store_true", help="leave out torch.compile, which takes minutes to compile")
    parser.add_argument("--clock", choices=CLOCKS, default="wall",
                        help="cpu: processor time, for a machine that others use too (the work has one thread)")
    options = parser.parse_args()

    try:
        import torch
    except ImportError:
        print("PyTorch is not installed for this Python: nothing is compared (pip install torch)")
        return
    torch.set_num_threads(1)
    torch.set_num_interop_threads(1)
    torch.manual_seed(1)
    bench = str(options.bench) if options.bench.exists() else None
    if bench is None:
        print(f"{options.bench} is not built: PyTorch's times only")
    print(f"PyTorch {torch.__version__}, one thread, {options.rounds} rounds; {options.clock} time of one step, "
          "ratio = PyTorch / recur")
    print(f"{'':44} {'PyTorch':>13} {'by':16} {'recur':>13} {'ratio':>7} {'goal':>6} reached")
    for row in rows(SHAPES[:options.shapes], not options.no_compile):
        if options.only in row.name:
            measure(row, bench, options.rounds, options.clock)
            print_row(row)


if __name__ == "__main__":
    main()
