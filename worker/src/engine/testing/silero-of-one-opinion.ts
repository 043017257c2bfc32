import { writeFile } from 'node:fs/promises';

const f32 = 0;
const f16 = 1;
const channels = [129, 128, 64, 64, 128];
const hidden = 128;

/**
 * A Silero model in shape, of zeros but for its very last number: it takes everything for speech, or nothing. So the real
 * program can be asked without the real model, which is not ours to ship.
 */
export async function sileroOfOneOpinion(path: string, opinion: 'speech' | 'no speech'): Promise<string> {
  const layers = channels
    .slice(1)
    .flatMap((out, layer) => [
      tensor(`_model.encoder.${layer}.reparam_conv.weight`, f16, [3, channels[layer] ?? 0, out]),
      tensor(`_model.encoder.${layer}.reparam_conv.bias`, f32, [out]),
    ]);
  const file = Buffer.concat([
    numbers(0x67676d6c),
    text('silero-16k'),
    numbers(5, 1, 2, 512, 64, 4),
    ...channels.slice(1).map((out, layer) => numbers(channels[layer] ?? 0, out, 3)),
    numbers(hidden, hidden, 128, 1),
    ...layers,
    ...['ih', 'hh'].flatMap((gate) => [
      tensor(`_model.decoder.rnn.weight_${gate}`, f32, [hidden, 4 * hidden]),
      tensor(`_model.decoder.rnn.bias_${gate}`, f32, [4 * hidden]),
    ]),
    tensor('_model.decoder.decoder.2.weight', f16, [128]),
    tensor('_model.stft.forward_basis_buffer', f16, [256, 1, 258]),
    tensor('_model.decoder.decoder.2.bias', f32, [1], opinion === 'speech' ? 10 : -10),
  ]);
  await writeFile(path, file);
  return path;
}

function tensor(name: string, type: typeof f16 | typeof f32, shape: number[], first = 0): Buffer {
  const values = Buffer.alloc(shape.reduce((a, b) => a * b, type === f16 ? 2 : 4));
  if (first !== 0) values.writeFloatLE(first);
  return Buffer.concat([numbers(shape.length, name.length, type, ...shape), Buffer.from(name), values]);
}

function text(value: string): Buffer {
  return Buffer.concat([numbers(value.length), Buffer.from(value)]);
}

function numbers(...values: number[]): Buffer {
  return Buffer.from(Int32Array.from(values).buffer);
}
