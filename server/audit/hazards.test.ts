import assert from 'node:assert/strict';
import { hazardFindings } from './hazards';

describe('AUD005 in words', () => {
  it('advises by what the file holds: rows are no matter of pickle', () => {
    const [rows] = hazardFindings('knn.joblib', [{ kind: 'embedded-records', message: 'The file carries 20 rows.' }]);
    assert.match(rows!.message, /^knn\.joblib holds more than weights: The file carries 20 rows\. Save a model/);
    assert.doesNotMatch(rows!.message, /pickle/);
    const [code] = hazardFindings('a.pkl', [{ kind: 'executable-content', message: 'It calls os.system.' }]);
    assert.match(code!.message, /Do not load it with pickle/);
  });

  it('names three and counts the rest', () => {
    const many = [1, 2, 3, 4, 5].map(at => ({ kind: 'executable-content', message: `Call ${at}.` }));
    const [finding] = hazardFindings('a.pkl', many);
    assert.match(finding!.message, /Call 3\. \(and 2 more\)/);
    assert.doesNotMatch(finding!.message, /Call 4/);
    assert.deepEqual(hazardFindings('a.pt', []), []);
  });
});
