/** A network can store roughly two bits a parameter (Allen-Zhu and Li 2024); a thousand parameters a person hold a record. As rule MEM005. */
export const parametersPerPerson = 1000;

/** How much room a model has for each of the people it was trained on, in a sentence. null where nothing is known of one of both. */
export function capacitySentence(parameters: number, people: number): string | null {
  if (parameters <= 0 || people <= 0) return null;
  const each = parameters / people;
  const digits = (value: number): string => Number(value.toPrecision(3)).toLocaleString('en');
  const start = `The model has ${digits(parameters)} parameters for ${digits(people)} people in training, ${digits(each)} for each`;
  return each >= parametersPerPerson
    ? `${start}: there is room to store every record whole (MEM005). Exposure grows with capacity; a smaller model exposes fewer people.`
    : `${start}; from ${digits(parametersPerPerson)} on there is room to store every record whole (MEM005).`;
}
