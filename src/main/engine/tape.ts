import type { Tensor, TensorContainer, Variable } from '@tensorflow/tfjs-core';
import type { TensorFlow } from './engine.ts';
import { engineInternals, type TapeNode } from './tfjs-internals.ts';

/** A recorded forward pass. */
export interface Tape<T> {
  readonly value: T;
  /**
   * Gradients of a scalar loss that the forward pass computed, in the order of the variables.
   * May be called several times, with different losses; each call visits only the operations that
   * lie between the loss and the variables. The gradients belong to the caller's `tf.tidy`.
   *
   * @throws Error if the loss does not depend on one of the variables
   */
  gradients(loss: Tensor, variables: readonly Variable[]): Tensor[];
  /** Frees what was kept for the backward passes; the value lives on. */
  dispose(): void;
}

/**
 * Records one forward pass for several backward passes: where three losses share an encoder and a
 * generator, three `tf.variableGrads` would each run them again.
 */
export function recordTape<T extends TensorContainer>(tf: TensorFlow, forward: () => T): Tape<T> {
  const internals = engineInternals(tf);
  if (internals.state.gradientDepth !== 0) throw new Error('a tape cannot be recorded inside another');
  internals.startTape();
  const nodes = internals.state.activeTape ?? [];
  let value: T;
  try {
    value = tf.tidy(forward);
  } catch (error) {
    disposeSaved(nodes);
    throw error;
  } finally {
    internals.endTape();
    internals.state.activeTape = null;
  }
  return {
    value,
    gradients: (loss, variables) => backward(tf, nodes, loss, variables),
    dispose: () => disposeSaved(nodes),
  };
}

function disposeSaved(nodes: TapeNode[]): void {
  for (const node of nodes) for (const tensor of node.saved ?? []) tensor.dispose();
  nodes.length = 0;
}

interface Step {
  readonly node: TapeNode;
  /** The inputs that depend on the variables, by name. */
  readonly inputs: readonly (readonly [string, Tensor])[];
}

/** The operations on a path from a variable to the loss, in the order in which they ran. */
function pathBetween(nodes: readonly TapeNode[], variables: readonly Variable[], loss: Tensor): Step[] {
  const reached = new Set(variables.map((variable) => variable.id));
  const forward: Step[] = [];
  for (const node of nodes) {
    const inputs = Object.entries(node.inputs).filter(([, tensor]) => reached.has(tensor.id));
    if (inputs.length === 0) continue;
    for (const output of node.outputs) reached.add(output.id);
    forward.push({ node, inputs });
  }
  const wanted = new Set([loss.id]);
  return forward
    .reverse()
    .filter(({ node, inputs }) => {
      if (!node.outputs.some((output) => wanted.has(output.id))) return false;
      for (const [, tensor] of inputs) wanted.add(tensor.id);
      return true;
    })
    .reverse();
}

function backward(
  tf: TensorFlow,
  nodes: readonly TapeNode[],
  loss: Tensor,
  variables: readonly Variable[],
): Tensor[] {
  return tf.tidy(() => {
    /** Sum of the gradients that have arrived at a tensor so far, by its id. */
    const arrived = new Map<number, Tensor>([[loss.id, tf.onesLike(loss)]]);
    for (const { node, inputs } of pathBetween(nodes, variables, loss).reverse()) {
      const dys = node.outputs.map((output) => arrived.get(output.id) ?? null);
      if (dys.every((dy) => dy === null)) continue;
      const sums = tf.tidy(() => gradientsOf(tf, node, inputs, dys, arrived));
      for (const [id, sum] of Object.entries(sums)) {
        arrived.get(Number(id))?.dispose();
        arrived.set(Number(id), sum);
      }
      // All users of these outputs ran later and are done: nothing else will ask for their gradients.
      for (const output of node.outputs) {
        arrived.get(output.id)?.dispose();
        arrived.delete(output.id);
      }
    }
    return variables.map((variable) => {
      const gradient = arrived.get(variable.id);
      if (gradient === undefined) throw new Error(`the loss does not depend on variable ${variable.name}`);
      return gradient;
    });
  });
}

/** The new sums of gradients at the inputs of one operation, by tensor id. */
function gradientsOf(
  tf: TensorFlow,
  node: TapeNode,
  inputs: Step['inputs'],
  dys: (Tensor | null)[],
  arrived: ReadonlyMap<number, Tensor>,
): Record<string, Tensor> {
  if (node.gradient === undefined) throw new Error(`operation ${node.kernelName} has no gradient`);
  const byInput = node.gradient(dys);
  const sums: Record<string, Tensor> = {};
  for (const [name, tensor] of inputs) {
    const gradient = byInput[name];
    if (gradient === undefined) throw new Error(`operation ${node.kernelName} has no gradient of ${name}`);
    const dx = gradient();
    const before = sums[tensor.id] ?? arrived.get(tensor.id);
    // A gradient function may hand its dy on; a copy lets both be disposed on their own.
    sums[tensor.id] = before === undefined ? (dys.includes(dx) ? tf.clone(dx) : dx) : tf.add(before, dx);
  }
  return sums;
}
