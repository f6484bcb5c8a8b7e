/**
 * Training rows of data sets that libraries load by name, as their authors publish them. Keys are canonical names in lower case
 * without separators.
 */
const sizes: Readonly<Record<string, number>> = {
  mnist: 60_000,
  fashionmnist: 60_000,
  kmnist: 60_000,
  qmnist: 60_000,
  cifar10: 50_000,
  cifar100: 50_000,
  svhn: 73_257,
  stl10: 5_000,
  celeba: 162_770,
  imdb: 25_000,
  adult: 32_561,
};

/** Rows of the training part of a data set named as in `torchvision.datasets.MNIST`; null when it is not in the table. */
export function trainingRows(name: string): number | null {
  const last = name.split(/[./\\]/).at(-1) ?? name;
  return sizes[last.toLowerCase().replace(/[^a-z0-9]/g, '')] ?? null;
}
