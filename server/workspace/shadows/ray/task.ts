/** Marks of the task's answer in the log of its job; everything else there is not read. */
export const marks = { scores: 'EPSILINT-SCORES ', failed: 'EPSILINT-FAILED ', end: 'EPSILINT-END' } as const;

/** Names inside the uploaded packages. */
export const names = { task: 'epsilint_task.py', copy: 'epsilint_script.py', mask: 'epsilint_members.npy' } as const;

/**
 * What runs on the cluster: a driver that makes one Ray task of one model, with Ray's own retries for lost nodes, and prints the scores
 * (zlib, base64) to the job's log. The script's own output is thrown away; of an error only its kind and line are told.
 */
export const taskText = `# Trains one reference model for Epsilint as one Ray task.
import base64
import os
import re
import subprocess
import sys
import tempfile
import zlib

import ray

SETTINGS = os.environ


def find(name):
    for folder in [os.getcwd(), *sys.path]:
        path = os.path.join(folder, name)
        if os.path.exists(path):
            return os.path.abspath(path)
    raise FileNotFoundError(name)


STARTER = """
import sys
script, copy = sys.argv[1:3]
sys.argv = [script]
with open(copy, encoding="utf-8") as file:
    source = file.read()
main = sys.modules["__main__"].__dict__
main["__file__"] = script
del main["script"], main["copy"], main["file"]
exec(compile(main.pop("source"), main["__file__"], "exec"), main)
"""


def train(script, folder, seconds):
    copy = find("${names.copy}")
    with tempfile.TemporaryDirectory() as place:
        scores = os.path.join(place, "scores.npy")
        environment = dict(
            os.environ,
            EPSILINT_MEMBERS=find("${names.mask}"),
            EPSILINT_SCORES=scores,
            MPLBACKEND="Agg",
            WANDB_MODE="disabled",
        )
        try:
            ended = subprocess.run(
                [sys.executable, "-c", STARTER, os.path.join(folder or os.getcwd(), script), copy],
                cwd=folder or os.getcwd(),
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                timeout=seconds,
            )
        except subprocess.TimeoutExpired:
            return "failed", "time 0"
        if ended.returncode != 0:
            text = ended.stderr.decode("utf-8", "replace")
            lines = re.findall(r'^  File "[^"]*' + re.escape(os.path.basename(script)) + r'", line (\\d+)', text, re.M)
            kinds = re.findall(r"^(?:\\w+\\.)*(\\w*(?:Error|Exception|Exit|Interrupt))(?::|$)", text, re.M)
            return "failed", f"{kinds[-1] if kinds else 'code'} {lines[-1] if lines else 0}"
        if not os.path.exists(scores):
            return "failed", "scores 0"
        with open(scores, "rb") as file:
            return "scores", zlib.compress(file.read())


if __name__ == "__main__":
    ray.init(log_to_driver=False)
    task = ray.remote(
        num_cpus=float(SETTINGS["EPSILINT_CPUS"]),
        num_gpus=float(SETTINGS["EPSILINT_GPUS"]),
        max_retries=int(SETTINGS["EPSILINT_RETRIES"]),
    )(train)
    kind, answer = ray.get(
        task.remote(SETTINGS["EPSILINT_SCRIPT"], SETTINGS.get("EPSILINT_FOLDER", ""), float(SETTINGS["EPSILINT_SECONDS"]))
    )
    if kind == "failed":
        print("${marks.failed}" + answer, flush=True)
    else:
        text = base64.b64encode(answer).decode("ascii")
        for start in range(0, len(text), 60000):
            print("${marks.scores}" + text[start : start + 60000])
    print("${marks.end}", flush=True)
`;

/** The task's answer in a job's log; null while it is not whole. */
export function answerIn(
  log: string,
):
  | { readonly kind: 'scores'; readonly base64: string }
  | { readonly kind: 'failed'; readonly what: string; readonly line: number | null }
  | null {
  const lines = log.split('\n').map(line => line.trimEnd());
  if (!lines.includes(marks.end)) return null;
  const failed = lines.find(line => line.startsWith(marks.failed));
  if (failed !== undefined) {
    const [what = 'code', line = '0'] = failed.slice(marks.failed.length).split(' ');
    return { kind: 'failed', what, line: Number(line) || null };
  }
  const parts = lines.flatMap(line => (line.startsWith(marks.scores) ? [line.slice(marks.scores.length)] : []));
  return parts.length > 0 ? { kind: 'scores', base64: parts.join('') } : null;
}
