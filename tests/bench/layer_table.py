#!/usr/bin/env python3
"""One table of rnn_bench: the time of a training step in each form, beside oneDNN's primitive called by hand.

    python3 tests/bench/layer_table.py [--bench build/release/bench/rnn_bench] [--filter 'T:100/'] [--repetitions 5]

All forms of a cell and shape are measured in one run, interleaved at random, and of the repetitions the fastest counts: whatever else
the machine does only ever adds time. Times are processor time of one thread.
"""
import argparse
import collections
import json
import pathlib
import subprocess
import sys

FORMS = ("chosen", "recorded", "lowered", "onednn", "sgemm")


def measure(bench, pattern, repetitions):
    command = [bench, f"--benchmark_filter={pattern}", "--benchmark_min_time=0.05", f"--benchmark_repetitions={repetitions}",
               "--benchmark_enable_random_interleaving=true", "--benchmark_format=json"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stderr}")
    times = collections.defaultdict(lambda: float("inf"))
    for run in json.loads(done.stdout)["benchmarks"]:
        if run["run_type"] == "iteration":
            name = run["name"].split("/process_time")[0]
            times[name] = min(times[name], run["cpu_time"])
    return times


def names(bench):
    listed = subprocess.run([bench, "--benchmark_list_tests"], capture_output=True, text=True, check=True).stdout
    return [line.split("/process_time")[0] for line in listed.splitlines()]


def main():
    root = pathlib.Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bench", type=pathlib.Path, default=root / "build/release/bench/rnn_bench")
    parser.add_argument("--filter", default="", help="only shapes whose name holds this")
    parser.add_argument("--repetitions", type=int, default=5)
    options = parser.parse_args()

    shapes = collections.OrderedDict()  # "T:100/..." -> cells
    for name in names(options.bench):
        kind, cell, form, shape = (name.split("/", 3) + [""] * 3)[:4]
        if kind == "training_step" and options.filter in shape:
            shapes.setdefault(shape, collections.OrderedDict())[cell] = None
    print(f"{'cell and shape':44} {'chosen':>10} {'recorded':>10} {'lowered':>10} {'oneDNN':>10} {'sgemm':>10}   to oneDNN: chosen recorded")
    for shape, cells in shapes.items():
        for cell in cells:
            times = measure(options.bench, f"^training_step/{cell}/[a-z]*/{shape}/", options.repetitions)
            row = {form: times.get(f"training_step/{cell}/{form}/{shape}") for form in FORMS}
            text = "".join(f" {row[form]:8.0f}us" if row[form] else f" {'-':>10}" for form in FORMS)
            ratio = "".join(f" {row[form] / row['onednn']:8.2f}" for form in ("chosen", "recorded")) if row["onednn"] else ""
            print(f"{cell + ' ' + shape:44}{text}            {ratio}", flush=True)


if __name__ == "__main__":
    main()
