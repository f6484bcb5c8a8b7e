/**
 * Training rows of data sets that libraries load by name, as their authors publish them. Keys are canonical names in lower case without
 * separators; a configuration of a hub's set stands after a slash.
 */
const sizes: Readonly<Record<string, number>> = {
  mnist: 60_000,
  fashionmnist: 60_000,
  kmnist: 60_000,
  qmnist: 60_000,
  emnist: 697_932,
  cifar10: 50_000,
  cifar100: 50_000,
  cinic10: 90_000,
  svhn: 73_257,
  svhncropped: 73_257,
  stl10: 5_000,
  celeba: 162_770,
  omniglot: 19_280,
  food101: 75_750,
  oxford102flowers: 1_020,
  flowers102: 1_020,
  gtsrb: 26_640,
  eurosat: 27_000,
  imagenet: 1_281_167,
  imagenet2012: 1_281_167,
  imdb: 25_000,
  imdbreviews: 25_000,
  stanfordnlp: 25_000,
  reuters: 8_982,
  agnews: 120_000,
  yelpreviewfull: 650_000,
  yelppolarity: 560_000,
  dbpedia14: 560_000,
  snli: 550_152,
  samsum: 14_732,
  squad: 87_599,
  e2enlg: 42_061,
  'glue/sst2': 67_349,
  'glue/qnli': 104_743,
  'glue/mnli': 392_702,
  'glue/qqp': 363_846,
  'glue/cola': 8_551,
  'glue/mrpc': 3_668,
  'glue/rte': 2_490,
  sst2: 67_349,
  adult: 32_561,
  breastcancer: 569,
  iris: 150,
  digits: 1_797,
  wine: 178,
  diabetes: 442,
  covtype: 581_012,
  californiahousing: 20_640,
  bostonhousing: 404,
  pathmnist: 89_996,
  pneumoniamnist: 4_708,
  dermamnist: 7_007,
  bloodmnist: 11_959,
  breastmnist: 546,
  octmnist: 97_477,
  chestmnist: 78_468,
  organamnist: 34_581,
  retinamnist: 1_080,
  tissuemnist: 165_466,
};

/**
 * Rows of the training part of a data set named as in `torchvision.datasets.MNIST`, `load_breast_cancer`, `glue/sst2`; null when it is not in
 * the table.
 */
export function trainingRows(name: string): number | null {
  const plain = (text: string): string =>
    text
      .toLowerCase()
      .replace(/^(?:load|fetch)_/, '')
      .replace(/[^a-z0-9]/g, '');
  const parts = name.split(/[./\\]/).filter(part => part !== '' && part !== 'undefined');
  const pair = parts.length > 1 ? sizes[`${plain(parts.at(-2)!)}/${plain(parts.at(-1)!)}`] : undefined;
  return pair ?? sizes[plain(parts.at(-1) ?? name)] ?? null;
}
