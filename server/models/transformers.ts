import type { CallModel, ClassModel, EventModel, LibraryModel } from './schema';

const pretrained: CallModel = {
  parameters: ['pretrained_model_name_or_path'],
  result: 'receiver',
  flow: 'none',
  events: [
    {
      kind: 'load-model',
      format: 'transformers',
      target: 'pretrained_model_name_or_path',
      remote: true,
      revision: 'revision',
    },
  ],
};
const push: CallModel = {
  parameters: ['repo_id'],
  flow: 'none',
  events: [{ kind: 'send', to: 'hub', what: 'model', values: ['receiver'] }],
};
const each = <T>(owner: string, names: string, value: T): Record<string, T> =>
  Object.fromEntries(names.split(' ').map(name => [`${owner}.${name}`, value]));
const trainerParameters = ['model', 'args', 'data_collator', 'train_dataset', 'eval_dataset', 'tokenizer'];
const newTrainer = (parameters: readonly string[]): CallModel => ({
  parameters,
  flow: 'none',
  links: [
    { of: 'result', name: 'model', value: 'model' },
    { of: 'result', name: 'data', value: 'train_dataset' },
    { of: 'result', name: 'eval', value: 'eval_dataset' },
    { of: 'result', name: 'args', value: 'args' },
    { of: 'result', name: 'callbacks', value: 'callbacks' },
  ],
});
const trained: EventModel = {
  kind: 'train',
  style: 'trainer',
  model: 'receiver.model',
  data: 'receiver.data',
  epochs: 'receiver.args.num_train_epochs',
  regularisation: ['receiver.eval', 'receiver.callbacks', 'receiver.args.weight_decay'],
};
const train: CallModel = {
  flow: 'none',
  events: [trained],
  variants: [
    {
      // What is saved on the way is pushed at once.
      when: { argument: 'receiver.args.push_to_hub', equals: [true] },
      events: [trained, { kind: 'send', to: 'hub', what: 'model', values: ['receiver.model'] }],
    },
  ],
};
const settings: CallModel = {
  flow: 'none',
  links: [
    { of: 'result', name: 'weight_decay', value: 'weight_decay' },
    { of: 'result', name: 'push_to_hub', value: 'push_to_hub' },
  ],
};
const trl =
  'SFT DPO KTO ORPO CPO GRPO PPO RLOO Reward OnlineDPO GKD BCO PRM NashMD XPO Iterative Distillation SDFT SDPO TPO GOLD AsyncGRPO MiniLLM'.split(
    ' ',
  );
/** Where TRL keeps what is not settled, one module each. */
const unsettled: Readonly<Record<string, string>> = {
  ppo: 'PPO',
  online_dpo: 'OnlineDPO',
  kto: 'KTO',
  cpo: 'CPO',
  orpo: 'ORPO',
  gkd: 'GKD',
  bco: 'BCO',
  prm: 'PRM',
  nash_md: 'NashMD',
  xpo: 'XPO',
  gold: 'GOLD',
  sdft: 'SDFT',
  sdpo: 'SDPO',
  tpo: 'TPO',
  async_grpo: 'AsyncGRPO',
  distillation: 'Distillation',
  minillm: 'MiniLLM',
};

/** Hugging Face Transformers, TRL and PEFT. */
export const transformers: LibraryModel = {
  library: 'Transformers',
  modules: ['transformers', 'trl', 'peft', 'unsloth', 'sentence_transformers'],
  aliases: {
    'transformers.trainer.Trainer': 'transformers.Trainer',
    'transformers.pipelines.pipeline': 'transformers.pipeline',
    'trl.trainer.sft_trainer.SFTTrainer': 'trl.SFTTrainer',
    'trl.trainer.SFTTrainer': 'trl.SFTTrainer',
    ...Object.fromEntries(
      Object.entries(unsettled).flatMap(([place, name]) =>
        ['Trainer', 'Config'].map(kind => [`trl.experimental.${place}.${name}${kind}`, `trl.${name}${kind}`]),
      ),
    ),
    ...Object.fromEntries(
      'AutoPeftModel AutoPeftModelForCausalLM AutoPeftModelForSequenceClassification AutoPeftModelForSeq2SeqLM'
        .split(' ')
        .map(name => [`peft.${name}`, 'transformers.AutoModel']),
    ),
    'sentence_transformers.trainer.SentenceTransformerTrainer': 'sentence_transformers.SentenceTransformerTrainer',
    'sentence_transformers.cross_encoder.CrossEncoder': 'sentence_transformers.CrossEncoder',
    'sentence_transformers.cross_encoder.CrossEncoderTrainer': 'sentence_transformers.SentenceTransformerTrainer',
    'sentence_transformers.sparse_encoder.SparseEncoderTrainer': 'sentence_transformers.SentenceTransformerTrainer',
    'unsloth.UnslothTrainer': 'trl.SFTTrainer',
    'peft.peft_model.PeftModel': 'peft.PeftModel',
    'unsloth.FastVisionModel': 'unsloth.FastModel',
  },
  classes: {
    'transformers.Trainer': { roles: ['trainer'] },
    'transformers.Seq2SeqTrainer': { bases: ['transformers.Trainer'], roles: ['trainer'] },
    'transformers.PreTrainedModel': { bases: ['torch.nn.Module'], roles: ['module'] },
    'transformers.ModelOutput': {
      attributes: {
        logits: { type: 'torch.Tensor', flow: 'derived', adds: ['confidence'] },
        loss: { type: 'torch.Tensor', flow: 'aggregate' },
        ...Object.fromEntries(
          ['last_hidden_state', 'pooler_output', 'hidden_states', 'image_embeds', 'text_embeds'].map(
            name => [name, { type: 'torch.Tensor', flow: 'derived', adds: ['embedding'] }] as const,
          ),
        ),
      },
    },
    'transformers.TextPipeline': {},
    'transformers.PreTrainedTokenizer': { roles: ['transform'] },
    'transformers.AutoTokenizer': { bases: ['transformers.PreTrainedTokenizer'] },
    'transformers.TrainingArguments': {
      fields: { num_train_epochs: 3, per_device_train_batch_size: 8, gradient_accumulation_steps: 1 },
    },
    'transformers.Seq2SeqTrainingArguments': { bases: ['transformers.TrainingArguments'] },
    'transformers.*': { bases: ['transformers.PreTrainedModel'] },
    'transformers.EarlyStoppingCallback': { roles: ['regulariser'] },
    ...Object.fromEntries(
      trl.map((name): [string, ClassModel] => [
        `trl.${name}Trainer`,
        { bases: ['transformers.Trainer'], roles: ['trainer'] },
      ]),
    ),
    ...Object.fromEntries(
      trl.map((name): [string, ClassModel] => [`trl.${name}Config`, { bases: ['transformers.TrainingArguments'] }]),
    ),
    'peft.PeftModel': { bases: ['transformers.PreTrainedModel'] },
    'unsloth.FastLanguageModel': { bases: ['transformers.PreTrainedModel'] },
    'unsloth.FastModel': { bases: ['transformers.PreTrainedModel'] },
    'sentence_transformers.SentenceTransformer': { bases: ['transformers.PreTrainedModel'], roles: ['module'] },
    'sentence_transformers.CrossEncoder': { bases: ['transformers.PreTrainedModel'], roles: ['module'] },
    'sentence_transformers.SentenceTransformerTrainer': { bases: ['transformers.Trainer'], roles: ['trainer'] },
    'sentence_transformers.SentenceTransformerTrainingArguments': { bases: ['transformers.TrainingArguments'] },
  },
  calls: {
    'transformers.Trainer': newTrainer(trainerParameters),
    'transformers.Seq2SeqTrainer': newTrainer(trainerParameters),
    'transformers.TrainingArguments': settings,
    'transformers.Seq2SeqTrainingArguments': settings,
    ...Object.fromEntries(trl.map((name): [string, CallModel] => [`trl.${name}Config`, settings])),
    ...Object.fromEntries(
      trl.map((name): [string, CallModel] => [
        `trl.${name}Trainer`,
        newTrainer(['model', 'args', 'data_collator', 'train_dataset', 'eval_dataset']),
      ]),
    ),
    'transformers.Trainer.train': train,
    'transformers.Trainer.predict': {
      parameters: ['test_dataset'],
      flow: 'derived',
      adds: ['confidence'],
      events: [{ kind: 'predict', input: 'test_dataset', model: 'receiver.model' }],
    },
    'transformers.Trainer.evaluate': { flow: 'aggregate' },
    'transformers.Trainer.save_model': {
      parameters: ['output_dir'],
      flow: 'none',
      events: [{ kind: 'save', format: 'transformers', value: 'receiver.model', target: 'output_dir' }],
    },
    'transformers.Trainer.push_to_hub': {
      flow: 'none',
      events: [{ kind: 'send', to: 'hub', what: 'model', values: ['receiver.model'] }],
    },
    'transformers.PreTrainedModel.from_pretrained': pretrained,
    'transformers.PreTrainedTokenizer.from_pretrained': {
      ...pretrained,
      result: 'transformers.PreTrainedTokenizer',
    },
    'transformers.PreTrainedModel.__call__': {
      parameters: ['input_ids'],
      result: 'transformers.ModelOutput',
      flow: 'derived',
      from: ['arguments'],
      events: [{ kind: 'predict', input: 'input_ids', model: 'receiver' }],
    },
    'transformers.PreTrainedModel.push_to_hub': push,
    'transformers.PreTrainedTokenizer.push_to_hub': { flow: 'none' },
    'transformers.PreTrainedModel.save_pretrained': {
      parameters: ['save_directory'],
      flow: 'none',
      events: [{ kind: 'save', format: 'transformers', value: 'receiver', target: 'save_directory' }],
    },
    'transformers.PreTrainedTokenizer.save_pretrained': { flow: 'none' },
    'transformers.PreTrainedModel.generate': { flow: 'derived', from: ['arguments'], clears: ['model'] },
    'transformers.PreTrainedTokenizer.decode': { flow: 'derived', from: ['arguments'] },
    'transformers.pipeline': {
      parameters: ['task', 'model'],
      result: 'transformers.Pipeline',
      flow: 'none',
      events: [{ kind: 'load-model', format: 'transformers', target: 'model', remote: true, revision: 'revision' }],
      // What writes text gives no scores with it.
      variants: [
        {
          when: {
            argument: 'task',
            equals: [
              'text-generation',
              'text2text-generation',
              'summarization',
              'translation',
              'automatic-speech-recognition',
              'image-to-text',
              'image-text-to-text',
              'conversational',
            ],
          },
          result: 'transformers.TextPipeline',
        },
      ],
    },
    'transformers.TextPipeline.__call__': {
      parameters: ['inputs'],
      flow: 'derived',
      from: ['arguments'],
      events: [{ kind: 'predict', input: 'inputs' }],
    },
    'transformers.Pipeline.__call__': {
      parameters: ['inputs'],
      flow: 'derived',
      adds: ['confidence'],
      events: [{ kind: 'predict', input: 'inputs' }],
    },
    'transformers.set_seed': { flow: 'none', events: [{ kind: 'seed', generator: 'torch' }] },
    'peft.get_peft_model': { parameters: ['model', 'peft_config'], returns: 'model' },
    'peft.prepare_model_for_kbit_training': { parameters: ['model'], returns: 'model' },
    'peft.prepare_model_for_int8_training': { parameters: ['model'], returns: 'model' },
    'unsloth.FastLanguageModel.from_pretrained': {
      parameters: ['model_name'],
      results: ['unsloth.FastLanguageModel', 'transformers.PreTrainedTokenizer'],
      flow: 'none',
    },
    'unsloth.FastModel.from_pretrained': {
      parameters: ['model_name'],
      results: ['unsloth.FastModel', 'transformers.PreTrainedTokenizer'],
      flow: 'none',
    },
    'unsloth.FastLanguageModel.get_peft_model': { parameters: ['model'], returns: 'model' },
    'unsloth.FastModel.get_peft_model': { parameters: ['model'], returns: 'model' },
    'unsloth.FastLanguageModel.for_inference': { parameters: ['model'], returns: 'model' },
    'unsloth.FastModel.for_inference': { parameters: ['model'], returns: 'model' },
    'unsloth.chat_templates.get_chat_template': { parameters: ['tokenizer'], returns: 'tokenizer' },
    'unsloth.chat_templates.train_on_responses_only': { parameters: ['trainer'], returns: 'trainer' },
    'unsloth.chat_templates.standardize_sharegpt': { parameters: ['dataset'], returns: 'dataset' },
    ...each('transformers.PreTrainedModel', 'save_pretrained_merged save_pretrained_gguf', {
      parameters: ['save_directory'],
      flow: 'none',
      events: [{ kind: 'save', format: 'transformers', value: 'receiver', target: 'save_directory' }],
    } satisfies CallModel),
    ...each('transformers.PreTrainedModel', 'push_to_hub_merged push_to_hub_gguf', push),
    ...each(
      'transformers.PreTrainedModel',
      'merge_and_unload to cuda eval gradient_checkpointing_enable resize_token_embeddings enable_input_require_grads',
      { returns: 'receiver' } as CallModel,
    ),
    'peft.PeftModel.from_pretrained': { parameters: ['model'], returns: 'model' },
    ...each('transformers', 'DataCollatorForLanguageModeling DataCollatorWithPadding DataCollatorForSeq2Seq', {
      parameters: ['tokenizer'],
      flow: 'none',
    } as CallModel),
    'transformers.Trainer.log_metrics': { flow: 'none' },
    'transformers.Trainer.save_metrics': { flow: 'none' },
    'sentence_transformers.SentenceTransformer.encode': {
      parameters: ['sentences'],
      flow: 'derived',
      from: ['sentences'],
      adds: ['embedding'],
      events: [{ kind: 'predict', input: 'sentences', model: 'receiver' }],
    },
    'sentence_transformers.SentenceTransformer.save': {
      parameters: ['path'],
      flow: 'none',
      events: [{ kind: 'save', format: 'transformers', value: 'receiver', target: 'path' }],
    },
    'sentence_transformers.SentenceTransformerTrainer': newTrainer(['model', 'args', 'train_dataset', 'eval_dataset']),
    ...each('sentence_transformers.CrossEncoder', 'predict rank', {
      parameters: ['sentences'],
      flow: 'derived',
      from: ['sentences'],
      adds: ['confidence'],
      events: [{ kind: 'predict', input: 'sentences', model: 'receiver' }],
    } satisfies CallModel),
    'sentence_transformers.CrossEncoder.fit': {
      parameters: ['train_dataloader'],
      flow: 'none',
      events: [{ kind: 'train', style: 'fit', model: 'receiver', data: 'train_dataloader', epochs: 'epochs' }],
    },
    'sentence_transformers.SentenceTransformer.fit': {
      parameters: ['train_objectives'],
      flow: 'none',
      events: [{ kind: 'train', style: 'fit', model: 'receiver', data: 'train_objectives', epochs: 'epochs' }],
    },
  },
};
