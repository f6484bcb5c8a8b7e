import type { CallModel, ClassModel, LibraryModel } from './schema';

const network: ClassModel = { bases: ['transformers.PreTrainedModel'], roles: ['module'] };
const loads: CallModel = {
  parameters: ['pretrained_model_name_or_path'],
  result: 'receiver',
  flow: 'none',
  events: [
    {
      kind: 'load-model',
      format: 'diffusers',
      target: 'pretrained_model_name_or_path',
      remote: true,
      revision: 'revision',
    },
  ],
};
const networks =
  'UNet2DModel UNet2DConditionModel UNet1DModel UNet3DConditionModel AutoencoderKL VQModel Transformer2DModel ControlNetModel FluxTransformer2DModel SD3Transformer2DModel DiTTransformer2DModel PixArtTransformer2DModel UNetMotionModel AutoencoderKLWan'.split(
    ' ',
  );
const generates: CallModel = { parameters: ['prompt'], result: 'synthetic.Image', flow: 'none' };

/** Diffusers: networks that learn to draw records; what a pipeline draws is synthetic. */
export const diffusers: LibraryModel = {
  library: 'Diffusers',
  modules: ['diffusers', 'denoising_diffusion_pytorch'],
  classes: {
    ...Object.fromEntries(networks.map(name => [`diffusers.${name}`, network])),
    'diffusers.DiffusionPipeline': { bases: ['transformers.PreTrainedModel'], roles: ['module'] },
    'diffusers.DDPMScheduler': {},
    'diffusers.DDIMScheduler': {},
    'diffusers.*': { bases: ['diffusers.DiffusionPipeline'] },
    'denoising_diffusion_pytorch.GaussianDiffusion': { bases: ['torch.nn.Module'], roles: ['module'] },
    'denoising_diffusion_pytorch.Trainer': { roles: ['trainer'] },
  },
  calls: {
    'diffusers.DiffusionPipeline.from_pretrained': loads,
    'diffusers.DiffusionPipeline.__call__': generates,
    'diffusers.DiffusionPipeline.save_lora_weights': {
      parameters: ['save_directory'],
      flow: 'none',
      events: [
        {
          kind: 'save',
          format: 'safetensors',
          value: 'unet_lora_layers|transformer_lora_layers|text_encoder_lora_layers',
          target: 'save_directory',
        },
      ],
    },
    'diffusers.DDPMScheduler.from_pretrained': { result: 'diffusers.DDPMScheduler', flow: 'none' },
    'diffusers.DDPMScheduler.add_noise': {
      parameters: ['original_samples'],
      flow: 'derived',
      from: ['original_samples'],
    },
    'denoising_diffusion_pytorch.Trainer': {
      parameters: ['diffusion_model', 'folder'],
      flow: 'none',
      links: [
        { of: 'result', name: 'model', value: 'diffusion_model' },
        { of: 'result', name: 'data', value: 'folder' },
      ],
    },
    'denoising_diffusion_pytorch.Trainer.train': {
      flow: 'none',
      events: [
        { kind: 'train', style: 'trainer', model: 'receiver.model', data: 'receiver.data' },
        { kind: 'mark', mark: 'model:generative', values: ['receiver.model'] },
      ],
    },
  },
};
