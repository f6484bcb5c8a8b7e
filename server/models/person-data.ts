import { tokensOf } from './identifiers';

/**
 * Which data sets hold records of people. Known clinical and personal sources are one signal strong enough alone;
 * a clinical word is a weak signal that needs a second one; public toy data denies.
 */
const known =
  /(?:^|[^a-z])(mimic(?:[-_ ]?(?:iii|iv|cxr|3|4))?|eicu|ptb[-_ ]?xl|chexpert|chest[-_ ]?x[-_ ]?ray(?:14)?|padchest|vindr|ham10000|isic(?:[-_ ]?20\d\d)?|siim[-_ ]?isic|brats(?:[-_ ]?20\d\d)?|adni|tcga|uk[-_ ]?biobank|openi|physionet|camelyon\d*|lidc|luna16|rsna|kits19|fed[-_]heart[-_]disease|fed[-_]isic2019|synthea|n2c2|i2b2|omop|fhir)(?![a-z])/i;

/** Words of medicine and of personal records, as whole tokens. Lower case, singular. */
const clinical = new Set(
  `patient patients clinical clinic hospital hospitals medical medicine diagnosis diagnoses diagnostic disease diseases diabetes diabetic cancer tumor tumour tumors melanoma lesion lesions pneumonia covid tuberculosis
  radiology radiograph xray xrays mri ct ecg ekg eeg dicom icu ehr emr admission admissions readmission discharge mortality sepsis icd icd9 icd10 phenotype prognosis biopsy pathology histopathology dermatology dermoscopy retinopathy fundus glaucoma cataract
  hemorrhage haemorrhage stroke cardiac cardiology cardiovascular heart liver hepatic kidney renal lung brain breast glucose insulin bmi cholesterol hypertension symptom symptoms medication medications prescription nursing nurse doctor physician physicians surgery
  appointment appointments vitals healthcare health alzheimer parkinson epilepsy genotype survival subject subjects cohort visits
  applicant applicants loan loans borrower borrowers claimant fraud customer customers employee employees salary credit churn`.split(
    /\s+/,
  ),
);

/** Public teaching data: no protection is owed to it. */
const toy =
  /(?:^|[^a-z0-9])(cifar-?10{1,2}|cifar|(?:fashion|k|e|q|med|[a-z]+)?-?_?mnist|mnist|imagenet\w*|svhn|stl10|coco|voc20\d\d|lsun|celeba|omniglot|iris|titanic|wine|boston|california_housing|digits|20newsgroups|newsgroups|imdb|ag_news|wikitext|penn_?treebank|ptb|lm1b|squad|glue|shakespeare|adult_?census|make_(?:classification|blobs|regression|moons|circles))(?![a-z])/i;

export type Signal = { readonly kind: 'known' | 'clinical' | 'toy'; readonly word: string };

/** What a name, path or literal says of the people behind it. */
export function signalsOf(text: string): Signal[] {
  const found: Signal[] = [];
  const source = known.exec(text);
  if (source && !/^ptb$/i.test(source[1]!)) found.push({ kind: 'known', word: source[1]!.toLowerCase() });
  const public_ = toy.exec(text);
  if (public_) found.push({ kind: 'toy', word: public_[1]!.toLowerCase() });
  for (const token of tokensOf(text))
    if (clinical.has(token) && !found.some(signal => signal.word === token))
      found.push({ kind: 'clinical', word: token });
  return found;
}
