import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { DesignFacts, SubjectFacts } from '../../shared/contract/subjects.ts';
import { useProject } from '../app/project.tsx';
import { useSelection } from '../app/selection.ts';
import { queries } from '../client/api.ts';
import { Choice } from '../components/choice.tsx';
import { ProblemView } from '../components/problem-view.tsx';
import type { FitSettings } from './fit-settings.ts';

interface DesignViewProps {
  readonly subject: SubjectFacts;
  readonly settings: FitSettings['settings'];
}

/** The design matrix of a run under the settings as they stand, before anything is fitted. */
export function DesignView({ subject, settings }: DesignViewProps) {
  const project = useProject().id;
  const [selection, select] = useSelection();
  const names = subject.runs.map(({ name }) => name);
  const run = names.find((name) => name === selection.run) ?? names[0];
  const design = useQuery({
    ...queries.subjects.design.queryOptions({
      input: { project, subject: subject.name, run: run ?? '', settings: { ...settings } },
    }),
    enabled: run !== undefined,
    placeholderData: (before) => before,
  });
  return (
    <div className="stack beside">
      <Choice
        label="Run"
        options={names.map((name) => ({ id: name, name }))}
        value={run ?? null}
        onChange={(name) => select({ run: name }, { replace: true })}
      />
      {design.error && <ProblemView error={design.error} onAgain={() => void design.refetch()} />}
      {design.data && !design.error && <Design design={design.data} />}
    </div>
  );
}

/** Inflations and correlations beyond which quality control marks a run. */
const limits = { inflation: 10, correlation: 0.9 };

function Design({ design }: { readonly design: DesignFacts }) {
  const inflated = design.names.filter((_, column) => {
    const value = design.inflation[column];
    return value === null || (value !== undefined && value > limits.inflation);
  });
  const alike = design.strongest.filter(({ r }) => Math.abs(r) > limits.correlation);
  return (
    <>
      <DesignCanvas design={design} />
      {inflated.length === 0 && alike.length === 0 ? (
        <p className="quiet">
          The regressors can be told apart (variance inflation at most {limits.inflation}).
        </p>
      ) : (
        <ul className="reasons">
          {inflated.map((name) => {
            const value = design.inflation[design.names.indexOf(name)];
            return (
              <li key={name}>
                {value === null
                  ? `${name} is a combination of the other columns: its effect cannot be told in this run.`
                  : `${name}: variance inflation ${value?.toFixed(1)} (limit ${limits.inflation}).`}
              </li>
            );
          })}
          {alike.map(({ a, b, r }) => (
            <li key={`${a} ${b}`}>
              {a} and {b} correlate by r = {r.toFixed(2)}.
            </li>
          ))}
        </ul>
      )}
      <p className="quiet">
        The latents of the pictures modulate “face”, one column each. They are not drawn: they are known once
        the pictures were encoded, which the fit does first. All runs together share the conditions; drift and
        confounds are each run's own.
      </p>
    </>
  );
}

const labelHeight = 96;
const rowPixels = 2;
const leastColumn = 9;

/** Volumes downwards, regressors across; each column by its own largest value, as designs are commonly drawn. */
function DesignCanvas({ design }: { readonly design: DesignFacts }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const place = useRef<HTMLElement>(null);
  const [at, setAt] = useState<{ column: number; volume: number } | null>(null);
  const [width, setWidth] = useState(600);
  const { names, nVolumes, values, tR } = design;
  const columnWidth = Math.max(leastColumn, Math.floor(width / names.length));
  const height = Math.min(420, Math.max(180, nVolumes * rowPixels));
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    const element = canvas.current;
    if (element !== null) drawDesign(element, design, columnWidth, height);
  }, [design, columnWidth, height]);
  const find = (event: React.PointerEvent<HTMLCanvasElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const column = Math.floor((event.clientX - box.left) / columnWidth);
    const volume = Math.floor(((event.clientY - box.top - labelHeight) / height) * nVolumes);
    const isInside = column < names.length && volume >= 0 && volume < nVolumes;
    setAt(isInside ? { column, volume } : null);
  };
  const move = (event: React.KeyboardEvent) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const from = at ?? { column: 0, volume: 0 };
    setAt({
      column: Math.min(names.length - 1, Math.max(0, from.column + (step[0] ?? 0))),
      volume: Math.min(nVolumes - 1, Math.max(0, from.volume + (step[1] ?? 0))),
    });
  };
  return (
    <>
      <section
        ref={place}
        className="design"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrows move over columns and volumes
        tabIndex={0}
        aria-label="Design matrix; the arrows move over it"
        onKeyDown={move}
      >
        <canvas
          ref={canvas}
          role="img"
          aria-label={`Design matrix of ${design.run}: ${nVolumes} volumes by ${names.length} regressors`}
          onPointerMove={find}
          onPointerLeave={() => setAt(null)}
        />
      </section>
      <p className="readout" role="status">
        {at === null
          ? `${names.length} regressors, ${nVolumes} volumes. Point at a cell, or focus the matrix and use the arrows.`
          : `${names[at.column]} (${design.roles[at.column]}), volume ${at.volume + 1}, ${(at.volume * tR).toFixed(1)} s: ${values[at.volume * names.length + at.column]}`}
      </p>
    </>
  );
}

function drawDesign(
  canvas: HTMLCanvasElement,
  design: DesignFacts,
  columnWidth: number,
  height: number,
): void {
  const { names, nVolumes, values } = design;
  const context = canvas.getContext('2d');
  if (context === null) return;
  const ratio = window.devicePixelRatio;
  const size = [names.length * columnWidth, height + labelHeight] as const;
  canvas.width = size[0] * ratio;
  canvas.height = size[1] * ratio;
  canvas.style.width = `${size[0]}px`;
  canvas.style.height = `${size[1]}px`;
  context.scale(ratio, ratio);
  const image = new ImageData(names.length, nVolumes);
  for (let column = 0; column < names.length; column += 1) {
    let largest = 0;
    for (let volume = 0; volume < nVolumes; volume += 1) {
      largest = Math.max(largest, Math.abs(values[volume * names.length + column] ?? 0));
    }
    for (let volume = 0; volume < nVolumes; volume += 1) {
      const cell = volume * names.length + column;
      const share = largest === 0 ? 0 : (values[cell] ?? 0) / largest;
      const grey = Math.round(127.5 * (1 + share));
      image.data.set([grey, grey, grey, 255], cell * 4);
    }
  }
  const small = new OffscreenCanvas(names.length, nVolumes);
  small.getContext('2d')?.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, labelHeight, size[0], height);
  context.fillStyle = getComputedStyle(canvas).color;
  context.font = `${Math.min(11, columnWidth + 1)}px system-ui, sans-serif`;
  for (const [column, name] of names.entries()) {
    context.save();
    context.translate((column + 0.5) * columnWidth + 3, labelHeight - 4);
    context.rotate(-Math.PI / 2);
    context.fillText(name.length > 16 ? `${name.slice(0, 15)}…` : name, 0, 0);
    context.restore();
  }
}
