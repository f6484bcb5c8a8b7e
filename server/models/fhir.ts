import type { CallModel, ClassModel, LibraryModel } from './schema';

/** Elements of a FHIR R4 Patient that name somebody, and that narrow somebody down (hl7.org/fhir/R4/patient). */
const identifying = ['identifier', 'name', 'telecom', 'address', 'photo', 'contact', 'text'];
const narrowing = ['birthDate', 'deceasedDateTime', 'managingOrganization', 'generalPractitioner'];
const patient: ClassModel = {
  attributes: {
    ...Object.fromEntries(identifying.map(name => [name, { flow: 'derived' as const, adds: ['identifier'] as const }])),
    ...Object.fromEntries(
      narrowing.map(name => [name, { flow: 'derived' as const, adds: ['quasiIdentifier'] as const }]),
    ),
    id: { flow: 'derived', adds: ['subjectKey'] },
  },
};
const reads = (parameters: readonly string[], result: string): CallModel => ({
  parameters,
  result,
  flow: 'none',
  adds: ['records'],
  events: [{ kind: 'load', format: 'FHIR', people: 'inferred', name: 'FHIR' }],
});

/** FHIR clients and resource classes: fhirclient, fhirpy, fhir.resources. */
export const fhir: LibraryModel = {
  library: 'FHIR clients',
  modules: ['fhirclient', 'fhirpy', 'fhir'],
  aliases: {
    'fhir.resources.patient.Patient': 'fhir.Patient',
    'fhirclient.models.patient.Patient': 'fhir.Patient',
    'fhirpy.AsyncFHIRClient': 'fhirpy.SyncFHIRClient',
  },
  classes: {
    'fhir.Patient': patient,
    'fhirpy.SyncFHIRClient': { roles: ['client'] },
    'fhirpy.ResourceSet': {},
    'fhirclient.client.FHIRClient': { roles: ['client'] },
  },
  calls: {
    'fhir.Patient.read': reads(['rem_id'], 'fhir.Patient'),
    'fhir.Patient.parse_obj': reads(['obj'], 'fhir.Patient'),
    'fhir.Patient.parse_raw': reads(['b'], 'fhir.Patient'),
    'fhir.Patient.model_validate': reads(['obj'], 'fhir.Patient'),
    'fhirpy.SyncFHIRClient.resources': reads(['resource_type'], 'fhirpy.ResourceSet'),
    'fhirpy.SyncFHIRClient.reference': reads(['resource_type'], 'fhir.Patient'),
    'fhirpy.ResourceSet.fetch': { result: 'builtins.list', flow: 'same', from: ['receiver'] },
    'fhirpy.ResourceSet.fetch_all': { result: 'builtins.list', flow: 'same', from: ['receiver'] },
    'fhirpy.ResourceSet.first': { result: 'fhir.Patient', flow: 'same', from: ['receiver'] },
    'fhirpy.ResourceSet.search': { returns: 'receiver' },
    'fhirpy.ResourceSet.limit': { returns: 'receiver' },
  },
};
