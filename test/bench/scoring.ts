import { attack } from '../../audit-core/attacks/attacks';
import type { ScoreArrays } from '../../audit-core/audit/inputs';
import { bootstrapAuc } from '../../audit-core/statistics/bootstrap';
import { uniformStream } from '../../audit-core/statistics/random';
import { rank } from '../../audit-core/statistics/ranking';

/** Median CPU milliseconds of all attacks with 64 references on 20,000 records, and of 1,000 cluster-bootstrap AUCs of one of them. */
export function scoringTimes(): { attacks: number; bootstrap: number } {
  const [rows, references, classes, people] = [20_000, 64, 3, 5000];
  const uniform = uniformStream(1);
  const models = references + 1;
  const codes = Int32Array.from({ length: rows }, (_, row) => Math.floor((row * people) / rows));
  const members = new Uint8Array(models * rows);
  for (let model = 0; model < models; model++) {
    const inside = Uint8Array.from({ length: people }, () => (uniform() < 0.5 ? 1 : 0));
    for (let row = 0; row < rows; row++) members[model * rows + row] = inside[codes[row]!]!;
  }
  const arrays: ScoreArrays = {
    rows,
    models,
    classes,
    logits: Float32Array.from({ length: models * rows * classes }, () => 4 * uniform() - 2),
    losses: null,
    labels: Int32Array.from({ length: rows }, () => Math.floor(classes * uniform())),
    members,
    people: null,
    groups: [],
    ids: null,
  };
  const cpu = (work: () => void): number => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
  const attacks: number[] = [];
  const bootstraps: number[] = [];
  for (let round = 0; round < 5; round++) {
    let scores: Float64Array = new Float64Array(0);
    attacks.push(cpu(() => (scores = attack(arrays).attacks.at(-1)!.scores)));
    bootstraps.push(cpu(() => bootstrapAuc(rank(scores, members.subarray(0, rows)), { codes, count: people })));
  }
  const median = (values: number[]): number => values.sort((a, b) => a - b)[2]!;
  return { attacks: median(attacks), bootstrap: median(bootstraps) };
}
