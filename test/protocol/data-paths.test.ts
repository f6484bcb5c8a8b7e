import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { DocumentLink, Hover } from 'vscode-languageserver';
import { nodeHost } from '../../server/lsp/world/node-host';
import { PULL, TestClient } from './client';

const script = `import numpy as np
import pandas as pd
from datasets import load_dataset
from torchvision.datasets import ImageFolder

TABLE = "visits.csv"
frame = pd.read_csv(TABLE)
arrays = np.load("arrays.npy")
scans = ImageFolder("scans/train")
gone = pd.read_csv("gone.csv")
hub = load_dataset("someone/a-set")
all_scans = ImageFolder("scans")
web = pd.read_csv("https://example.org/table.csv")
`;

describe('data paths in a script', () => {
  let folder: string;
  let client: TestClient;
  let uri: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'epsilint-data-paths-'));
    writeFileSync(join(folder, 'visits.csv'), 'patient_id,age,note\nMARKER-1,64,MARKER-2\nMARKER-1,65,MARKER-3\n');
    mkdirSync(join(folder, 'scans', 'train', 'a'), { recursive: true });
    for (const name of ['1.png', '2.png', 'labels.csv']) writeFileSync(join(folder, 'scans', 'train', 'a', name), '');
    uri = pathToFileURL(join(folder, 'train.py')).href;
    client = await TestClient.inProcess(nodeHost('0.0.0'), PULL, { initializationOptions: { panels: true } });
    await client.open(uri, script);
  });
  after(async () => {
    await client.stop();
    rmSync(folder, { recursive: true });
  });

  const hover = async (text: string): Promise<string> => {
    const before = script.slice(0, script.indexOf(text)).split('\n');
    const position = { line: before.length - 1, character: before.at(-1)!.length + 1 };
    const answer = await client.ask<Hover | null>('textDocument/hover', { textDocument: { uri }, position });
    return JSON.stringify(answer?.contents ?? '');
  };

  it('say how many rows, which columns and which key, and never a value', async () => {
    const said = await hover('TABLE)');
    assert.match(
      said,
      /visits\.csv.*\| rows \| 2 \|.*\| columns \| 3: patient\\+_id, age, note \|.*person key \| patient\\+_id/,
    );
    assert.doesNotMatch(said, /MARKER/);
  });

  it('say how many files of which kind a folder has', async () => {
    assert.match(await hover('"scans/train"'), /\| files \| 3: 2 \.png, 1 \.csv \|.*\| folders \| 1 \|/);
    assert.match(await hover('"scans")'), /\| files \| 3: .*\| folders \| 2 \|/);
  });

  it('say nothing of what is not there and of what is no file', async () => {
    assert.doesNotMatch(await hover('"gone.csv"'), /gone/);
    assert.doesNotMatch(await hover('"someone/a-set"'), /files|rows/);
  });

  it('are links: files open, folders are shown in the explorer', async () => {
    const links = await client.ask<DocumentLink[]>('textDocument/documentLink', { textDocument: { uri } });
    const resolved = await Promise.all(links.map(link => client.ask<DocumentLink>('documentLink/resolve', link)));
    const targets = resolved.map(({ range, target }) => [range.start.line, target] as const);
    const file = (name: string): string => pathToFileURL(join(folder, name)).href;
    assert.deepEqual(targets, [
      [6, file('visits.csv')],
      [7, file('arrays.npy')],
      [8, `command:epsilint.reveal?${encodeURIComponent(JSON.stringify([file('scans/train')]))}`],
      [9, file('gone.csv')],
      [11, `command:epsilint.reveal?${encodeURIComponent(JSON.stringify([file('scans')]))}`],
    ]);
  });
});
