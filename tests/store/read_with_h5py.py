"""Reads an experiment's directory as results/README.md says one can: DIRECTORY FINISHED-TRIAL UNFINISHED-TRIAL."""
import json
import sys

import h5py

directory, finished, unfinished = sys.argv[1:]

with h5py.File(f"{directory}/{finished}.h5", "r") as f:
    assert f.attrs["format"] == "recur.trial" and f.attrs["format_version"] == 1
    assert f.attrs["state"] == "done" and f.attrs["variant"] == "gru"
    assert f.attrs["parameters"] == 4321
    assert "größer" in f["definition"].asstr()[()]
    epochs = f["metrics/epochs"]
    assert list(epochs.attrs["columns"]) == ["epoch", "step", "seconds", "train/loss", "valid/rmse"]
    assert epochs.shape == (3, 5) and list(epochs[:, 4]) == [20, 19, 18]
    assert f["metrics/steps"].shape == (30, 6)
    assert f["point"].attrs["train.optimizer.lr"] == 3e-3
    assert f["point"].attrs["model.hidden"] == 32
    assert f["point"].attrs["peephole"] == True  # noqa: E712
    assert f["results"].attrs["test/rmse"] == 19.5
    assert f["details/test"].asstr()[()].splitlines()[2].split() == ["größer", "0", "2"]
    assert list(f["baselines"].attrs["names"]) == ["persistence", "seasonal"]
    w = f["weights/best/rnn/W"]
    assert w.shape == (2, 3) and w.dtype == "float32" and w[0, 0] == 0.5
    assert w.attrs["gate_order"] == "r z n"
    assert f["weights/last/bias"][()] == 0.25
    assert f["provenance"].attrs["plugin_file"] == "/opt/recur/gru.so"
    assert f["provenance"].attrs["data_file"] == "/data/größe.tsv"
    assert list(f["provenance/data/key"].asstr()) == ["task.data.train", "task.data.test"]
    assert list(f["provenance/data/file"].asstr()) == ["/data/größe.tsv", "/data/test.tsv"]
    assert all(len(hash) == 64 for hash in f["provenance/data/hash"].asstr())
    assert json.loads(f["encoding"].asstr()[()])["columns"] == ["größe"]
    assert f["provenance/libraries"].attrs["onednn"] == "2.6.3"
    assert [t.decode() for t in f["log/text"]] == ["started", "ended: done"]

with h5py.File(f"{directory}/{unfinished}.ckpt.h5", "r") as f:
    assert f.attrs["format"] == "recur.checkpoint"
    assert f["scalars"].attrs["epoch"] == 1
    assert f["arrays/rnn/W"][0, 0] == 2

with h5py.File(f"{directory}/index.h5", "r") as f:
    names = f["table/name"].asstr()[:]
    assert set(names) == {finished, unfinished}
    states = dict(zip(names, f["table/state"].asstr()[:]))
    assert states == {finished: "done", unfinished: "stale"}
    assert f[f"trials/{finished}/metrics/epochs"].shape == (3, 5)
