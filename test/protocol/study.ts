/** A small study: a training script, its visits, and weights with a plain rule in them. */

/** A training script; `hidden` units, `epochs` full batches. */
export const scriptOf = (
  data: string,
  checkpoint: string,
  hidden: number,
  epochs: number,
): string => `import pandas as pd
import torch
from safetensors.torch import save_file
from sklearn.model_selection import train_test_split

df = pd.read_csv("${data}")
people = df["person_id"].unique()
train_people, test_people = train_test_split(people, test_size=0.5, random_state=1)
train = df[df["person_id"].isin(train_people)]
test = df[df["person_id"].isin(test_people)]
X_train = torch.tensor(train[["a", "b", "c"]].to_numpy(), dtype=torch.float32)
y_train = torch.tensor(train["label"].to_numpy())
X_test = torch.tensor(test[["a", "b", "c"]].to_numpy(), dtype=torch.float32)
y_test = torch.tensor(test["label"].to_numpy())
model = torch.nn.Sequential(torch.nn.Linear(3, ${hidden}), torch.nn.ReLU(), torch.nn.Linear(${hidden}, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
criterion = torch.nn.CrossEntropyLoss()
for epoch in range(${epochs}):
    optimizer.zero_grad()
    loss = criterion(model(X_train), y_train)
    loss.backward()
    optimizer.step()
save_file(model.state_dict(), "${checkpoint}")
`;
/** Numbers in [-1, 1) that are the same in every run. */
export function numbers(): () => number {
  let state = 12345;
  return () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

/** Two visits each of 200 people; in the ward "north" (40 people) the label of `odd` tables is another one than the rule says. */
export function table(next: () => number, odd = false): string {
  const rows = Array.from({ length: 400 }, (_, row) => {
    const person = Math.floor(row / 2);
    const [a, b, c] = [next(), next(), next()];
    const north = person % 5 === 0;
    const label = a + b > 0 !== (odd && north) ? 1 : 0;
    return [person, a.toFixed(3), b.toFixed(3), c.toFixed(3), label, north ? 'north' : 'south'].join(',');
  });
  return ['person_id,a,b,c,label,ward', ...rows, ''].join('\n');
}

/** The state dict of the script's network, with a plain rule in it: the sign of a + b. */
export function weights(hidden: number): Uint8Array {
  const first = Array.from({ length: 3 * hidden }, (_, at) => (at % 3 === 2 ? 0.1 : at < 1.5 * hidden ? 1 : -1));
  const last = Array.from({ length: 2 * hidden }, (_, at) => (at % hidden < hidden / 2 === at >= hidden ? 1 : -1));
  const tensors: [string, number[], number[]][] = [
    ['0.weight', [hidden, 3], first],
    ['0.bias', [hidden], Array<number>(hidden).fill(0)],
    ['2.weight', [2, hidden], last],
    ['2.bias', [2], [0, 0]],
  ];
  let at = 0;
  const header = Object.fromEntries(
    tensors.map(([name, shape, values]) => {
      const start = at;
      at += 4 * values.length;
      return [name, { dtype: 'F32', shape, data_offsets: [start, at] }];
    }),
  );
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const data = Float32Array.from(tensors.flatMap(([, , values]) => values));
  return Buffer.concat([length, text, Buffer.from(data.buffer)]);
}
