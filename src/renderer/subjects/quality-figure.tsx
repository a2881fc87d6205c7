import { useProject } from '../app/project.tsx';

interface QualityFigureProps {
  readonly artifact: string;
  /** Of the file in `figures/`, without its ending. */
  readonly name: string;
  readonly label: string;
}

/** A figure that quality control drew, on paper white in both themes. */
export function QualityFigure({ artifact, name, label }: QualityFigureProps) {
  const project = useProject().id;
  const src = `/data/${project}/artifacts/${artifact}/figures/${encodeURIComponent(name)}.svg`;
  return (
    <figure className="drawn">
      <figcaption>{label}</figcaption>
      <a href={src} target="_blank" rel="noreferrer" title="The figure by itself">
        <img src={src} alt={label} loading="lazy" />
      </a>
    </figure>
  );
}
