export { checkpointPlaces } from '../../workspace/checkpoint-places';
