import type { CallModel, ClassModel, LibraryModel } from './schema';

/** What moved the answer for a row: as telling of that row as the answer itself. */
const attributes = (parameters: readonly string[], from: readonly string[], change: CallModel = {}): CallModel => ({
  parameters,
  flow: 'derived',
  from,
  clears: ['confidence', 'prediction'],
  adds: ['embedding'],
  ...change,
});
const explainer: ClassModel = {};
const shap =
  'Explainer TreeExplainer KernelExplainer DeepExplainer GradientExplainer LinearExplainer PermutationExplainer SamplingExplainer ExactExplainer'.split(
    ' ',
  );
const captum =
  'IntegratedGradients Saliency DeepLift DeepLiftShap GradientShap InputXGradient GuidedBackprop GuidedGradCam Deconvolution Occlusion FeatureAblation ShapleyValueSampling KernelShap Lime LayerGradCam LayerIntegratedGradients LRP NoiseTunnel'.split(
    ' ',
  );
const cams = 'GradCAM GradCAMPlusPlus ScoreCAM XGradCAM AblationCAM EigenCAM LayerCAM HiResCAM'.split(' ');
const lime = [
  'lime.lime_tabular.LimeTabularExplainer',
  'lime.lime_image.LimeImageExplainer',
  'lime.lime_text.LimeTextExplainer',
];
const made: CallModel = { flow: 'none' };
const named = <T>(prefix: string, names: readonly string[], value: T): Record<string, T> =>
  Object.fromEntries(names.map(name => [`${prefix}${name}`, value]));

/** Attributions of single predictions: SHAP, LIME, Captum, Grad-CAM, ELI5. */
export const explanations: LibraryModel = {
  library: 'explanations of predictions',
  modules: ['shap', 'lime', 'captum', 'pytorch_grad_cam', 'eli5', 'tf_explain', 'alibi'],
  classes: {
    ...named('shap.', shap, explainer),
    ...named('captum.attr.', captum, explainer),
    ...named('pytorch_grad_cam.', cams, explainer),
    ...named('', lime, explainer),
    'lime.Explanation': explainer,
    'shap.Explanation': {
      attributes: {
        values: { type: 'numpy.ndarray', flow: 'same' },
        data: { type: 'numpy.ndarray', flow: 'same' },
        base_values: { flow: 'none' },
      },
    },
  },
  calls: {
    // The background rows that an explainer is made with are not in what it says of others.
    ...named('shap.', shap, made),
    ...Object.fromEntries(
      shap.flatMap(name => [
        [`shap.${name}.shap_values`, attributes(['X'], ['X'], { result: 'numpy.ndarray' })],
        [`shap.${name}.shap_interaction_values`, attributes(['X'], ['X'], { result: 'numpy.ndarray' })],
        [`shap.${name}.__call__`, attributes(['X'], ['X'], { result: 'shap.Explanation' })],
      ]),
    ),
    // Pictures of all rows at once.
    ...named('shap.', ['summary_plot', 'plots.bar', 'plots.beeswarm', 'dependence_plot'], {
      flow: 'none',
    } as CallModel),
    'shap.kmeans': { parameters: ['X', 'k'], flow: 'aggregate', from: ['X'] },
    ...named('captum.attr.', captum, made),
    ...Object.fromEntries(
      captum.map(name => [
        `captum.attr.${name}.attribute`,
        attributes(['inputs'], ['inputs'], { result: 'torch.Tensor' }),
      ]),
    ),
    ...named('pytorch_grad_cam.', cams, made),
    ...Object.fromEntries(
      cams.map(name => [
        `pytorch_grad_cam.${name}.__call__`,
        attributes(['input_tensor'], ['input_tensor'], { result: 'numpy.ndarray' }),
      ]),
    ),
    ...named(
      'pytorch_grad_cam.',
      cams.map(name => `${name}.__enter__`),
      { returns: 'receiver' } as CallModel,
    ),
    ...named('', lime, made),
    ...Object.fromEntries(
      lime.map(name => [
        `${name}.explain_instance`,
        attributes(['data_row'], ['data_row'], { result: 'lime.Explanation' }),
      ]),
    ),
    'eli5.explain_prediction': attributes(['estimator', 'doc'], ['doc']),
    'eli5.show_prediction': attributes(['estimator', 'doc'], ['doc']),
  },
};
