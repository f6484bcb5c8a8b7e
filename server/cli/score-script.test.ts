import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCheckpoint } from '../../audit-core/checkpoints';
import { networkRuntime } from '../../audit-core/runtime/network/runtime';
import { runtimeAssets } from '../workspace/assets';
import { fileSource } from '../workspace/byte-source';
import { networksOfScript } from '../workspace/script-network';

const folder = join(__dirname, '../../test/fixtures/networks');
interface Case {
  readonly files: readonly string[];
  readonly shape: readonly number[];
  readonly x: readonly number[];
  readonly y: readonly number[];
}
const cases = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Record<string, Case>;

describe('networks give the outputs of torch', () => {
  for (const [name, { files, shape, x, y }] of Object.entries(cases))
    for (const file of files) {
      const own = /_(?:traced|scripted)\.pt$|\.pt2$/.test(file);
      it(own ? file : `${file} by its script`, async () => {
        const source = await fileSource(join(folder, file));
        try {
          const checkpoint = await openCheckpoint(source);
          let runtime = own ? await checkpoint.load?.(runtimeAssets()) : undefined;
          if (!own) {
            const networks = await networksOfScript(join(folder, `${name}.py`), file);
            assert.ok(networks && checkpoint.stateDict);
            runtime = await networkRuntime(networks, checkpoint.stateDict, runtimeAssets());
          }
          assert.ok(runtime, checkpoint.inspection.why);
          const outputs = await runtime.predict([{ data: Float32Array.from(x), shape }]);
          assert.equal(outputs.data.length, y.length);
          for (const [index, wanted] of y.entries()) {
            const got = Number(outputs.data[index]);
            assert.ok(
              Math.abs(got - wanted) < 1e-5 * Math.max(1, Math.abs(wanted)),
              `output ${index} is ${got}, not ${wanted}`,
            );
          }
          runtime.dispose();
        } finally {
          await source.close();
        }
      });
    }

  it('builds the families of torchvision and timm with the number of weights that they are known for', async () => {
    const { buildNetwork } = await import('../../audit-core/runtime/network/network');
    const { parseCode } = await import('../../audit-core/runtime/network/language/parse');
    const tf = await import('@tensorflow/tfjs');
    await tf.setBackend('cpu');
    // Parameters as torchvision lists them (torchvision.models, `num_params` of the weights' metadata).
    const known = {
      resnet18: 11_689_512,
      resnet50: 25_557_032,
      resnext50_32x4d: 25_028_904,
      densenet121: 7_978_856,
      vgg11_bn: 132_868_840,
      mobilenet_v2: 3_504_872,
      mobilenet_v3_large: 5_483_032,
      mobilenet_v3_small: 2_542_856,
      efficientnet_b0: 5_288_548,
      efficientnet_b7: 66_347_960,
      efficientnet_v2_s: 21_458_488,
      alexnet: 61_100_840,
      inception_v3: 27_161_264,
      shufflenet_v2_x1_0: 2_278_604,
      squeezenet1_0: 1_248_424,
      mnasnet1_0: 4_383_312,
      regnet_x_400mf: 5_495_976,
      regnet_y_400mf: 4_344_144,
      vit_b_16: 86_567_656,
      swin_t: 28_288_354,
      convnext_tiny: 28_589_128,
    };
    // As timm counts them (`sum(p.numel() for p in timm.create_model(name).parameters())`, timm 1.0).
    const ofTimm = {
      vit_tiny_patch16_224: 5_717_416,
      deit_small_patch16_224: 22_050_664,
      convnext_tiny: 28_589_128,
      efficientnet_b0: 5_288_548,
      'tf_efficientnet_b4.ns_jft_in1k': 19_341_616,
      mobilenetv2_100: 3_504_872,
      mobilenetv3_large_100: 5_483_032,
      mobilenetv3_small_100: 2_542_856,
    };
    const scripts = [
      ...Object.entries(known).map(([name, count]) => [`torchvision.models.${name}(weights=None)`, count] as const),
      ...Object.entries(ofTimm).map(([name, count]) => [`timm.create_model("${name}")`, count] as const),
    ];
    for (const [call, count] of scripts) {
      const file = parseCode(`import timm\nimport torchvision\nmodel = ${call}\n`, 'train.py');
      const network = buildNetwork({ version: 1, main: 'm', files: { m: file }, checkpoint: null }, { tf });
      const trained = network.parameters.filter(each => each.trainable);
      const total = trained.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
      assert.equal(total, count, call);
    }
  });
});
