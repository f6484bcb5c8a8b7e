import { tokensOf } from './identifiers';

/**
 * Which data sets hold records of people. Known clinical and personal sources are one signal strong enough alone;
 * a clinical word is a weak signal that needs a second one; public toy data denies.
 */
const known =
  /(?:^|[^a-z])(mimic(?:[-_ ]?(?:iii|iv|cxr|3|4))?|eicu|ptb[-_ ]?xl|chexpert|chest[-_ ]?x[-_ ]?ray(?:14)?|padchest|vindr|ham10000|isic(?:[-_ ]?20\d\d)?|siim[-_ ]?isic|brats(?:[-_ ]?20\d\d)?|adni|tcga|uk[-_ ]?biobank|openi|physionet|camelyon\d*|lidc|luna16|rsna|kits(?:19|21|23)|lits17|deeplesion|mura-v1|cbis[-_ ]?ddsm|breakhis|pcam|patch[-_ ]?camelyon|covidx|chest[-_ ]?xray8|nih[-_ ]?chest|eyepacs|aptos(?:20\d\d)?|messidor|rfmid|mit[-_ ]?bih|chb[-_ ]?mit|sleep[-_ ]?edf|abide|ppmi|oasis[-_ ]?[123]|nhanes|framingham|pima[-_ ]?indians?|mtsamples|chatdoctor|healthcaremagic|wesad|fed[-_]heart[-_]disease|fed[-_]isic2019|synthea|n2c2|i2b2|omop|fhir|home[-_ ]credit|creditcard(?:[-_]?fraud)?|lending[-_ ]?club|german[-_ ]credit)(?![a-z])/i;

/** Words of medicine and of personal records, as whole tokens. Lower case, singular. */
const clinical = new Set(
  `patient patients clinical clinic hospital hospitals medical medicine diagnosis diagnoses diagnostic disease diseases diabetes diabetic cancer tumor tumour tumors melanoma lesion lesions pneumonia covid tuberculosis
  radiology radiograph xray xrays mri ct ecg ekg eeg dicom icu ehr emr admission admissions readmission discharge mortality sepsis icd icd9 icd10 phenotype prognosis biopsy pathology histopathology dermatology dermoscopy retinopathy fundus glaucoma cataract
  hemorrhage haemorrhage stroke cardiac cardiology cardiovascular heart liver hepatic kidney renal lung brain breast glucose insulin bmi cholesterol hypertension symptom symptoms medication medications prescription nursing nurse doctor physician physicians surgery
  appointment appointments vitals healthcare health alzheimer parkinson epilepsy genotype survival subject subjects cohort visits
  ultrasound echocardiogram mammogram mammography mammo tomography angiography colonoscopy polyp polyps nodule nodules carcinoma malignant malignancy benign leukemia lymphoma metastasis stenosis arrhythmia angina myocardial infarction thyroid hepatitis cirrhosis asthma copd dementia autism psychiatric schizophrenia migraine pregnancy maternal neonatal pediatric malaria dengue hiv anemia obesity stillbirth cxr eicu hba1c creatinine hemoglobin triage ambulance outpatient inpatient comorbidity comorbidities deidentify healthcare telemedicine
  prostate biopsies colorectal cervical ovarian oncology oncologist urology neurology neurological ophthalmology pulmonary respiratory thoracic abdominal cranial septic ventilator surgical preoperative postoperative systolic diastolic platelet platelets albumin bilirubin triglycerides antibiotic antibiotics chemotherapy radiotherapy allergy allergies immunization vaccination glioma meningioma
  paciente pacientes pasien penyakit patienten krankenhaus malade malades maladie maladies enfermedad doenca diagnostico medico
  applicant applicants loan loans borrower borrowers claimant fraud customer customers employee employees salary credit churn`.split(
    /\s+/,
  ),
);

/** Public teaching data: no protection is owed to it. */
const toy =
  /(?:^|[^a-z0-9])(cifar-?10{1,2}|cifar|[a-z]{0,9}-?_?mnist|imagenet\w*|svhn|stl10|coco|voc20\d\d|lsun|celeba|omniglot|iris|titanic|wine|boston|california_housing|digits|20newsgroups|newsgroups|imdb|ag_news|wikitext|penn_?treebank|ptb|lm1b|squad|glue|shakespeare|adult_?census|make_(?:classification|blobs|regression|moons|circles))(?![a-z])/i;

/** The same in scripts that are not split into tokens: patient, consultation, nursing, diagnosis, record, hospital. */
const clinicalScript =
  /患者|病患|病人|會診|会诊|護理|护理|診斷|诊断|病歷|病历|醫院|医院|臨床|临床|診療|カルテ|환자|병원|진단/;

/** Faces and voices by which people are known; not the company that is called by a face. */
const biometric =
  /(?<!hugging[ _-]?)\bfac(?:e|ial)s?[ _-]?(?:recogni\w*|embeddings?|encodings?|detect\w*|verif\w*|identif\w*|images?|dataset|mask|id)\b|\bspeaker[ _-]?(?:recogni\w*|verif\w*|identif\w*|id)\b|\b(?:biometric\w*|fingerprint\w*|attendance|voiceprints?)\b/i;

/** Words that hardly mean anything else: a text that uses several of them, or one again and again, is about people. */
const strong =
  /patient|clinical|hospital|diagnos|cancer|tumou?r|melanoma|pneumonia|covid|x-?ray|radiograph|retinopathy|cataract|glaucoma|ha?emorrhage|diabet|lesion|disease|mortality|medical|mimic|isic|chexpert|nurs(?:e|ing)|cardiac|stroke|mammogra|radiolog|patholog|atelectasis|cardiomegaly|pneumothorax|emphysema|chexnet|borrower|loan|applicant|healthcare|health[ _-](?:risk|record|data|outcome|score|monitor)|heart[ _-](?:disease|rate|attack|failure)|wearable|blood[ _-]pressure|symptom|sepsis|alzheimer|physionet|(?<![a-z])(?:ehr|emr|ecg|ekg|icu|mri|dicom)s?(?![a-z])/gi;

/** How often each strong word stands in a text. */
export function strongWords(text: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const [word] of text.matchAll(strong)) counts.set(word.toLowerCase(), (counts.get(word.toLowerCase()) ?? 0) + 1);
  return counts;
}

/** Sets that a file names for the weights learned from them, and not for their rows. */
const pretraining = /imagenet|coco|voc20/i;
const everyToy = new RegExp(toy, 'gi');

/** How often public teaching data is named in a text. */
export function toyMentions(text: string): number {
  return [...text.matchAll(everyToy)].filter(([word]) => !pretraining.test(word)).length;
}

/** Where a text first names public teaching data, [start, end): on one line, with what stands right in front. */
export function toyPlace(text: string): readonly [number, number] | null {
  for (const { 0: word, index } of text.matchAll(everyToy))
    if (!pretraining.test(word)) return [index, index + word.length];
  return null;
}

/** A project is one about people from this many different strong words on, or from fewer of them used so often. */
const WORDS = 4;
const USES: Readonly<Record<number, number>> = { 2: 12, 3: 6 };

/** What makes the texts of a project ones about people: at most three of its words; empty where toy data outweighs them. */
export function projectPeople(text: string): readonly string[] {
  const counts = [...strongWords(text)].sort((a, b) => b[1] - a[1]);
  const uses = counts.reduce((sum, [, count]) => sum + count, 0);
  const enough = counts.length >= WORDS || uses >= (USES[counts.length] ?? Number.POSITIVE_INFINITY);
  if (!enough || toyMentions(text) * 2 > uses) return [];
  return counts.slice(0, 3).map(([word]) => word);
}

/**
 * Counts over populations, molecules and examinations of students, whose names speak of illness and whose rows are nobody's:
 * forecasts of cases by country, vaccine chemistry, questions of medical boards.
 */
const nobody =
  /(?:^|[^a-z])(covid-?19-(?:global|in-|data|week|forecast|geographic|useful|us)[\w-]*|covid19-global-forecasting[\w-]*|global-forecasting|time_series_covid\w*|country_?wise|owid|worldometer|our ?world ?in ?data|johns hopkins|stanford-covid-vaccine|openvaccine|cord-?19|covid_?vaccin\w*|med-?qa(?:-usmle)?|usmle|medmcqa|pubmed_?qa|medquad|bioasq|head_?qa|healthsearchqa)(?![a-z])/i;
/** Tables of a code system or a dictionary, which list what there is and nobody who has it. */
const codeSystem =
  /(?:^|[/\\])(?:d_(?:icd|items|labitems|hcpcs|cpt)\w*|icd[-_]?\d*\w*|atc|ccs(?:cm|proc)?|loinc|rxnorm|snomed\w*|umls|ndc\w*|mesh|drugbank\w*)\.(?:csv|tsv|txt|json|xlsx?)(?:\.gz)?$/i;
/** Columns of such counts. */
const countColumns =
  /^(?:confirmed_?cases|new_?cases|total_?cases|fatalities|new_?deaths|total_?deaths|country[_/ ]region|province[_/ ]state|country_?code|iso_code)$/i;

/** Whether columns are those of a table of counts by place. */
export const areCounts = (columns: Iterable<string>): boolean => {
  let found = 0;
  for (const name of columns) if (countColumns.test(name)) found++;
  return found >= 2;
};

export type Signal = { readonly kind: 'known' | 'clinical' | 'toy'; readonly word: string };

/** What a name, path or literal says of the people behind it. */
export function signalsOf(text: string): readonly Signal[] {
  const before = recent.get(text);
  if (before) return before;
  const found = readSignals(text);
  if (text.length > longest) return found;
  // Names and literals of a script are asked for at every key.
  if (recent.size >= most) recent.clear();
  recent.set(text, found);
  return found;
}

const recent = new Map<string, readonly Signal[]>();
const most = 5_000;
const longest = 200;

function readSignals(text: string): Signal[] {
  const found: Signal[] = [];
  const source = known.exec(text);
  if (source && !/^ptb$/i.test(source[1]!)) found.push({ kind: 'known', word: source[1]!.toLowerCase() });
  const counts = nobody.exec(text);
  if (counts) return [{ kind: 'toy', word: counts[1]!.toLowerCase() }];
  if (codeSystem.test(text)) return [{ kind: 'toy', word: 'of codes' }];
  const public_ = toy.exec(text);
  if (public_) found.push({ kind: 'toy', word: public_[1]!.toLowerCase() });
  // What a server says of its own health is nobody's.
  if (/health/i.test(text))
    text = text.replace(/\/health\w*|\bhealth[ _-]?(?:check|status|endpoint|probe|monitor)\w*|^health$/gi, ' ');
  const script = clinicalScript.exec(text);
  if (script) found.push({ kind: 'clinical', word: script[0] });
  const body = /fac[ei]|speaker|biometr|fingerp|attendan|voicep/i.test(text)
    ? biometric.exec(text.replaceAll('_', ' '))
    : null;
  if (body) found.push({ kind: 'clinical', word: body[0].toLowerCase() });
  for (const token of tokensOf(text))
    if (clinical.has(token) && !found.some(signal => signal.word === token))
      found.push({ kind: 'clinical', word: token });
  return found;
}
