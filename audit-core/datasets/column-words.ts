const personKey =
  /^(?:(?:subject|patient|person|participant|member|client|customer|case|hadm|stay|visitor|user|respondent|donor|resident)[_ ]?(?:id|key|no|nr|num|number|code|uuid|hash)?|eid|mrn|pid|ptid|rid|subjid|usubjid|nhs[_ ]?(?:no|number)?|seqn)$/i;
const label =
  /^(?:label|labels|target|y|outcome|class|diagnosis|dx|died|death|dead|mortality|expired?(?:_flag)?|status|event|readmi(?:tted|ssion).*|disease|response|survived|survival|icd|has_.*|is_(?!.*id$).*|.*_label|.*_target|.*_outcome)$/i;

/** What the name of a column suggests that it is: a key of people, a thing to predict, or neither. */
export function classify(name: string): 'person' | 'label' | null {
  const plain = name.trim().replace(/([a-z])([A-Z])/g, '$1_$2');
  return personKey.test(plain) ? 'person' : label.test(plain) ? 'label' : null;
}
