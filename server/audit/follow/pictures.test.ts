import assert from 'node:assert/strict';
import { createPythonFrontEnd, type PythonFrontEnd } from '../../languages/python/front-end';
import { pythonAssets } from '../../workspace/grammars';
import { inferAudit } from '../infer';

const script = (transform: string): string => `import pandas as pd
import torch
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

class Pictures(Dataset):
    def __init__(self, df, transform):
        self.df = df
        self.transform = transform
    def __len__(self):
        return len(self.df)
    def __getitem__(self, i):
        return self.transform(Image.open(self.df["file"][i]).convert("RGB")), self.df["label"][i]

df = pd.read_csv("labels.csv")
train = Pictures(df, transforms.Compose([${transform}]))
net = nn.Sequential(nn.Flatten(), nn.Linear(300, 2))
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for x, y in DataLoader(train):
    opt.zero_grad()
    loss = nn.functional.cross_entropy(net(x), y)
    loss.backward()
    opt.step()
torch.save(net.state_dict(), "model.pt")
`;

const resize = 'transforms.Resize((10, 10))';
const tensor = 'transforms.ToTensor()';
const followed = [
  `${resize}, ${tensor}`,
  'transforms.Resize((10, 10), antialias=False), transforms.ToTensor()',
  `${tensor}, ${resize}`,
  `${resize}, transforms.Pad(2), ${tensor}`,
];
const asked = [
  'transforms.Resize((10, 10), interpolation=transforms.InterpolationMode.LANCZOS), transforms.ToTensor()',
  'transforms.Resize(10, max_size=12), transforms.ToTensor()',
  `${tensor}, transforms.Resize((10, 10), antialias=False)`,
  `${tensor}, transforms.Resize((10, 10), interpolation=transforms.InterpolationMode.NEAREST)`,
  `${resize}, transforms.Pad(2, fill=128), ${tensor}`,
  `${resize}, transforms.Pad(2, padding_mode="reflect"), ${tensor}`,
  `${resize}, transforms.Lambda(lambda x: other(x)), ${tensor}`,
];

describe('transforms of pictures', () => {
  let python: PythonFrontEnd;
  before(async () => {
    python = await createPythonFrontEnd(pythonAssets());
  });

  for (const transform of followed)
    it(`follows ${transform}`, () => assert.ok(inferAudit(python.parse(script(transform))).recipe));

  // A loss of what is not followed and of the label is no training on labels.
  for (const transform of asked)
    it(`asks after ${transform}`, () => assert.equal(inferAudit(python.parse(script(transform))).recipe, null));
});
