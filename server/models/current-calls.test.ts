import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Event, SendEvent } from '../facts/events';
import { runModule } from '../facts/run/run';
import { createPythonFrontEnd, type PythonFrontEnd } from '../languages/python/front-end';
import { pythonAssets } from '../workspace/grammars';
import { said } from './event-words';
import { builtInModels } from './index';

const folder = join(__dirname, '../../test/fixtures/libraries');
const block = /^## (.+?) — (.+)\n\n```python\n([\s\S]*?)\n```$/gm;

/** What of the expected is not there: each of them once, kinds alone (`train`) or whole (`send api`); `!` must be absent. */
function missing(expected: readonly string[], seen: readonly string[]): string[] {
  const left = [...seen];
  return expected.filter(one => {
    if (one.startsWith('!')) return seen.some(each => `${each} `.startsWith(`${one.slice(1)} `));
    const at = left.findIndex(each => each === one || each.split(' ')[0] === one);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

describe('libraries as their documentation calls them today', () => {
  let front: PythonFrontEnd;
  before(async () => {
    front = await createPythonFrontEnd(pythonAssets());
  });
  const events = (text: string): readonly Event[] =>
    runModule(front.parse(text), { path: 'script.py', text, models: builtInModels() }).events;

  for (const file of readdirSync(folder))
    describe(file, () => {
      const blocks = [...readFileSync(join(folder, file), 'utf8').matchAll(block)];
      it('has scripts', () => assert.ok(blocks.length > 40));
      for (const [, name, expected, text] of blocks)
        it(name!, () => {
          const seen = events(text!).map(said);
          assert.deepEqual(missing(expected!.split('; '), seen), [], `seen: ${seen.join(', ')}`);
        });
    });

  describe('a client that is pointed at a machine of the house', () => {
    const hosts = (text: string) =>
      events(text)
        .filter((event): event is SendEvent => event.kind === 'send')
        .map(event => event.host);
    for (const [name, text] of [
      ['OpenAI', 'from openai import OpenAI\nOpenAI(base_url="http://localhost:8000/v1").responses.create(input=n)'],
      [
        'LangChain',
        'from langchain_openai import ChatOpenAI\nChatOpenAI(base_url="http://localhost:8000/v1").invoke(n)',
      ],
      ['LiteLLM', 'import litellm\nlitellm.completion(model="openai/m", api_base="http://localhost:8000", messages=n)'],
      [
        'LlamaIndex',
        'from llama_index.llms.openai_like import OpenAILike\nOpenAILike(api_base="http://localhost:8000/v1").complete(n)',
      ],
    ] as const)
      it(name, () => assert.deepEqual(hosts(text), ['localhost']));
    it('a chain goes where its model is', () =>
      assert.deepEqual(
        hosts(
          'from langchain_openai import ChatOpenAI\nfrom langchain_core.prompts import ChatPromptTemplate\n' +
            'c = ChatPromptTemplate.from_template("{n}") | ChatOpenAI(base_url="http://localhost:1/v1")\nc.invoke(n)',
        ),
        ['localhost'],
      ));
  });
});
