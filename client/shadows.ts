import { window } from 'vscode';
import type { Shadows } from '../server/protocol';

const engines = [
  {
    label: 'In this process',
    description: 'the architecture and recipe are read from the script; nothing of yours runs',
    engine: 'embedded',
  },
  { label: 'By running the script itself', description: 'with your Python, once a model', engine: 'process' },
  { label: 'On a Ray cluster', description: 'the script and its data are copied to the cluster', engine: 'ray' },
] as const;

const counts = [
  { label: '16 reference models', description: 'a first look', models: 16 },
  { label: '32 reference models', description: '', models: 32 },
  { label: '64 reference models', description: 'finer: AUCs of single people mean something', models: 64 },
  { label: '128 reference models', description: 'as in the published studies', models: 128 },
] as const;

/** How many reference models, and where; running the user's own script needs a yes of its own. null: the person stops. */
export async function pickShadows(subject: string): Promise<Shadows | null> {
  const title = `Who is exposed by ${subject}?`;
  const engine = await window.showQuickPick(engines, { title, placeHolder: 'Where are the reference models trained?' });
  if (!engine) return null;
  const count = await window.showQuickPick(counts, {
    title,
    placeHolder: 'How many? A run that was stopped goes on where it was.',
  });
  if (!count) return null;
  if (engine.engine !== 'embedded') {
    const yes = 'Run it';
    const where = engine.engine === 'ray' ? 'on the Ray cluster, with its data' : 'with your Python';
    const choice = await window.showWarningMessage(
      `Run ${subject} ${count.models} times ${where}?`,
      {
        modal: true,
        detail:
          'Each run trains on another half of the people. What it prints is not kept; times and exit codes go to a private log.',
      },
      yes,
    );
    if (choice !== yes) return null;
  }
  return { models: count.models, engine: engine.engine };
}
