interface PictureProps {
  readonly src: string;
  readonly alt: string;
  /** Pixels of a side on the screen. */
  readonly size?: number;
  readonly caption?: string;
}

/** A face on black, enlarged without smoothing. */
export function Picture({ src, alt, size = 96, caption }: PictureProps) {
  return (
    <figure className="picture">
      <img src={src} alt={alt} width={size} height={size} loading="lazy" decoding="async" />
      {caption !== undefined && <figcaption>{caption}</figcaption>}
    </figure>
  );
}
