import { resolve } from 'node:path';
import type { EngineKind } from '../engine/engine.ts';
import { hashFile } from '../formats/files/read.ts';
import { attributeAxesStage } from '../jobs/stages/attribute-axes.ts';
import { attributeAxisStage } from '../jobs/stages/attribute-axis.ts';
import { codesInput, encodeFaces } from './latents.ts';
import type { Input, StageOutcome, Workspace } from './workspace.ts';

interface FoldOptions {
  readonly folds: number;
  readonly seed: number;
  /** Column of what must not be divided between folds, such as who is shown. */
  readonly group?: string;
}

export interface AttributeAxisRequest extends FoldOptions {
  readonly model: string;
  readonly faces: string;
  readonly column: string;
  readonly positive: string;
  readonly engine: EngineKind;
}

/** The axis between two classes of a label, and how well it tells held-out faces apart. */
export async function findAttributeAxis(
  workspace: Workspace,
  request: AttributeAxisRequest,
): Promise<StageOutcome> {
  const latents = await encodeFaces(workspace, request);
  const { column, positive, folds, seed, engine, group = null } = request;
  return workspace.run({
    stage: attributeAxisStage,
    label: `axis of ${column} = ${positive}`,
    parameters: { column, positive, group, folds, seed, engine },
    inputs: {
      latents,
      faces: workspace.entry('faces', request.faces),
      model: workspace.entry('model', request.model),
    },
  });
}

export interface AttributeAxesRequest extends FoldOptions {
  readonly model: string;
  readonly faces: string;
  readonly engine: EngineKind;
  /** Codes by name or path instead of those of the face set. */
  readonly latents?: string;
  /** A table of labels instead of the face set's. */
  readonly labels?: string;
  readonly columns?: readonly string[];
  readonly numbers: readonly string[];
  readonly classes: readonly string[];
  /** Faces that must take no part: an artefact of `stimulus-overlap`. */
  readonly without?: Input;
}

/** The axes of all attributes of a table of labels, and how well each is read from held-out codes. */
export async function findAttributeAxes(
  workspace: Workspace,
  request: AttributeAxesRequest,
): Promise<StageOutcome> {
  const { folds, seed, group = null, columns, numbers, classes, labels } = request;
  const latents =
    request.latents === undefined
      ? await encodeFaces(workspace, request)
      : await codesInput(workspace, request.latents);
  const labelsInput =
    labels === undefined
      ? workspace.entry('faces', request.faces)
      : { path: resolve(labels), hash: await hashFile(labels) };
  return workspace.run({
    stage: attributeAxesStage,
    label: `attributes in ${request.latents ?? `"${request.model}/${request.faces}"`}`,
    parameters: {
      columns: columns === undefined ? null : [...columns],
      numbers: [...numbers],
      classes: [...classes],
      group,
      folds,
      seed,
    },
    inputs: {
      latents,
      labels: labelsInput,
      ...(request.without === undefined ? {} : { without: request.without }),
    },
  });
}
