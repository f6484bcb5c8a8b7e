import assert from 'node:assert/strict';
import { createPythonFrontEnd, type PythonFrontEnd } from '../../../languages/python/front-end';
import { builtInModels } from '../../../models';
import { pythonAssets } from '../../../workspace/grammars';
import { Taint } from '../../values';
import { runModule } from '../run';

let python: PythonFrontEnd;

const graph = `
import pandas as pd
import tensorflow.compat.v1 as tf
frame = pd.read_csv("patients.csv")
x = tf.placeholder(tf.float32, [None, 2])
y = tf.placeholder(tf.int32, [None])
logits = tf.layers.dense(x, 2)
loss = tf.losses.sparse_softmax_cross_entropy(y, logits)
train_op = tf.train.AdamOptimizer(0.01).minimize(loss)
feed = {x: frame[["age", "bmi"]].values, y: frame["died"].values}
`;

function training(script: string) {
  const text = graph + script;
  const { events } = runModule(python.parse(text), { path: 'x.py', text, models: builtInModels() });
  const found = events.flatMap(event => (event.kind === 'train' ? [event] : []));
  assert.equal(found.length, 1, 'the operation is one place, however often it runs');
  const { data, epochs } = found[0]!;
  return [((data?.taint ?? 0) & Taint.records) !== 0, epochs.kind === 'constant' ? epochs.resolved.value : epochs.kind];
}

describe('sessions of TensorFlow’s graphs', () => {
  before(async () => {
    python = await createPythonFrontEnd(pythonAssets());
  });

  it('learn from what is fed, wherever the operation stands among what is fetched', () => {
    const rounds = (fetched: string) =>
      `with tf.Session() as sess:\n  for epoch in range(7):\n    for i in range(0, 100, 10):\n      sess.run(${fetched}, feed_dict=feed)\n`;
    for (const fetched of ['train_op', '[loss, train_op]', '{"step": train_op, "loss": loss}', '(loss, [train_op])'])
      assert.deepEqual(training(rounds(fetched)), [true, 7], fetched);
  });

  it('count no rounds where one loop feeds batches', () => {
    const script = `
class Trainer:
  def __init__(self, operation):
    self.operation, self.sess = operation, tf.InteractiveSession()
  def fit(self):
    for _ in range(5000):
      self.sess.run(self.operation, feed)
Trainer(train_op).fit()
`;
    assert.deepEqual(training(script), [true, 'absent']);
  });

  it('run an operation by itself', () => {
    assert.deepEqual(training('train_op.run(feed_dict=feed, session=tf.Session())\n'), [true, 'absent']);
  });

  it('learn nothing where nothing is run', () => {
    assert.deepEqual(training('tf.Session().run(logits, feed)\n'), [false, 'absent']);
  });
});
